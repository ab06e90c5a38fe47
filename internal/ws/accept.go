package ws

import (
	"crypto/sha1"
	"encoding/base64"
	"net"
	"net/http"
	"strings"
	"time"
)

// Asked reports whether a request asks for an upgrade to a WebSocket.
func Asked(r *http.Request) bool { return has(r.Header, "Upgrade", "websocket") }

// Accept upgrades a request to a WebSocket, and returns its connection with what
// the client has sent already. If it cannot, it has answered why, and reports
// false. Whether the request's origin may connect is for the caller to know. The
// answer must be written within the given time, which remains the connection's
// deadline for writing.
func Accept(w http.ResponseWriter, r *http.Request, within time.Duration) (conn net.Conn, came []byte, ok bool) {
	if why := wrong(r); why != "" {
		w.Header().Set("Connection", "Upgrade")
		w.Header().Set("Upgrade", "websocket")
		w.Header().Set("Sec-WebSocket-Version", "13")
		http.Error(w, why, http.StatusBadRequest)
		return nil, nil, false
	}
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "This connection cannot become a WebSocket: ask by HTTP/1.1.", http.StatusNotImplemented)
		return nil, nil, false
	}
	if n := rw.Reader.Buffered(); n > 0 {
		came = make([]byte, n)
		rw.Reader.Read(came) // of a buffer: it cannot fail
	}
	conn.SetWriteDeadline(time.Now().Add(within)) // it has none for reading
	answer := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
		proof(r.Header.Get("Sec-WebSocket-Key")) + "\r\n\r\n"
	if _, err := conn.Write([]byte(answer)); err != nil {
		conn.Close()
		return nil, nil, false
	}
	return conn, came, true
}

// wrong says what is missing for an upgrade.
func wrong(r *http.Request) string {
	key, err := base64.StdEncoding.DecodeString(r.Header.Get("Sec-WebSocket-Key"))
	switch {
	case r.Method != http.MethodGet || !r.ProtoAtLeast(1, 1):
		return "A WebSocket is asked for with GET and HTTP/1.1."
	case !has(r.Header, "Connection", "upgrade") || !Asked(r):
		return "A WebSocket is asked for with Connection: Upgrade and Upgrade: websocket."
	case r.Header.Get("Sec-WebSocket-Version") != "13":
		return "This server speaks version 13 of the WebSocket protocol."
	case err != nil || len(key) != 16 || len(r.Header.Values("Sec-WebSocket-Key")) != 1:
		return "Sec-WebSocket-Key is 16 random bytes in base64."
	}
	return ""
}

// has reports whether a header lists a word, in whatever case.
func has(h http.Header, name, word string) bool {
	for _, v := range h.Values(name) {
		for part := range strings.SplitSeq(v, ",") {
			if strings.EqualFold(strings.TrimSpace(part), word) {
				return true
			}
		}
	}
	return false
}

// proof shows that the server has understood the client's key.
func proof(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}
