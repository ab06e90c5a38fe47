//go:build linux

package kit

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"partykit/bench/target"
	"partykit/bench/wire"
	"partykit/protocol"
)

// form makes a party as players do: one invites, the others join by its link
// and finalize.
func form(ctx context.Context, addr string, size int, codec func() target.Codec, trust *tls.Config) ([]*target.Link, error) {
	links := make([]*target.Link, 0, size)
	code := ""
	for i := range size {
		p, err := dial(ctx, addr, trust)
		if err != nil {
			return links, err
		}
		links = append(links, &target.Link{Conn: p.Conn})
		switch {
		case i > 0:
			if _, err := p.do(protocol.Command{T: "join", Code: code}); err != nil {
				return links, err
			}
			if _, err := p.do(protocol.Command{T: "finalize", Success: new(true)}); err != nil {
				return links, err
			}
		case size > 1:
			a, err := p.do(protocol.Command{T: "invite"})
			if err != nil {
				return links, err
			}
			code = a.Code
		}
		links[i] = p.Link(codec())
	}
	return links, nil
}

// guest is a client while it is set up.
type guest struct {
	*wire.Client
	commands uint64
}

func dial(ctx context.Context, addr string, trust *tls.Config) (*guest, error) {
	c, err := wire.DialTLS(ctx, addr, path(Games[0]), trust)
	if err != nil {
		return nil, err
	}
	p := &guest{Client: c}
	if err := p.say(encode("hello", newHello())); err != nil {
		c.Conn.Close()
		return nil, err
	}
	if _, err := p.hear("welcome", 0); err != nil {
		c.Conn.Close()
		return nil, err
	}
	return p, nil
}

// path is where a game connects.
func path(game string) string { return "/connect?game=" + game }

func newHello() protocol.Hello {
	var key [16]byte
	rand.Read(key[:])
	return protocol.Hello{V: 1, Key: hex.EncodeToString(key[:]), SDK: "bench"}
}

// encode writes a frame whose type the value does not have.
func encode(t string, v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own values
	}
	return append(fmt.Appendf(nil, `{"t":%q,`, t), b[1:]...)
}

func (p *guest) say(frame []byte) error { return p.Write(wire.Text, frame) }

// do sends a command and waits for its answer.
func (p *guest) do(c protocol.Command) (Answer, error) {
	p.commands++
	c.ID = p.commands
	b, err := json.Marshal(c)
	if err != nil {
		return Answer{}, err
	}
	if err := p.say(b); err != nil {
		return Answer{}, err
	}
	a, err := p.hear("ok", c.ID)
	if err != nil {
		return Answer{}, fmt.Errorf("%s: %w", c.T, err)
	}
	return a, nil
}

// hear waits for a frame of a type, and an id where it has one.
func (p *guest) hear(t string, id uint64) (Answer, error) {
	for {
		op, b, err := p.Read()
		if err != nil {
			return Answer{}, err
		}
		if op != wire.Text {
			continue
		}
		var a Answer
		if err := json.Unmarshal(b, &a); err != nil {
			return Answer{}, err
		}
		switch {
		case a.T == "error" && a.ID == id:
			return Answer{}, fmt.Errorf("%s: %s", a.Code, a.Message)
		case a.T == t && a.ID == id:
			return a, nil
		}
	}
}
