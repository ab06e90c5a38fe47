// Command append is the floor of everything durable: a bare engine, stored as
// strictly as the server does, whose writers extend the logs of as many parties
// by small events, one after another. No rules, no members, no network.
//
//	append ADDRESS FOLDER
//
// For as long as a client is connected it appends, and sends a byte for each
// event that is safe.
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"partykit/internal/engine"
)

const (
	writers = 64  // at the same time
	size    = 200 // bytes of an event
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: append ADDRESS FOLDER")
	}
	ctx := context.Background()
	e, err := engine.Open(ctx, engine.Options{Dir: os.Args[2], Durability: engine.Strict})
	if err != nil {
		log.Fatal(err)
	}
	defer e.Close()
	n, err := e.Connect("append")
	if err != nil {
		log.Fatal(err)
	}
	l, err := net.Listen("tcp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	for {
		conn, err := l.Accept()
		if err != nil {
			log.Fatal(err)
		}
		serve(n, conn)
	}
}

// serve appends until the client is gone.
func serve(n *engine.Node, conn net.Conn) {
	defer conn.Close()
	gone := make(chan struct{})
	go func() {
		conn.Read(make([]byte, 1)) // it says nothing, and then it goes
		close(gone)
	}()
	safe := make(chan struct{}, writers)
	go tell(conn, safe)
	var all sync.WaitGroup
	for range writers {
		all.Add(1)
		ref := engine.Ref{Game: "bench", Party: strings.ToLower(rand.Text())}
		data := make([]byte, size)
		var next func(seq uint64, err error)
		next = func(seq uint64, err error) {
			if err != nil {
				log.Fatal(fmt.Errorf("appending: %w", err))
			}
			if seq > 0 {
				safe <- struct{}{}
			}
			select {
			case <-gone:
				all.Done()
			default:
				n.Append(ref, seq, data, 24*time.Hour, next)
			}
		}
		next(0, nil)
	}
	all.Wait()
	close(safe)
}

// tell sends what has gathered.
func tell(conn net.Conn, safe <-chan struct{}) {
	var b [writers]byte
	for range safe {
		k := 1 + min(len(safe), writers-1)
		for range k - 1 {
			<-safe
		}
		conn.Write(b[:k]) // who is gone needs to be told nothing
	}
}
