package landing

import (
	"fmt"
	"math"
	"time"

	"partykit/internal/names"
	"partykit/party"
)

// maxShown is how many people a page lists by name; the rest are counted.
const maxShown = 24

// A view is the part of a page that changes while somebody looks at it, in
// words. The page is written with it, the live connection sends it as
// JSON, and the script puts the same words into the same places.
type view struct {
	Problem party.Code `json:"problem,omitempty"`
	People  []person   `json:"people"`
	More    string     `json:"more,omitempty"`  // those not listed
	Count   string     `json:"count"`           // "3 of 8"
	Places  string     `json:"places"`          // "5 places free"
	Match   string     `json:"match,omitempty"` // "In a match since 3 min, 1 seat free"
	You     *you       `json:"you,omitempty"`   // nil before Start
	Start   string     `json:"start,omitempty"` // the button's label; none when empty
	Door    *door      `json:"door,omitempty"`
	Info    info       `json:"info"` // empty for a dead link
}

// A person is one line of the party's list.
type person struct {
	Name    string `json:"name"`
	Face    uint32 `json:"face"`
	Leads   bool   `json:"leads,omitempty"`
	You     bool   `json:"you,omitempty"` // who looks at the page
	Note    string `json:"note"`          // goes on from the name: "is in the game"
	Tone    tone   `json:"tone"`
	Percent *int   `json:"percent,omitempty"`
}

// you is the friend who looks at the page, after Start, in line or asking.
type you struct {
	Name    string      `json:"name"`
	Face    uint32      `json:"face"`
	Stage   party.Stage `json:"stage"`
	Title   string      `json:"title"`
	Detail  string      `json:"detail"`
	Tone    tone        `json:"tone"`
	Percent *int        `json:"percent,omitempty"`
	Clock   *clock      `json:"clock,omitempty"`
	Calls   bool        `json:"calls,omitempty"` // there is something to do now: the tab's title says it too
}

// A tone chooses a colour.
type tone string

const (
	calm    tone = "in"
	coming  tone = "loading"
	opening tone = "held"
	waiting tone = "waiting" // stalled, reconnecting, in line, asking or to ask again
	wrong   tone = "wrong"
)

// describe says in words what an invitation shows at a time, landing info
// included.
func (s *Server) describe(inv party.Invitation, now time.Time) view {
	v := describe(inv, now)
	if v.Problem == "" || v.Problem == party.Full || onTheWay(inv.You) {
		v.Info = s.infoOf(string(inv.Game), inv.Landing)
	}
	return v
}

// describe says in words what an invitation shows. A dead link shows nobody, but
// to those who came in by it.
func describe(inv party.Invitation, now time.Time) view {
	if inv.Problem != "" && inv.Problem != party.Full && !onTheWay(inv.You) {
		inv.Members, inv.Held, inv.Match = nil, nil, nil
	}
	v := view{
		Problem: inv.Problem,
		People:  []person{},
		Count:   fmt.Sprintf("%d of %d", inv.Taken, inv.Size),
		Places:  places(inv.Taken, inv.Size),
		Match:   matchLine(inv.Match, now),
		You:     describeYou(inv, now),
		Start:   startLabel(inv),
		Door:    doorOf(inv),
	}
	for _, m := range inv.Members {
		v.People = append(v.People, describeMember(m))
	}
	for _, p := range inv.Held {
		v.People = append(v.People, person{Name: clean(p.Name), Face: p.Face, Note: "is opening the game", Tone: opening})
	}
	for i := range v.People {
		v.People[i].You = v.You != nil && v.People[i].Name == v.You.Name
	}
	if n := len(v.People) - maxShown; n > 0 {
		v.People = v.People[:maxShown]
		v.More = fmt.Sprintf("and %d more", n)
	}
	return v
}

// places says how many places are free.
func places(taken, size int) string {
	switch free := size - taken; {
	case free <= 0:
		return "No place free"
	case free == 1:
		return "1 place free"
	default:
		return fmt.Sprintf("%d places free", free)
	}
}

func describeMember(m party.PublicMember) person {
	p := person{Name: clean(m.Name), Face: m.Face, Leads: m.Leader, Note: "is in the game", Tone: calm}
	switch {
	case m.Presence == party.Reconnecting:
		p.Note, p.Tone = "is reconnecting", waiting
	case m.State == party.Loads:
		p.Note, p.Percent, p.Tone = doing(m.Loading)
	}
	return p
}

// phases says what a member does in each phase that PartyKit knows.
var phases = map[string]string{
	"opening":     "is opening the game",
	"downloading": "is downloading",
	"tutorial":    "is in the tutorial",
	"connecting":  "is connecting",
}

// doing says what a loading member does, and how far it is.
func doing(l *party.Loading) (note string, percent *int, t tone) {
	if l == nil {
		return phases["opening"], nil, coming
	}
	note = phases[l.Phase]
	switch message, phase := clean(l.Message), clean(l.Phase); {
	case message != "":
		note = message
	case note == "" && phase != "":
		note = "is at: " + phase
	case note == "":
		note = "is loading"
	}
	if l.Progress != nil && !math.IsNaN(*l.Progress) {
		percent = new(int(100 * min(max(*l.Progress, 0), 1)))
	}
	if l.Stalled {
		return note + " (no progress for a while)", percent, waiting
	}
	return note, percent, coming
}

// describeYou says how far the friend who looks at the page has come.
func describeYou(inv party.Invitation, now time.Time) *you {
	a := inv.You
	if a == nil {
		return nil
	}
	if a.Stage == party.Pressed && a.Problem == "" && inv.Problem != "" && inv.Problem != party.Full && inv.Onward != party.OnwardJoin {
		return nil // what became of the link stands on the page
	}
	y := &you{Name: clean(a.Name), Face: a.Face, Stage: a.Stage, Tone: coming}
	switch a.Stage {
	case party.Pressed:
		y.Title, y.Detail = "Opening the game…", "It opens in a new tab. Keep this page open: it keeps your place."
		if a.Problem != "" {
			y.Tone = wrong
			y.Title, y.Detail = refusal(a.Problem, inv)
		}
	case party.InLine:
		y.Tone, y.Title = waiting, "You are "+ordinal(a.Place)+" in line"
		y.Detail = fmt.Sprintf("When it is your turn, a place is kept for you for %.0f s. Keep this page open.", party.OfferTime.Seconds())
	case party.Offered:
		y.Tone, y.Title, y.Detail, y.Calls = opening, "A place is free", "It is yours if you press Start.", true
		y.Clock = clockTo(a.Until, now, "Start within #")
	case party.Asking:
		y.Tone, y.Title, y.Detail = waiting, "Asked", "Somebody of the party answers within a minute. Keep this page open."
		y.Clock = clockTo(a.Until, now, "Up to # more")
	case party.HeldStage:
		y.Tone, y.Title, y.Detail = opening, "Your place is kept", "The others see you coming. Keep this page open while the game opens in its own tab."
		if a.LetIn {
			y.Title, y.Detail, y.Calls = "You may come in", "Press Start. Your place is kept while this page is open.", true
		}
	case party.LoadingNow:
		note, percent, t := doing(a.Loading)
		y.Title, y.Detail, y.Percent, y.Tone = "You are on your way in", "Your game "+note+".", percent, t
		switch l := a.Loading; {
		case l != nil && clean(l.Message) != "":
			y.Detail = note
		case note == phases["opening"]:
			y.Detail = "Your game is opening."
		}
		if a.Presence == party.Reconnecting {
			y.Detail, y.Tone = "Your game lost its connection and tries to get it back.", waiting
		}
	case party.Arrived:
		y.Tone, y.Title, y.Detail = calm, "You are in!", "Have fun. This page is not needed any more."
		if a.Presence == party.Reconnecting {
			y.Detail, y.Tone = "Your game lost its connection and tries to get it back.", waiting
		}
	case party.Gone:
		y.Tone, y.Title, y.Detail = wrong, "You are not in the party", gone(a.Reason)
		switch party.Reason(a.Reason) {
		case party.ReasonDeclined:
			y.Title, y.Tone = "Not this time", waiting
			y.Clock = clockTo(a.Until, now, "You may ask again in #")
		case party.ReasonUnanswered:
			y.Title, y.Tone = "Nobody answered", waiting
		}
	}
	return y
}

// refusal says why somebody who pressed Start, or a button at the door, still
// has no place.
func refusal(code party.Code, inv party.Invitation) (title, detail string) {
	switch code {
	case party.Full:
		return "The last place was just taken", "Wait in line for the next one."
	case party.UsedUp:
		return "This link has just been used up", "Others came first. Ask your friend for a new link."
	case party.ApprovalNeeded:
		return "The party lets newcomers in itself", "Ask to join. Start again once you are let in."
	case party.RateLimited:
		if inv.Problem == party.Full {
			return "Two wait from here already", "One address gets two places in line. Look again when one of them is in."
		}
		return "Two ask from here already", "One address asks for two at a time. Ask again in a minute."
	case party.TooMany:
		if inv.Problem == party.Full {
			return "The line is full", "Look again in a while."
		}
		return "Others are asking already", "Ask again in a minute."
	}
	if titles[code] == "" {
		return "That did not work", "Try again in a moment."
	}
	return titles[code], "Try again in a moment."
}

// gone says why a friend who was on the way, or in, is not any more.
func gone(reason string) string {
	switch party.Reason(reason) {
	case party.ReasonLeft:
		return "You left the party."
	case party.ReasonFailed:
		return "You did not come in this time."
	case party.ReasonTimeout:
		return "Your game was out of reach for too long."
	case party.ReasonMoved:
		return "You went to another party."
	case party.ReasonReplaced:
		return "Another player started from this browser and took the place."
	case party.ReasonKicked:
		return "You were taken out of the party."
	case party.ReasonBanned:
		return party.Lookup(party.Banned).Sentence
	case party.ReasonDeclined:
		return "The party lets nobody new in right now."
	case party.ReasonUnanswered:
		return "They may be in the middle of something. Ask again, or write to your friend."
	}
	return "Your place could be kept no longer."
}

// startLabel is what the one button says; empty when there is nothing to start.
func startLabel(inv party.Invitation) string {
	stage := reached(inv.You)
	switch {
	case inv.Onward == party.OnwardJoin && stage != party.Pressed:
		return "Join them there"
	case inv.Onward == party.OnwardJoin:
		return openAgain
	case inv.Problem != "" && !(inv.Problem == party.Full && onTheWay(inv.You)), stage == party.InLine, stage == party.Asking:
		return ""
	case mustAsk(inv) && (stage == "" || stage == party.Gone || stage == party.Pressed && inv.You.Problem != ""):
		return ""
	case stage == "", stage == party.Offered, stage == party.HeldStage && inv.You.LetIn:
		return "Start"
	case stage == party.Gone:
		return "Start again"
	}
	return openAgain
}

// openAgain is the label of a Start that need not be pressed any more.
const openAgain = "Open again"

// Quiet reports whether the button is not the main thing to do.
func (v view) Quiet() bool { return v.Start == openAgain }

// maxText is more than any limit for a text of a player or a game; a longer one
// is not shown at all.
const maxText = 4096

// clean takes out of a stranger's text what would disturb the text around it.
// Parties clean what they are given; a page does not rely on that.
func clean(s string) string {
	out, err := names.Text(s, maxText)
	if err != nil {
		return ""
	}
	return out
}
