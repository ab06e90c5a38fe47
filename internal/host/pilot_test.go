package host

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"partykit/internal/engine"
	"partykit/internal/loop"
	"partykit/party"
	"partykit/protocol"
)

// pilot is a client that follows docs/protocol.md to the letter: it keeps what
// was not answered, resumes after the last sequence that it saw, and sends
// again in the old order. Its wire may be cut at any frame.
type pilot struct {
	w    *world
	n    int    // the guest
	on   string // the host it connects to
	cuts []int  // after how many ends of frames the wire is cut, then the next wire

	mu      sync.Mutex
	wire    *wire
	session *Session
	id      string // of its session
	token   string
	epoch   string
	home    string   // the party it is in, as it was told
	seq     float64  // the last it saw of it
	from    float64  // of the snapshot that its log begins after
	log     []string // every shared thing since, as it came
	pending []request
	answers map[uint64]string // of its session's commands
	next    uint64            // command
	nextMsg uint64
	own     party.Data // what it has set, restated in every hello
	deaf    bool       // its wires go on sending when they are cut
	ends    int        // of frames so far, over all wires
	resumes int
	trouble []string
}

// request is a frame that waits for its answer.
type request struct {
	id     uint64
	binary bool
	frame  []byte
}

// wire is a connection. A frame has two ends: it may be lost before the other
// side has it, or right after.
type wire struct {
	p    *pilot
	left int // ends until it is cut; negative: never
	cut  bool

	welcomed bool // the hello was answered: nothing is sent before
}

// end passes one end of a frame, and reports whether the wire still stands.
func (x *wire) end() bool {
	if x.left == 0 {
		x.cut = true
	}
	x.left--
	x.p.ends++
	return !x.cut
}

func (x *wire) Send(binary bool, frame []byte) {
	x.p.mu.Lock()
	defer x.p.mu.Unlock()
	if x.cut || !x.end() {
		return
	}
	x.p.receive(binary, slices.Clone(frame))
	x.end()
}

func (x *wire) Close(protocol.CloseCode) {
	x.p.mu.Lock()
	defer x.p.mu.Unlock()
	x.cut = true
}

// connect says hello, with all that the client knows.
func (p *pilot) connect() {
	x := &wire{p: p, left: -1}
	p.mu.Lock()
	if len(p.cuts) > 0 {
		x.left, p.cuts = p.cuts[0], p.cuts[1:]
	}
	p.wire, p.session = x, nil
	stands := x.end()
	p.mu.Unlock()
	if !stands {
		return // the hello itself is lost
	}
	session, err := p.w.greet(p.on, p.n, func(c *Caller) {
		c.Conn, c.Hello.Own.Data = x, p.own
		if p.id != "" {
			c.Hello.Party = party.ID(p.home)
			c.Hello.Resume = &protocol.Resume{Session: party.SessionID(p.id), Token: p.token, Epoch: p.epoch, Seq: uint64(p.seq)}
		}
	})
	if err != nil {
		p.trouble = append(p.trouble, fmt.Sprint("the hello: ", err))
		return
	}
	p.session = session.session
	synctest.Wait()
	p.mu.Lock()
	again := slices.Clone(p.pending)
	p.mu.Unlock()
	for _, r := range again {
		p.transmit(r)
	}
	synctest.Wait()
}

// lost reports whether the wire was cut.
func (p *pilot) lost() bool {
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.wire.cut
}

func (p *pilot) transmit(r request) {
	p.mu.Lock()
	stands := p.wire.welcomed && (p.wire.end() || p.deaf)
	p.mu.Unlock()
	if !stands {
		return
	}
	if p.n%2 == 0 {
		r.hand(p.session, nil)
	} else {
		onLoop(p.session, func(l *loop.Loop) { r.hand(p.session, l) })
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wire.end()
}

func (r request) hand(s *Session, on *loop.Loop) {
	if r.binary {
		s.Binary(on, r.frame)
	} else {
		s.Text(on, r.frame)
	}
}

// onLoop calls fn on the loop where a session lives, as a gateway does that
// reads there, and waits until it has returned, or the host is gone.
func onLoop(s *Session, fn func(*loop.Loop)) {
	l, done := s.Loop(), make(chan struct{})
	l.Post("demo", func() {
		fn(l)
		close(done)
	})
	select {
	case <-done:
	case <-s.s.h.ctx.Done():
	}
}

// do sends a command.
func (p *pilot) do(t string, members map[string]any) {
	p.mu.Lock()
	if t == "data" {
		var c protocol.Command
		read(protocol.Encode(members), &c)
		p.own = c.Set
	}
	p.next++
	frame := map[string]any{"t": t, "id": p.next}
	for k, v := range members {
		frame[k] = v
	}
	r := request{p.next, false, protocol.Encode(frame)}
	p.pending = append(p.pending, r)
	p.mu.Unlock()
	p.transmit(r)
}

// send sends a reliable message to a member, or with 0 to all.
func (p *pilot) send(to int, payload string) {
	p.mu.Lock()
	p.nextMsg++
	r := request{p.nextMsg, true, protocol.AppendMessage(nil, protocol.Message{Reliable: true, ID: p.nextMsg, Peer: to, Payload: []byte(payload)})}
	p.pending = append(p.pending, r)
	p.mu.Unlock()
	p.transmit(r)
}

func (p *pilot) receive(binary bool, frame []byte) {
	if binary {
		p.receiveBinary(frame)
		return
	}
	var f struct {
		T, Session, Resume, Epoch string
		ID                        uint64
		Seq                       float64
		Lost, Gap                 bool
		Party                     party.Snapshot
	}
	read(frame, &f)
	switch f.T {
	case "welcome":
		p.wire.welcomed = true
		if f.Gap {
			p.trouble = append(p.trouble, "a gap")
		}
		if f.Session != p.id {
			p.renew()
		}
		p.id, p.token, p.epoch = f.Session, f.Resume, f.Epoch
		p.begin(f.Party.ID, f.Seq)
	case "resumed":
		p.wire.welcomed = true
		p.resumes++
		p.token, p.epoch = f.Resume, f.Epoch
		if f.Session != p.id || f.Seq != p.seq {
			p.trouble = append(p.trouble, fmt.Sprintf("resumed %s after %v, not %s after %v", f.Session, f.Seq, p.id, p.seq))
		}
	case "party":
		p.begin(f.Party.ID, f.Seq)
	case "event", "chat":
		if f.Seq != 0 { // a party without a log has no order to check
			p.saw(f.Seq, string(frame))
		}
	case "error":
		p.trouble = append(p.trouble, string(frame))
		fallthrough
	case "ok":
		if was, again := p.answers[f.ID]; again && was != string(frame) {
			p.trouble = append(p.trouble, fmt.Sprintf("answered %s, then %s", was, frame))
		}
		p.answers[f.ID] = string(frame)
		p.pending = slices.DeleteFunc(p.pending, func(r request) bool { return !r.binary && r.id == f.ID })
	}
}

func (p *pilot) receiveBinary(frame []byte) {
	if id, _, ok := protocol.DecodeAck(frame); ok {
		p.pending = slices.DeleteFunc(p.pending, func(r request) bool { return r.binary && r.id == id })
		return
	}
	m, err := protocol.DecodeMessage(frame)
	if err != nil {
		p.trouble = append(p.trouble, err.Error())
	} else if m.Reliable {
		p.saw(float64(m.ID), fmt.Sprintf("%x", frame))
	}
}

// begin begins the log anew with a snapshot.
func (p *pilot) begin(home party.ID, seq float64) {
	p.home, p.seq, p.from, p.log = string(home), seq, seq, nil
}

func (p *pilot) saw(seq float64, what string) {
	if seq <= p.seq {
		p.trouble = append(p.trouble, fmt.Sprintf("%v came after %v: %s", seq, p.seq, what))
	}
	p.seq = seq
	p.log = append(p.log, what)
}

// renew begins a new session: what waits for an answer is asked anew.
func (p *pilot) renew() {
	p.answers, p.next, p.nextMsg = map[uint64]string{}, 0, 0
	for i, r := range p.pending {
		var frame map[string]any
		if err := json.Unmarshal(r.frame, &frame); err != nil || frame["t"] != "join" {
			p.trouble = append(p.trouble, fmt.Sprintf("the session was lost with %s under way", r.frame))
			continue
		}
		p.next++
		frame["id"] = p.next
		p.pending[i] = request{p.next, false, protocol.Encode(frame)}
	}
}

// check holds what the client saw to the log of its party.
func (p *pilot) check(records []engine.Record) (diff string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.pending) > 0 {
		return fmt.Sprintf("%d requests were never answered, the first is %q", len(p.pending), p.pending[0].frame)
	}
	if len(p.trouble) > 0 {
		return fmt.Sprint(p.trouble)
	}
	me := 0
	var want []string
	for _, r := range records {
		e, err := party.DecodeEntry(r.Data)
		for _, event := range e.Events {
			if j, ok := event.(party.Joined); ok && err == nil && j.Member.Player == party.PlayerID(guest(p.n)) {
				me = j.Member.N
			}
			if f, ok := event.(party.Founded); ok && err == nil && f.State.Leader == party.PlayerID(guest(p.n)) {
				me = 1
			}
		}
		if float64(r.Seq) <= p.from {
			continue
		}
		switch r.Kind {
		case engine.Event:
			if views := e.View(); len(views) > 0 {
				want = append(want, string(protocol.Encode(protocol.Event{T: protocol.TEvent, Seq: r.Seq, Rev: e.Rev, At: e.At, Events: views})))
			}
		case engine.Chat:
			if l, err := decodeLine(r); err == nil {
				want = append(want, string(protocol.Encode(l.frame())))
			}
		case engine.Message:
			if m, err := decodeStored(r.Data); err == nil && m.concerns(me) {
				want = append(want, fmt.Sprintf("%x", m.appendFrame(nil, r.Seq)))
			}
		}
	}
	return cmp.Diff(want, p.log)
}
