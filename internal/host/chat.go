package host

import (
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"

	"partykit/internal/engine"
	"partykit/internal/limit"
	"partykit/internal/names"
	"partykit/party"
	"partykit/protocol"
)

// chatTime is how long a line is shown.
const chatTime = 24 * time.Hour

// line is a line of chat as the log holds it.
type line struct {
	N       int             `json:"n"`
	Player  party.PlayerID  `json:"player,omitempty"` // not shown; lines of earlier versions lack it
	Name    string          `json:"name"`
	Text    string          `json:"text"`
	At      party.Time      `json:"at"`
	Session party.SessionID `json:"session"`
	ID      uint64          `json:"id"` // of the command that wrote it

	seq uint64
}

func (l line) frame() protocol.Chat {
	return protocol.Chat{T: protocol.TChat, Seq: l.seq, N: l.N, Name: l.Name, Text: l.Text, At: l.At}
}

func decodeLine(r engine.Record) (l line, err error) {
	err = json.Unmarshal(r.Data, &l)
	l.seq = r.Seq
	return l, err
}

// chat writes a line, in the one order of the party. It is answered when it
// comes back from the log.
func (s *session) chat(c protocol.Command) {
	p := s.party
	text, err := names.Text(c.Text, party.MaxChat*utf8.UTFMax)
	if err == nil && text == "" {
		s.fail(c.ID, party.Errorf(party.BadRequest, "There is nothing to read in that line of chat."), nil)
		return
	}
	if err != nil || utf8.RuneCountInString(text) > party.MaxChat {
		s.fail(c.ID, party.Errorf(party.TooLarge, "A line of chat has at most %d characters.", party.MaxChat), nil)
		return
	}
	for _, old := range p.chats {
		if old.Session == s.id && old.ID == c.ID { // written before the server started anew
			s.answer(protocol.OK{T: protocol.TOK, ID: c.ID, Seq: old.seq})
			return
		}
	}
	set := p.settings()
	if err := s.take(s.h.budgets.chat, limit.Rate{N: set.Chat, Per: time.Minute, Burst: set.ChatBurst}); err != nil {
		s.fail(c.ID, err, nil)
		return
	}
	m := p.state.Member(s.player)
	l := line{N: m.N, Player: s.player, Name: m.Name, Text: text, At: now(), Session: s.id, ID: c.ID}
	if !p.logged && p.inflight == nil { // nobody else is here
		p.showLine(l) // with no sequence: there is no log
		return
	}
	refused := func(o outcome) { s.do(p.loop, func(*live) { s.fail(c.ID, o.err, nil) }) }
	p.submit(&job{turn: func() { p.write(s, l, refused) }, done: refused})
}

func (p *live) write(s *session, l line, refused func(outcome)) {
	data, err := json.Marshal(l)
	if err != nil {
		refused(outcome{err: failure(err)})
		return
	}
	id := "chat." + string(l.Session) + "." + strconv.FormatUint(l.ID, 10)
	p.put(engine.Chat, id, data, func(seq uint64, err error) {
		if err != nil {
			refused(outcome{err: failure(err)})
			return
		}
		s.do(p.loop, func(in *live) {
			if in != p {
				s.answer(protocol.OK{T: protocol.TOK, ID: l.ID, Seq: seq})
			}
		})
	})
}

// deliverChat shows a line that came back from the log.
func (p *live) deliverChat(r engine.Record) {
	p.last, p.lastChat = max(p.last, r.Seq), max(p.lastChat, r.Seq)
	l, err := decodeLine(r)
	if err != nil {
		p.h.log.Error("a line of chat cannot be read", "game", p.ref.Game, "party", p.ref.Party, "seq", r.Seq)
		return
	}
	p.showLine(l)
}

// showLine sends a line to all, its writer included, and answers the writer.
func (p *live) showLine(l line) {
	p.remember(l)
	p.broadcast(protocol.Encode(l.frame()))
	for _, s := range p.sessions {
		if s.id == l.Session {
			s.answer(protocol.OK{T: protocol.TOK, ID: l.ID, Seq: l.seq})
		}
	}
}

// recall takes a line that was there before the party was loaded. One after
// the state is shown again by the tail, and remembered then.
func (p *live) recall(r engine.Record) {
	if l, err := decodeLine(r); err == nil && r.Seq <= p.last {
		p.lastChat = max(p.lastChat, r.Seq)
		p.remember(l)
	}
}

func (p *live) remember(l line) {
	p.chats = append(p.chats, l)
	if extra := len(p.chats) - party.ChatKept; extra > 0 {
		p.chats = append([]line(nil), p.chats[extra:]...)
	}
}

// history is what a welcome brings of the chat.
func (p *live) history() []protocol.Chat {
	since := now().Add(-chatTime)
	var lines []protocol.Chat
	for _, l := range p.chats {
		if l.At > since {
			f := l.frame()
			f.T = ""
			lines = append(lines, f)
		}
	}
	return lines
}
