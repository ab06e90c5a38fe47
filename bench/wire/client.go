package wire

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"partykit/bench/target"
)

// patience is how long a server may take for one step of a set-up.
const patience = 30 * time.Second

// A Client is a WebSocket that blocks: for setting players up, until they are
// handed to the load generator.
type Client struct {
	Conn net.Conn
	seam *seam  // of TLS; nil without
	in   []byte // read and not used
	out  []byte
}

// Upgrade is the request that opens a WebSocket. header lines may be added,
// each ended by \r\n.
func Upgrade(addr, path, header string) []byte {
	return []byte("GET " + path + " HTTP/1.1\r\nHost: " + addr +
		"\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + header + "\r\n")
}

// Dial connects to addr and opens the WebSocket at path.
func Dial(ctx context.Context, addr, path string) (*Client, error) {
	return DialTLS(ctx, addr, path, nil)
}

// DialTLS does so by TLS, unless trust is nil.
func DialTLS(ctx context.Context, addr, path string, trust *tls.Config) (*Client, error) {
	conn, err := (&net.Dialer{Timeout: patience}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	c := &Client{Conn: conn}
	if trust != nil {
		c.seam = &seam{Conn: conn}
		c.Conn = tls.Client(c.seam, trust)
	}
	if err := c.upgrade(Upgrade(addr, path, "")); err != nil {
		conn.Close()
		return nil, err
	}
	return c, nil
}

func (c *Client) upgrade(request []byte) error {
	c.Conn.SetDeadline(time.Now().Add(patience))
	if _, err := c.Conn.Write(request); err != nil {
		return err
	}
	r := bufio.NewReader(c.Conn)
	answer, err := http.ReadResponse(r, nil)
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusSwitchingProtocols {
		return fmt.Errorf("wire: the upgrade was answered %s", answer.Status)
	}
	c.in = make([]byte, r.Buffered())
	_, err = r.Read(c.in)
	return err
}

// Write sends a frame.
func (c *Client) Write(op byte, payload []byte) error {
	c.Conn.SetDeadline(time.Now().Add(patience))
	c.out = AppendFrame(c.out[:0], op, payload)
	_, err := c.Conn.Write(c.out)
	return err
}

// Read returns the next text or binary frame. It answers pings.
func (c *Client) Read() (op byte, payload []byte, err error) {
	c.Conn.SetDeadline(time.Now().Add(patience))
	for {
		op, payload, used, err := Next(c.in)
		if err != nil {
			return 0, nil, err
		}
		if used > 0 {
			c.in = c.in[used:]
		}
		switch {
		case used == 0:
			b := make([]byte, 16<<10)
			n, err := c.Conn.Read(b)
			if err != nil {
				return 0, nil, err
			}
			c.in = append(c.in, b[:n]...)
		case op == Ping:
			if err := c.Write(Pong, payload); err != nil {
				return 0, nil, err
			}
		case op == Close:
			return 0, nil, errors.New("wire: the server closed: " + closeReason(payload))
		case op == Text || op == Binary:
			return op, payload, nil
		}
	}
}

// Link hands the connection over to the load generator, for which codec speaks
// from now on.
func (c *Client) Link(codec target.Codec) *target.Link {
	c.Conn.SetDeadline(time.Time{})
	if c.seam == nil {
		return &target.Link{Conn: c.Conn, Early: c.in, Codec: codec}
	}
	c.seam.over = true
	return &target.Link{Conn: c.seam.Conn, Codec: &secure{Codec: codec, conn: c.Conn.(*tls.Conn), seam: c.seam, plain: c.in}}
}
