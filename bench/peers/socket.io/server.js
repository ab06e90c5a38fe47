// A relay in socket.io: a room is a party. It does what the documentation
// recommends for speed: WebSocket only, the native parts of ws (bufferutil), a
// binary parser where messages are binary, and no first request kept for each
// connection.
import { createServer } from "node:http";
import { Server } from "socket.io";
import parser from "socket.io-msgpack-parser";

const server = createServer();
const io = new Server(server, { transports: ["websocket"], parser, serveClient: false });

io.engine.on("connection", (raw) => {
  raw.request = null;
});

io.on("connection", (socket) => {
  const { room } = socket.handshake.auth;
  socket.join(room);
  socket.on("m", (message) => socket.to(room).emit("m", message));
});

server.listen(Number(process.argv[2]), "127.0.0.1");
