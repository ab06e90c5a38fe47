//go:build linux

package kit

import (
	"fmt"

	"partykit/bench/target"
	"partykit/bench/wire"
)

// A Browser opens an invite page, and presses Start on it when it is told to, both
// over one connection. It is a codec without messages.
type Browser struct {
	Opened  func(cookie string) // the page is here
	Started func(ticket string) // and the game may be opened

	open bool
}

// AppendOpen appends what asks for the page.
func (*Browser) AppendOpen(b []byte, addr, code string) []byte {
	return append(b, wire.Request(addr, "/join/"+code)...)
}

// AppendStart appends a press of Start.
func (*Browser) AppendStart(b []byte, addr, code, cookie string) []byte {
	return fmt.Appendf(b, "POST /join/%s HTTP/1.1\r\nHost: %s\r\nOrigin: http://%[2]s\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 0\r\nCookie: pk=%s\r\n\r\n", code, addr, cookie)
}

// Read takes the page, and then the answer to Start.
func (p *Browser) Read(b []byte, s *target.Sink) (used int, err error) {
	if p.open {
		head, ticket, err := started(b)
		if head == nil || err != nil {
			return 0, err
		}
		p.Started(ticket)
		return len(b), nil
	}
	page := wire.Pages{
		Next: func() []byte { return nil },
		Got: func(head, _ []byte) {
			var cookie string
			if cookie, err = cookieIn(head); err == nil {
				p.open = true
				p.Opened(cookie)
			}
		},
	}
	used, wrong := page.Read(b, s)
	if wrong != nil {
		err = wrong
	}
	return used, err
}

// AppendSend appends nothing.
func (*Browser) AppendSend(b, _ []byte) []byte { return b }

// AppendKeepalive appends nothing: an idle connection of a browser says nothing.
func (*Browser) AppendKeepalive(b []byte) []byte { return b }
