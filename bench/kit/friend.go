//go:build linux

package kit

import (
	"bytes"
	"fmt"

	"partykit/bench/target"
	"partykit/bench/wire"
)

var (
	seeOther  = []byte("HTTP/1.1 303 ")
	setCookie = []byte("\r\nSet-Cookie: pk=")
	fragment  = []byte("#partykit=")
)

// started reads the answer to a press of Start. head is nil while it is not
// whole.
func started(b []byte) (head []byte, ticket string, err error) {
	end := bytes.Index(b, endOfHead)
	if end < 0 {
		return nil, "", nil
	}
	head = b[:end]
	_, rest, ok := bytes.Cut(head, fragment)
	if !ok || !bytes.HasPrefix(head, seeOther) {
		return nil, "", fmt.Errorf("a press of Start was answered %q", head)
	}
	rest, _, _ = bytes.Cut(rest, []byte("\r"))
	return head, string(rest), nil
}

// cookieIn is what makes one seat of one browser.
func cookieIn(head []byte) (string, error) {
	_, rest, ok := bytes.Cut(head, setCookie)
	if !ok {
		return "", fmt.Errorf("no cookie came with %q", head)
	}
	rest, _, _ = bytes.Cut(rest, []byte(";"))
	return string(rest), nil
}

// A Page is an open invite page that is seen. It is a codec without messages.
type Page struct {
	// Told is called when the page is told for the first time what there is; nil:
	// nobody waits for that.
	Told func()
	// Held is called when the party holds a place for this browser.
	Held func()

	open, told, held bool
}

// PageUpgrade is what the page's script sends first.
func PageUpgrade(addr, code, cookie string) []byte {
	return wire.Upgrade(addr, "/join/"+code+"/live", fmt.Sprintf("Origin: http://%s\r\nCookie: pk=%s\r\n", addr, cookie))
}

var (
	visible = []byte(`{"visible":true}`)
	isHeld  = []byte(`"stage":"held"`)
)

// Read takes what the page is told.
func (p *Page) Read(b []byte, s *target.Sink) (used int, err error) {
	if !p.open {
		if used, err = upgraded(b); used == 0 || err != nil {
			return 0, err
		}
		p.open = true
		s.Reply = wire.AppendFrame(s.Reply, wire.Text, visible)
	}
	n, err := wire.Frames(b[used:], s, func(_ byte, frame []byte) error {
		if !p.told {
			p.told = true
			if p.Told != nil {
				p.Told()
			}
		}
		if !p.held && bytes.Contains(frame, isHeld) {
			p.held = true
			p.Held()
		}
		return nil
	})
	return used + n, err
}

// AppendSend appends nothing.
func (*Page) AppendSend(b, _ []byte) []byte { return b }

// AppendKeepalive appends nothing: the server pings.
func (*Page) AppendKeepalive(b []byte) []byte { return b }
