package host

import (
	"partykit/party"
	"partykit/protocol"
)

// Activation tells whoever is there that the kit was activated or deactivated
// for a game. Open invite pages show it. Clients hear of a deactivation at once
// and stay connected: what they ask for is refused until it is active again,
// and then goes on as if nothing had been. It does not wait.
func (h *Host) Activation(id party.GameID) {
	for _, l := range h.loops {
		l.Post(string(id), func() {
			for r, p := range l.parties {
				if r.Game != string(id) {
					continue
				}
				p.rouse()
				if p.state != nil {
					p.activation()
				}
				p.End()
			}
		})
	}
}

func (p *live) activation() {
	p.pagesChanged()
	_, err := p.h.active(p.state.Game)
	if err == nil {
		return
	}
	told := protocol.Encode(protocol.Error{T: protocol.TError, Failure: p.h.Failure(err)})
	for _, s := range p.sessions {
		if s.hello == nil { // who is being welcomed would take it for the answer to its hello
			s.send(false, told)
		}
	}
}
