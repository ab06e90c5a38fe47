// Command relay is a bare WebSocket relay as anybody would write it: a library,
// a goroutine for each connection, one write for each delivery. It has no
// sessions, no names and no order.
//
//	relay ADDRESS
//
// A client connects to /?party=ID, is told "in", and from then on its binary
// messages go to the others of that party.
package main

import (
	"context"
	"log"
	"net/http"
	"os"
	"slices"
	"sync"

	"github.com/coder/websocket"
)

type party struct {
	mu      sync.Mutex
	members []*websocket.Conn
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: relay ADDRESS")
	}
	var parties sync.Map // id → *party
	log.Fatal(http.ListenAndServe(os.Args[1], http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer ws.CloseNow()
		p, _ := parties.LoadOrStore(r.URL.Query().Get("party"), &party{})
		p.(*party).serve(ws)
	})))
}

func (p *party) serve(ws *websocket.Conn) {
	ctx := context.Background()
	p.mu.Lock()
	p.members = append(p.members, ws)
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		p.members = slices.DeleteFunc(p.members, func(m *websocket.Conn) bool { return m == ws })
		p.mu.Unlock()
	}()
	if ws.Write(ctx, websocket.MessageText, []byte("in")) != nil {
		return
	}
	var others []*websocket.Conn
	for {
		kind, message, err := ws.Read(ctx)
		if err != nil {
			return
		}
		p.mu.Lock()
		others = append(others[:0], p.members...)
		p.mu.Unlock()
		for _, other := range others {
			if other != ws {
				_ = other.Write(ctx, kind, message) // one that is gone leaves by itself
			}
		}
	}
}
