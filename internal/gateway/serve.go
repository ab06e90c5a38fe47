package gateway

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"partykit/internal/limit"
	"partykit/internal/ws"
	"partykit/party"
	"partykit/protocol"
)

// ServeHTTP is GET /connect?game=ID: it upgrades to a WebSocket and serves it,
// or says why not. Where the session's loop reads the connection from its hello
// on, ServeHTTP returns then.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	origin, from := g.originOf(r), g.opts.ClientAddr(r)
	id, refused := g.admit(r.URL.Query().Get("game"), origin, from)
	release, spare := func() {}, false
	if refused == nil {
		counted, over, ok := g.opts.Acquire(r, id, from)
		if ok {
			release = counted
		} else {
			refused = crowded
		}
		spare = over
	}
	if !ws.Asked(r) {
		release()
		if refused == nil && spare {
			refused = crowded
		}
		g.plain(w, id, refused)
		return
	}
	if refused != nil {
		release()
		g.Refuse(w, refused)
		return
	}
	conn, came, ok := ws.Accept(w, r, writeTime)
	if !ok {
		release()
		return
	}
	c := &Conn{g: g, game: id, home: limit.HomeOf(from), release: release, parser: ws.Parser{Limit: protocol.MaxFrame}}
	s := newStream(c, conn)
	c.wire = s
	var rest []byte
	if g.enter(c) {
		rest = s.hello(came, Caller{Address: from, Origin: origin, Spare: spare, Conn: c})
	} else {
		c.Close(protocol.GoingAway)
	}
	if c.session == nil || !c.hand(conn, rest) {
		s.run(rest)
	}
}

// crowded is the refusal of a connection too many.
var crowded = &party.Error{Code: party.RateLimited, Detail: "Too many connections of this game are open, from your address or in all. Close some, then try again.", RetryAfter: 10 * time.Second}

// hello reads the first frame, of which came is the beginning, and answers it.
// It returns what was read behind it. If the connection has no session
// afterwards, it closes.
func (s *stream) hello(came []byte, who Caller) (rest []byte) {
	c := s.c
	defer func() {
		if r := recover(); r != nil { // nobody else closes an upgraded connection
			s.conn.Close()
			c.ended()
			panic(r)
		}
	}()
	s.listen(c.g.opts.Games.Settings(c.game).HelloTime)
	buffer := readers.Get().(*[readAtOnce]byte)
	defer readers.Put(buffer)
	for rest = came; ; {
		for len(rest) > 0 {
			m, more, err := c.parser.Next(rest)
			if err != nil {
				c.fail(err)
				return nil
			}
			c.heard += int32(len(rest) - len(more))
			rest = more
			switch {
			case m.Op == ws.Binary || c.heard > maxHeard:
				c.sendError(party.Errorf(party.BadRequest, "The first frame is a hello: a text frame."))
				c.Close(protocol.Broken)
				return nil
			case m.Op == ws.Text:
				c.heard = 0
				c.greet(m.Data, who)
				return bytes.Clone(rest)
			case m.Op != 0:
				c.control(m)
			}
		}
		if c.closing.Load() {
			return nil
		}
		n, err := s.conn.Read(buffer[:])
		if err != nil {
			c.Close(protocol.HelloTimeout) // or nobody is there to read it
			return nil
		}
		rest = buffer[:n]
	}
}

// greet answers a hello.
func (c *Conn) greet(frame []byte, who Caller) {
	g := c.g
	var err error
	if who.Hello, err = protocol.DecodeHello(frame); err != nil {
		c.turnAway(asError(g.opts.Logger, err))
		return
	}
	var refused *party.Error
	if who.Game, refused = g.active(g.ctx, c.game, who.Origin, who.Hello.Page); refused != nil {
		c.turnAway(refused)
		return
	}
	session, err := g.opts.Hello(g.ctx, who)
	if err != nil {
		c.turnAway(asError(g.opts.Logger, err))
		return
	}
	c.session = session
}

// turnAway answers a hello with an error, and closes with a code that says
// whether coming back will help.
func (c *Conn) turnAway(e *party.Error) {
	if e.Code == party.Unavailable && c.g.leaves() {
		c.Close(protocol.GoingAway)
		return
	}
	c.sendError(e)
	switch e.Code {
	case party.RateLimited:
		c.Close(protocol.RateLimited)
	case party.Unavailable, party.StorageFull, party.Internal:
		c.Close(protocol.Unavailable)
	default:
		c.Close(protocol.Refused)
	}
}

func (c *Conn) sendError(e *party.Error) {
	c.Send(false, protocol.Encode(protocol.Error{T: protocol.TError, Failure: c.g.opts.Failure(e)}))
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
