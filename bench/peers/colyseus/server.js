// A relay in Colyseus: a room is a party. It has no state, so it sends no
// patches of it; messages are bytes, as they come. Pings are as rare as the
// other peers': every 25 seconds.
import { Room, Server } from "@colyseus/core";
import { WebSocketTransport } from "@colyseus/ws-transport";

class Relay extends Room {
  patchRate = null;

  onCreate() {
    this.onMessageBytes(0, (client, message) => this.broadcastBytes(0, message, { except: client }));
  }
}

const server = new Server({ greet: false, transport: new WebSocketTransport({ pingInterval: 25_000 }) });
server.define("relay", Relay);
await server.listen(Number(process.argv[2]), "127.0.0.1");
