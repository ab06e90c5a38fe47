package host

import (
	"encoding/json"
	"slices"

	"partykit/party"
)

// remote is what a party knows of the other hosts that serve it. Nothing here
// is stored or ordered: presence, loading and volatile messages, newest wins.
type remote struct {
	nodes   map[string]bool           // hosts that listen
	members map[party.PlayerID]string // members that another host serves
	pages   map[party.SeatID]string   // seats whose page is open on another host
	stops   []func()
}

// whisper is what hosts tell each other about one party.
type whisper struct {
	From    string         `json:"from"`
	Hello   bool           `json:"hello,omitempty"` // I listen now: tell me what you know
	Bye     bool           `json:"bye,omitempty"`   // I do not any more
	Player  party.PlayerID `json:"player,omitempty"`
	Status  *party.Status  `json:"status,omitempty"`
	Pressed party.SeatID   `json:"pressed,omitempty"` // its browser pressed Start
	Opened  party.SeatID   `json:"opened,omitempty"`  // its page is open here
	Closed  party.SeatID   `json:"closed,omitempty"`  // and is not any more
	To      int            `json:"to,omitempty"`
	N       int            `json:"n,omitempty"` // sender of Frame
	Frame   []byte         `json:"frame,omitempty"`
}

func (p *live) topic() string { return "v." + p.ref.Game + "." + p.ref.Party }

// announce begins to listen to the other hosts of a shared party, and asks
// them what they know.
func (p *live) announce() {
	if len(p.remote.stops) > 0 {
		return
	}
	stop, err := p.h.o.Node.Subscribe(p.topic(), func(b []byte) {
		p.post(func() { p.heard(b) })
	})
	if err != nil {
		p.h.log.Warn("other hosts cannot be heard", "game", p.ref.Game, "party", p.ref.Party, "err", err)
		return
	}
	p.remote.stops = append(p.remote.stops, stop)
	p.whisper(whisper{Hello: true})
}

func (p *live) whisper(w whisper) {
	w.From = p.h.o.Name
	b, err := json.Marshal(w)
	if err == nil {
		err = p.h.o.Node.Publish(p.topic(), b)
	}
	if err != nil {
		p.h.log.Warn("other hosts cannot be told", "game", p.ref.Game, "party", p.ref.Party, "err", err)
	}
}

// heard takes what another host said.
func (p *live) heard(b []byte) {
	var w whisper
	if p.unloaded || p.state == nil || json.Unmarshal(b, &w) != nil || w.From == p.h.o.Name {
		return
	}
	if w.Bye {
		p.lost(w.From)
		p.schedule()
		return
	}
	if w.Hello && p.remote.nodes[w.From] {
		p.lost(w.From) // it has begun anew
	}
	if !p.remote.nodes[w.From] {
		p.remote.nodes[w.From] = true
		p.introduce()
	}
	switch {
	case w.Status != nil:
		p.remoteStatus(w)
	case w.Pressed != "":
		p.pressed(w.Pressed)
	case w.Opened != "":
		p.remote.pages[w.Opened] = w.From
		delete(p.closed, w.Opened)
	case w.Closed != "" && p.remote.pages[w.Closed] == w.From:
		delete(p.remote.pages, w.Closed)
		p.pageClosed(w.Closed)
	case w.Frame != nil:
		passOn(p.here(), w.To, w.N, w.Frame)
	}
	p.schedule()
}

// introduce tells a host that begins to listen what this one knows.
func (p *live) introduce() {
	p.whisper(whisper{}) // here I am
	for id, s := range p.sessions {
		if s.conn != nil {
			p.remote.status(p, id)
		}
	}
	for page := range p.pages.open {
		if page.seat != "" {
			p.whisper(whisper{Opened: page.seat})
		}
	}
}

func (p *live) remoteStatus(w whisper) {
	if s := p.sessions[w.Player]; s != nil && s.conn != nil || p.state.Member(w.Player) == nil {
		return // served here, or gone
	}
	p.hidden[w.Player] = w.Status.Presence == party.Away
	if w.Status.Presence != party.Reconnecting {
		p.remote.members[w.Player] = w.From
		delete(p.absent, w.Player)
	} else if _, away := p.absent[w.Player]; !away {
		p.absent[w.Player] = party.Absence{Since: now()}
	}
	if l := w.Status.Loading; l != nil {
		t := now()
		p.reports[w.Player] = &report{loading: *l, progress: t, sent: t, stalled: l.Stalled}
	}
	p.showStatus(w.Player)
}

// lost takes back what another host had said when it goes.
func (p *live) lost(node string) {
	delete(p.remote.nodes, node)
	for seat, n := range p.remote.pages {
		if n == node {
			delete(p.remote.pages, seat)
			p.pageClosed(seat)
		}
	}
	for id, n := range p.remote.members {
		if n == node {
			delete(p.remote.members, id)
			if p.state.Member(id) != nil && p.sessions[id] == nil {
				p.absent[id] = party.Absence{Since: now(), ByServer: true}
				p.showStatus(id)
			}
		}
	}
}

// status tells the others of a member that is served here.
func (r *remote) status(p *live, id party.PlayerID) {
	if len(r.nodes) == 0 || p.sessions[id] == nil {
		return
	}
	p.whisper(whisper{Player: id, Status: new(p.status(id))})
}

// volatile passes a message to the other hosts: one publish however many
// listen, none when none does.
func (r *remote) volatile(p *live, to, from int, frame []byte) {
	if len(r.nodes) > 0 {
		p.whisper(whisper{To: to, N: from, Frame: slices.Clone(frame)})
	}
}

// page tells the other hosts of a page that came or went.
func (r *remote) page(p *live, w whisper) {
	if len(r.nodes) > 0 {
		p.whisper(w)
	}
}

// goodbye tells the other hosts and stops listening.
func (p *live) goodbye() {
	if len(p.remote.stops) > 0 {
		p.whisper(whisper{Bye: true})
	}
	for _, stop := range p.remote.stops {
		stop()
	}
	p.remote.stops = nil
}
