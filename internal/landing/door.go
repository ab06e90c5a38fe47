package landing

import (
	"fmt"
	"strings"
	"time"

	"partykit/party"
)

// What a visitor can do at the door, as the page's script sends it.
const (
	doQueue = "queue" // wait in line for a place of a full party
	doAsk   = "ask"   // ask to be let in
	doLeave = "leave" // leave the line
)

// A door is the one thing to do for somebody whom Start does not help (yet). It
// needs a live page, so the script brings it; without, the page's text says
// what else to do.
type door struct {
	Do    string `json:"do"`
	Label string `json:"label"`
	Hint  string `json:"hint,omitempty"`
}

// doorOf says what there is to do at the door; nil when there is nothing.
func doorOf(inv party.Invitation) *door {
	stage := reached(inv.You)
	switch {
	case onTheWay(inv.You) || stage == party.Asking:
		return nil
	case stage == party.InLine:
		return &door{Do: doLeave, Label: "Leave the line"}
	case inv.Problem == party.Full && inv.Approve:
		return nil // there is no line past those who let newcomers in
	case inv.Problem == party.Full:
		return &door{doQueue, "Wait in line", waitingHint(inv.Line)}
	case !mustAsk(inv) || inv.Declined != 0:
		return nil // whoever was declined does not press again and again
	}
	d := &door{doAsk, "Ask to join", "Somebody of the party answers within a minute."}
	if stage == party.Gone {
		d.Label = "Ask again"
	}
	if inv.Onward == party.OnwardAsk {
		d.Hint = "Whoever made the link is in another party now. " + d.Hint
	}
	if inv.Problem == "" {
		d.Hint = "The people of this party let newcomers in themselves. " + d.Hint
	}
	return d
}

// waitingHint says how many stand in line already.
func waitingHint(n int) string {
	switch n {
	case 0:
		return "You will be the first in line."
	case 1:
		return "1 waits already."
	default:
		return fmt.Sprintf("%d wait already.", n)
	}
}

// mustAsk reports whether somebody of the party has to let a newcomer in. Of a
// party that rests nobody can answer, and whoever comes opens it again.
func mustAsk(inv party.Invitation) bool {
	return inv.CanAsk || inv.Declined != 0 || inv.Problem == "" && inv.Approve && len(inv.Members) > 0
}

// reached is how far a friend has come; "" before anything.
func reached(a *party.Arrival) party.Stage {
	if a == nil {
		return ""
	}
	return a.Stage
}

// A clock counts down on the page. Text says what for; its # is the time left.
type clock struct {
	Text    string `json:"text"`
	Seconds int    `json:"seconds"`
}

// Now is the clock in words, as it stands, in the units that the script counts
// in.
func (c clock) Now() string {
	left := fmt.Sprint(c.Seconds, " s")
	if c.Seconds > 90 {
		left = fmt.Sprint((c.Seconds+59)/60, " min")
	}
	return strings.Replace(c.Text, "#", left, 1)
}

// clockTo counts down to a time of the server: browsers' own clocks differ.
func clockTo(end party.Time, now time.Time, text string) *clock {
	left := time.UnixMilli(int64(end)).Sub(now)
	return &clock{text, max(0, int((left+time.Second-1)/time.Second))}
}

// ordinal is a place in line in words: 1st, 2nd, 3rd, 11th.
func ordinal(n int) string {
	end := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			end = "st"
		case 2:
			end = "nd"
		case 3:
			end = "rd"
		}
	}
	return fmt.Sprint(n) + end
}
