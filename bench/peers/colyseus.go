//go:build linux

package peers

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"partykit/bench/target"
	"partykit/bench/wire"
)

// What Colyseus's frames begin with.
const (
	colyseusJoin  = 10 // from the server: its welcome; from the client: that it has read it
	colyseusBytes = 17 // a type, then bytes as they are
)

// colyseusMessage is the head of a message of type 0.
var colyseusMessage = []byte{colyseusBytes, 0}

// Colyseus is Colyseus with the transport that it has by itself. A player asks
// for a seat in a room over HTTP, and takes it with a WebSocket.
func Colyseus() *target.System {
	return &target.System{
		Name:    "colyseus",
		About:   "Colyseus 0.17, a room without state, bytes",
		Prepare: npm("colyseus"),
		Command: node("colyseus"),
		Form: func(ctx context.Context, addr string, size int) ([]*target.Link, error) {
			ask := "create/relay"
			return form(ctx, size, func(ctx context.Context) (*wire.Client, target.Codec, error) {
				seat, err := reserve(ctx, addr, ask)
				if err != nil {
					return nil, nil, err
				}
				ask = "joinById/" + seat.RoomID
				c, err := takeSeat(ctx, addr, seat)
				return c, colyseusCodec{}, err
			})
		},
	}
}

type colyseusSeat struct{ ProcessID, RoomID, SessionID string }

// colyseusHTTP leaves no connections behind, which would count as the server's.
var colyseusHTTP = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 30 * time.Second}

func reserve(ctx context.Context, addr, ask string) (colyseusSeat, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+addr+"/matchmake/"+ask, bytes.NewReader([]byte("{}")))
	if err != nil {
		return colyseusSeat{}, err
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := colyseusHTTP.Do(r)
	if err != nil {
		return colyseusSeat{}, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return colyseusSeat{}, fmt.Errorf("colyseus: %s was answered %s", ask, answer.Status)
	}
	var seat colyseusSeat
	err = json.NewDecoder(answer.Body).Decode(&seat)
	return seat, err
}

func takeSeat(ctx context.Context, addr string, seat colyseusSeat) (*wire.Client, error) {
	c, err := wire.Dial(ctx, addr, "/"+seat.ProcessID+"/"+seat.RoomID+"?sessionId="+seat.SessionID)
	if err != nil {
		return nil, err
	}
	_, frame, err := c.Read()
	if err == nil && (len(frame) == 0 || frame[0] != colyseusJoin) {
		err = fmt.Errorf("colyseus: joining was answered %q", frame)
	}
	if err == nil {
		err = c.Write(wire.Binary, []byte{colyseusJoin})
	}
	if err != nil {
		c.Conn.Close()
		return nil, err
	}
	return c, nil
}

type colyseusCodec struct{}

func (colyseusCodec) AppendSend(b, payload []byte) []byte {
	return wire.AppendFrame(b, wire.Binary, colyseusMessage, payload)
}

func (colyseusCodec) Read(b []byte, s *target.Sink) (int, error) {
	return wire.Frames(b, s, func(_ byte, frame []byte) error {
		payload, ok := bytes.CutPrefix(frame, colyseusMessage)
		if !ok {
			return fmt.Errorf("colyseus: not a message: %q", frame)
		}
		s.Deliver(payload)
		return nil
	})
}

func (colyseusCodec) AppendKeepalive(b []byte) []byte { return b }
