package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"partykit/party"
	"partykit/protocol"
)

// The times of a connection (docs/protocol.md, Connection).
const (
	helloWait = 20 * time.Second // for an answer to hello
	writeWait = 10 * time.Second
	pingAfter = 25 * time.Second // of sending nothing, or of hearing nothing
	pongWait  = 10 * time.Second
)

// maxAnswer bounds a server's frame: a snapshot of a large party.
const maxAnswer = 4 << 20

// link is one connection.
type link struct {
	ws    *websocket.Conn
	sent  atomic.Int64 // Unix nanoseconds of the last frame
	heard atomic.Int64
}

// dial opens a connection and sends hello; the first frame of the answer is
// returned.
func dial(ctx context.Context, o Options) (*link, []byte, error) {
	identity, err := o.name(ctx)
	if err != nil {
		return nil, nil, err
	}
	u, err := url.Parse(o.URL)
	if err != nil || u.Host == "" {
		return nil, nil, fmt.Errorf("partykit: %q is not the address of a server", o.URL)
	}
	u = u.JoinPath("connect")
	u.RawQuery = url.Values{"game": {o.Game}}.Encode()
	header := http.Header{}
	if o.Origin != "" {
		header.Set("Origin", o.Origin)
	}
	ws, response, err := websocket.Dial(ctx, u.String(), &websocket.DialOptions{HTTPClient: o.HTTPClient, HTTPHeader: header})
	if err != nil {
		if refused := refusal(response); refused != nil {
			return nil, nil, refused
		}
		return nil, nil, fmt.Errorf("partykit: connecting: %w", err)
	}
	ws.SetReadLimit(maxAnswer)
	l := &link{ws: ws}
	l.heard.Store(time.Now().UnixNano())
	first, err := l.greet(ctx, o, identity)
	if err != nil {
		ws.CloseNow()
		return nil, nil, err
	}
	return l, first, nil
}

// helloFrame states what was set to nothing, too.
type helloFrame struct {
	T string `json:"t"`
	protocol.Hello
	Own struct {
		Data    *party.Data    `json:"data,omitempty"`
		Landing *[]party.Field `json:"landing,omitempty"`
	} `json:"own,omitzero"`
}

func (l *link) greet(ctx context.Context, o Options, identity string) ([]byte, error) {
	hello := helloFrame{T: protocol.THello, Hello: protocol.Hello{
		V: protocol.Version, Key: o.Key, Identity: identity, Token: o.Token, Name: o.Name, Party: o.Party,
		Resume: o.Resume, Ticket: o.Ticket, Has: o.Has, SDK: "go/1", Page: o.Page,
	}}
	if o.Ticket != "" {
		hello.Resume = nil // a ticket is redeemed by a new session
	}
	if o.Own.Data != nil {
		hello.Own.Data = &o.Own.Data
	}
	if o.Own.Landing != nil {
		hello.Own.Landing = &o.Own.Landing
	}
	if err := l.write(ctx, false, protocol.Encode(hello)); err != nil {
		return nil, fmt.Errorf("partykit: saying hello: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, helloWait)
	defer cancel()
	_, first, err := l.ws.Read(ctx)
	if err != nil {
		return nil, fmt.Errorf("partykit: waiting for a welcome: %w", err)
	}
	return first, nil
}

// refusal reads why an upgrade was refused.
func refusal(r *http.Response) *Error {
	if r == nil || r.Body == nil {
		return nil
	}
	var p struct {
		Type       string     `json:"type"`
		Detail     string     `json:"detail"`
		Code       party.Code `json:"code"`
		RetryAfter float64    `json:"retryAfter"`
	}
	if json.NewDecoder(io.LimitReader(r.Body, 4<<10)).Decode(&p) != nil || p.Code == "" {
		return nil
	}
	return newError(protocol.Failure{Code: p.Code, Message: p.Detail, Docs: p.Type, RetryAfter: p.RetryAfter}, nil)
}

func (l *link) write(ctx context.Context, binary bool, frame []byte) error {
	kind := websocket.MessageText
	if binary {
		kind = websocket.MessageBinary
	}
	ctx, cancel := context.WithTimeout(ctx, writeWait)
	defer cancel()
	l.sent.Store(time.Now().UnixNano())
	return l.ws.Write(ctx, kind, frame)
}

// keepAlive pings a connection that is quiet on either side, and cuts one that
// does not answer: a client that says nothing would be given up by the server,
// and one that only says something would not notice that nobody is there.
func (l *link) keepAlive(ctx context.Context) {
	const beat = time.Second
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	var pinged time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			heard := time.Unix(0, l.heard.Load())
			quiet := time.Unix(0, min(l.sent.Load(), l.heard.Load()))
			switch {
			case !pinged.IsZero() && !heard.Before(pinged):
				pinged = time.Time{}
			case !pinged.IsZero() && now.Sub(pinged) >= pongWait:
				l.ws.CloseNow()
				return
			case pinged.IsZero() && now.Sub(quiet) >= pingAfter:
				pinged = now
				if l.write(ctx, false, ping) != nil {
					return
				}
			}
		}
	}
}

var ping = []byte(`{"t":"ping"}`)

// closeCode returns the code that the server closed with, 0 for none.
func closeCode(err error) protocol.CloseCode {
	if e, ok := errors.AsType[websocket.CloseError](err); ok {
		return protocol.CloseCode(e.Code)
	}
	return 0
}
