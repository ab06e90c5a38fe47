package party

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"
)

// step does one thing that may happen to a party.
func (h *history) step() {
	player := rapid.SampledFrom(people)
	switch p := player.Draw(h.r, "player"); rapid.IntRange(0, 23).Draw(h.r, "what") {
	case 0, 1:
		h.links = append(h.links, InviteID(fmt.Sprint("i", len(h.links))))
		h.tell(p, MakeInvite{
			Player: p, ID: h.links[len(h.links)-1], MaxUses: rapid.IntRange(0, 2).Draw(h.r, "max"),
			Expires: rapid.SampledFrom([]time.Duration{time.Minute, time.Hour, 24 * time.Hour}).Draw(h.r, "expires"),
			Options: h.options(),
		})
	case 2, 3:
		h.tell("", h.hold())
	case 4, 5, 6:
		seat, link := h.seat()
		if rapid.Bool().Draw(h.r, "without a seat") {
			seat = ""
		}
		h.back(p)
		c := h.joining(p, seat, link)
		c.Session, c.Approve = h.session(p, 1), rapid.IntRange(0, 9).Draw(h.r, "short code") == 0
		if c.Browser = ""; seat != "" {
			c.Browser = string(seat[:1])
		} else if h.s.Openness == Open && rapid.Bool().Draw(h.r, "by the party's id") {
			c.Invite = ""
		}
		c.Name = rapid.SampledFrom(given).Draw(h.r, "name")
		c.Fresh = rapid.Bool().Draw(h.r, "fresh")
		h.tell(p, c)
	case 7:
		reason := rapid.SampledFrom([]Reason{ReasonLeft, ReasonFailed, ReasonMoved}).Draw(h.r, "reason")
		h.tell(p, Leave{Player: p, Reason: reason, Move: rapid.Uint64Range(1, h.moves+1).Draw(h.r, "move")})
	case 8:
		h.tell(p, Finalize{p})
	case 9:
		session := h.session(p, rapid.IntRange(1, 2).Draw(h.r, "session"))
		h.tell("", Resume{Player: p, Session: session, Hash: "h", Prev: "g"})
	case 10:
		h.setData(h.powerful(p))
	case 11:
		p = h.powerful(p)
		h.tell(p, SetLanding{p, h.fields()})
	case 12:
		_, link := h.seat()
		h.tell(p, Revoke{p, link})
	case 13:
		h.tell(p, Rename{p, rapid.SampledFrom(given).Draw(h.r, "name")})
	case 14:
		h.tellHost(p)
	case 15:
		h.again()
	case 16: // nobody watched the clock for a while
		h.now = h.now.Add(rapid.SampledFrom(pauses).Draw(h.r, "pause"))
		h.tell("", Tick{})
	case 17:
		h.elapse(rapid.SampledFrom(pauses).Draw(h.r, "pause"))
	case 18, 19:
		h.lead(h.powerful(p))
	case 20:
		h.knock()
	case 21:
		p = h.powerful(p)
		h.tell(p, AnswerAsk{p, h.number(), rapid.Bool().Draw(h.r, "yes")})
	case 22:
		h.play(p)
	case 23:
		h.identify(p)
	}
}

// tellHost changes what a host knows and the log does not.
func (h *history) tellHost(p PlayerID) {
	switch rapid.IntRange(0, 4).Draw(h.r, "known") {
	case 0, 1:
		if _, ok := h.known.Absent[p]; ok {
			h.back(p)
		} else {
			h.known.Absent[p] = Absence{h.now, rapid.Bool().Draw(h.r, "by server")}
		}
	case 2:
		h.known.Own[p] = Own{Data: h.data()}
	case 3:
		h.known.Own[p] = Own{Landing: h.fields()}
	case 4:
		if seat, _ := h.seat(); h.s.Seat(seat) != nil {
			h.known.Closed[seat] = h.now
		}
	}
}

// seat draws a browser and a link: a browser's seat is another one for every
// link.
func (h *history) seat() (SeatID, InviteID) {
	if len(h.links) == 0 {
		return "x0", "none"
	}
	newest := h.links[max(0, len(h.links)-4):]
	link := rapid.SampledFrom(newest).Draw(h.r, "link")
	return rapid.SampledFrom(browsers).Draw(h.r, "browser") + SeatID(link), link
}

func (h *history) data() Data {
	return values("level", rapid.SampledFrom([]string{"a", "b", "<c>"}).Draw(h.r, "level"))
}

func (h *history) fields() []Field {
	return title(rapid.SampledFrom([]string{"A", "B"}).Draw(h.r, "title"))
}

// options draws a link's rarer options.
func (h *history) options() InviteOptions {
	switch rapid.IntRange(0, 9).Draw(h.r, "options") {
	case 0:
		return InviteOptions{For: rapid.SampledFrom(people).Draw(h.r, "for")}
	case 1:
		return InviteOptions{UntilEmpty: true}
	case 2:
		return InviteOptions{OnLeave: RevokeOnLeave}
	}
	return InviteOptions{}
}

// hold is a browser with a link open: a browser is of one mark whatever the
// link, and two of them are at one address.
func (h *history) hold() Hold {
	seat, link := h.seat()
	c := Hold{Seat: seat, Invite: link, Name: rapid.SampledFrom(given).Draw(h.r, "name"), Browser: string(seat[:1])}
	c.Approve = rapid.IntRange(0, 9).Draw(h.r, "short code") == 0
	if seat[0] != 'z' {
		c.Home = "home"
	}
	if rapid.IntRange(0, 3).Draw(h.r, "in the game") == 0 {
		c.Player = rapid.SampledFrom(people).Draw(h.r, "player")
	}
	return c
}

// session is one of a player's session ids. No other player has it.
func (h *history) session(p PlayerID, n int) SessionID {
	id := SessionID(fmt.Sprint(p, n))
	for s := h.s.Session(id); s != nil && s.Player != p; s = h.s.Session(id) {
		id += "x"
	}
	return id
}

// powerful is, more often than not, somebody who may.
func (h *history) powerful(p PlayerID) PlayerID {
	switch rapid.IntRange(0, 5).Draw(h.r, "power") {
	case 0, 1, 2:
		if h.s.Leader != "" {
			return h.s.Leader
		}
	case 3:
		return Backend
	}
	return p
}

// number is that of somebody who is, or was, at the party.
func (h *history) number() int {
	return rapid.IntRange(max(1, h.s.LastN-7), h.s.LastN).Draw(h.r, "number")
}

func (h *history) setData(p PlayerID) {
	var c Command = SetData{p, h.data()}
	if rapid.IntRange(0, 3).Draw(h.r, "if") == 0 {
		c = If{uint64(rapid.IntRange(0, int(h.s.DataRev)).Draw(h.r, "revision")), c}
	}
	h.tell(p, c)
}

// lead does what only the leader, or who stands in, may.
func (h *history) lead(p PlayerID) {
	switch rapid.IntRange(0, 8).Draw(h.r, "lead") {
	case 0:
		h.tell(p, Promote{p, rapid.SampledFrom(people).Draw(h.r, "to")})
	case 1, 2:
		h.tell(p, Kick{Player: p, N: h.number(), Ban: rapid.Bool().Draw(h.r, "ban")})
	case 3:
		h.tell(p, Readmit{p, h.number()})
	case 4:
		openness := rapid.SampledFrom([]Openness{InviteOnly, InviteOnly, Open, Locking}).Draw(h.r, "openness")
		h.tell(p, Change{Player: p, Openness: &openness})
	case 5:
		h.tell(p, Change{Player: p, Size: new(rapid.IntRange(1, 4).Draw(h.r, "size"))})
	case 6:
		h.tell(p, Change{Player: p, Approve: new(rapid.Bool().Draw(h.r, "approve"))})
	case 7:
		inviters := rapid.SampledFrom([]Inviters{Everyone, Everyone, LeaderOnly}).Draw(h.r, "inviters")
		h.tell(p, Change{Player: p, Inviters: &inviters, Size: new(rapid.IntRange(1, 4).Draw(h.r, "size"))})
	case 8:
		id := rapid.SampledFrom([]string{"", "m1", "m2"}).Draw(h.r, "match")
		if id == "" {
			h.tell(p, SetMatch{p, nil})
			return
		}
		h.tell(p, SetMatch{p, &Match{ID: id, Free: rapid.IntRange(0, 2).Draw(h.r, "free")}})
	}
}

// knock is what a browser does at the door.
func (h *history) knock() {
	c := h.hold()
	switch rapid.IntRange(0, 4).Draw(h.r, "knock") {
	case 0, 1:
		h.tell("", Queue{c})
	case 2, 3:
		h.tell("", Ask{c})
	case 4:
		h.tell("", LeaveLine{c.Seat})
	}
}

// play is what members do while they are together.
func (h *history) play(p PlayerID) {
	switch rapid.IntRange(0, 5).Draw(h.r, "play") {
	case 0:
		h.tell(p, SetMember{Player: p, Data: h.data()})
	case 1:
		h.tell(p, FollowMatch{p, rapid.SampledFrom([]string{"m1", "m2"}).Draw(h.r, "match"), rapid.Bool().Draw(h.r, "yes")})
	case 2:
		p = h.powerful(p)
		h.tell(p, StartReady{Player: p, Keep: rapid.Bool().Draw(h.r, "keep")})
	case 3, 4:
		h.tell(p, AnswerReady{p, rapid.Bool().Draw(h.r, "yes")})
	case 5:
		p = h.powerful(p)
		h.tell(p, CancelReady{p})
	}
}

// identify has a game name a guest, whose connection it then is.
func (h *history) identify(p PlayerID) {
	as := rapid.SampledFrom(named).Draw(h.r, "as")
	me := h.s.Member(p)
	if me == nil || slices.Contains(named, p) {
		return
	}
	h.moves++
	c := Identify{Player: p, As: as, Name: rapid.SampledFrom([]string{"", "Iris", "Cleo"}).Draw(h.r, "name"), Move: h.moves}
	if rapid.Bool().Draw(h.r, "live") {
		c.Session, c.Hash = me.Session, "h"
		h.back(as)
	}
	h.tell(p, c)
	if h.s.Member(p) == nil { // it is the other now, and where it was not yet, as it was
		if away, ok := h.known.Absent[p]; ok && c.Session == "" {
			h.known.Absent[as] = away
		}
		h.back(p)
	}
}
