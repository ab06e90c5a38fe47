//go:build linux

package target

import (
	"context"
	"net"
	"os/exec"
)

// A System is a server that can be measured.
type System struct {
	Name  string // in tables and on the command line: lower case, no spaces
	About string // what it is, in a few words
	// Prepare builds or installs what is missing; cache is a folder that is kept
	// between runs. It is not measured. Nil: nothing is needed.
	Prepare func(ctx context.Context, cache string) error
	// Command is the server process. It shall listen on addr (loopback) and may
	// keep data in dir, which is empty when it first starts.
	Command func(cache, dir, addr string) *exec.Cmd
	// Setup is called once the server first accepts connections. It may be nil.
	Setup func(ctx context.Context, p *Process) error
	// Form connects a new party of size players and returns when all are in, in
	// any order. Several are formed at the same time.
	Form func(ctx context.Context, addr string, size int) ([]*Link, error)
}

// A Link is one player's connection, in its party.
type Link struct {
	Conn  net.Conn // TCP, with no read or write under way
	Early []byte   // what was read from it and not used
	Codec Codec
}

// A Codec speaks for one player once it is in its party. It is used by one
// goroutine at a time and allocates nothing to speak of.
type Codec interface {
	// AppendSend appends the bytes that send payload to the other members.
	AppendSend(b, payload []byte) []byte
	// Read uses whole frames at the front of b, in order, and returns how many
	// bytes they were. What they bring goes to the sink.
	Read(b []byte, s *Sink) (used int, err error)
	// AppendKeepalive appends what a quiet client sends every ten seconds, if
	// anything.
	AppendKeepalive(b []byte) []byte
}

// A Sink takes what frames bring.
type Sink struct {
	Payloads [][]byte // delivered messages, as they were sent; they share the memory of what was read
	Reply    []byte   // to be sent back at once: the answer to a ping
}

// Deliver says that a member's message has arrived.
func (s *Sink) Deliver(payload []byte) { s.Payloads = append(s.Payloads, payload) }

// Reset empties the sink and keeps its memory.
func (s *Sink) Reset() { s.Payloads, s.Reply = s.Payloads[:0], s.Reply[:0] }
