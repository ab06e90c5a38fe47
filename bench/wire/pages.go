//go:build linux

package wire

import (
	"bytes"
	"fmt"
	"strconv"

	"partykit/bench/target"
)

// Pages is a browser that fetches page after page over one connection. It is a
// codec without messages.
type Pages struct {
	// Next returns the request for the next page; nil: there is no more.
	Next func() []byte
	// Got is told what came, the head without its end and the body. They are
	// only valid during the call.
	Got func(head, body []byte)
}

// Request asks for a page as a browser does that takes gzip.
func Request(addr, path string) []byte {
	return []byte("GET " + path + " HTTP/1.1\r\nHost: " + addr +
		"\r\nAccept: text/html\r\nAccept-Encoding: gzip\r\nAccept-Language: en\r\n\r\n")
}

var (
	endOfHead = []byte("\r\n\r\n")
	ok        = []byte("HTTP/1.1 200 ")
	length    = []byte("\r\nContent-Length: ")
)

// Read takes whole pages and asks for the next.
func (p *Pages) Read(b []byte, s *target.Sink) (used int, err error) {
	for {
		head, body, n, err := page(b[used:])
		if err != nil || n == 0 {
			return used, err
		}
		used += n
		p.Got(head, body)
		s.Reply = append(s.Reply, p.Next()...)
	}
}

// page reads the response at the front of b. n is 0 while it is not whole.
func page(b []byte) (head, body []byte, n int, err error) {
	end := bytes.Index(b, endOfHead)
	if end < 0 {
		return nil, nil, 0, nil
	}
	head = b[:end]
	_, rest, found := bytes.Cut(head, length)
	if !found || !bytes.HasPrefix(head, ok) {
		return nil, nil, 0, fmt.Errorf("wire: no page of known length: %q", head)
	}
	line, _, _ := bytes.Cut(rest, []byte("\r"))
	size, err := strconv.ParseUint(string(line), 10, 24)
	if err != nil {
		return nil, nil, 0, err
	}
	n = end + len(endOfHead) + int(size)
	if len(b) < n {
		return nil, nil, 0, nil
	}
	return head, b[n-int(size) : n], n, nil
}

// AppendSend appends nothing.
func (*Pages) AppendSend(b, _ []byte) []byte { return b }

// AppendKeepalive appends nothing: an idle connection of a browser says nothing.
func (*Pages) AppendKeepalive(b []byte) []byte { return b }
