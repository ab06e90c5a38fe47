package gateway

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"partykit/party"
	"partykit/protocol"
)

// ServeHTTP is GET /connect?game=ID: it upgrades to a WebSocket and serves it,
// or says why not.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, origin, from := r.URL.Query().Get("game"), g.originOf(r), g.opts.ClientAddr(r)
	refused := g.admit(id, origin, from)
	spare := false
	if refused == nil {
		release, over, ok := g.opts.Acquire(id, from)
		if ok {
			defer release()
		} else {
			refused = crowded
		}
		spare = over
	}
	if !asksUpgrade(r) {
		if refused == nil && spare {
			refused = crowded
		}
		g.plain(w, id, origin, refused)
		return
	}
	if refused != nil {
		g.refuse(w, refused)
		return
	}
	wrapped := &corker{ResponseWriter: w}
	ws, err := websocket.Accept(wrapped, r, &websocket.AcceptOptions{
		InsecureSkipVerify: true, // the origin was checked against the game's list
		CompressionMode:    websocket.CompressionDisabled,
	})
	if err != nil {
		return // Accept has answered
	}
	ws.SetReadLimit(protocol.MaxFrame)
	c := newConn(ws, wrapped.conn)
	if !g.enter(c) {
		ws.Close(websocket.StatusCode(protocol.GoingAway), protocol.GoingAway.Name())
		return
	}
	defer g.leave(c)
	var writer sync.WaitGroup
	writer.Go(c.write)
	defer func() { // also when something panics: nobody else closes an upgraded connection
		c.end()
		writer.Wait()
		ws.CloseNow()
	}()
	g.converse(c, id, Caller{Address: from, Origin: origin, Spare: spare, Conn: c})
}

// crowded is the refusal of a connection too many.
var crowded = &party.Error{Code: party.RateLimited, Detail: "Too many connections of this game are open, from your address or in all. Close some, then try again.", RetryAfter: 10 * time.Second}

// converse reads the hello and then all that the client says, until either
// side ends it.
func (g *Gateway) converse(c *Conn, id string, who Caller) {
	var ok bool
	if who.Hello, ok = g.readHello(c, g.opts.Games.Settings(id).HelloTime); !ok {
		return
	}
	var refused *party.Error
	if who.Game, refused = g.active(g.ctx, id, who.Origin, who.Hello.Page); refused != nil {
		g.turnAway(c, refused)
		return
	}
	session, err := g.opts.Hello(g.ctx, who)
	if err != nil {
		g.turnAway(c, asError(g.opts.Logger, err))
		return
	}
	defer session.Gone()
	idle := time.AfterFunc(idleTime, func() { c.Close(protocol.Idle) })
	defer idle.Stop()
	var b budget
	for {
		kind, data, err := c.ws.Read(context.Background())
		if err != nil || c.closed() {
			return
		}
		idle.Reset(idleTime)
		if wait := b.take(len(data), g.opts.Games.Settings(id).Bytes); wait > 0 {
			g.overBudget(c, &b, kind, data, wait)
			if !sleep(g.ctx, wait) {
				return
			}
			continue
		}
		switch {
		case kind == websocket.MessageBinary:
			session.Binary(data)
		case isPing(data):
			c.Send(false, pong)
		default:
			session.Text(data)
		}
	}
}

// readHello waits for the first frame.
func (g *Gateway) readHello(c *Conn, within time.Duration) (protocol.Hello, bool) {
	late := time.AfterFunc(within, func() { c.Close(protocol.HelloTimeout) })
	defer late.Stop()
	kind, data, err := c.ws.Read(context.Background())
	if err != nil || c.closed() {
		return protocol.Hello{}, false
	}
	if kind != websocket.MessageText {
		g.sendError(c, party.Errorf(party.BadRequest, "The first frame is a hello: a text frame."))
		c.Close(protocol.Broken)
		return protocol.Hello{}, false
	}
	hello, err := protocol.DecodeHello(data)
	if err != nil {
		g.turnAway(c, asError(g.opts.Logger, err))
		return protocol.Hello{}, false
	}
	return hello, true
}

// turnAway answers a hello with an error, and closes with a code that says
// whether coming back will help.
func (g *Gateway) turnAway(c *Conn, e *party.Error) {
	g.sendError(c, e)
	switch e.Code {
	case party.RateLimited:
		c.Close(protocol.RateLimited)
	case party.Unavailable, party.StorageFull, party.Internal:
		c.Close(protocol.Unavailable)
	default:
		c.Close(protocol.Refused)
	}
}

func (g *Gateway) sendError(c *Conn, e *party.Error) {
	c.Send(false, protocol.Encode(protocol.Error{T: protocol.TError, Failure: g.opts.Failure(e)}))
}

// asError makes an error with a code of any error; one without a code is a bug
// and is logged.
func asError(log *slog.Logger, err error) *party.Error {
	if e, ok := errors.AsType[*party.Error](err); ok {
		return e
	}
	log.Error("hello failed", "err", err)
	return &party.Error{Code: party.Internal}
}

var pong = protocol.Encode(struct {
	T string `json:"t"`
}{protocol.TPong})

// isPing recognises a ping without decoding every frame twice.
func isPing(data []byte) bool {
	if len(data) > 64 || !bytes.Contains(data, []byte(`"ping"`)) {
		return false
	}
	c, err := protocol.DecodeCommand(data)
	return err == nil && c.T == protocol.TPing
}

func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}
