package landing

import (
	"strings"
	"testing"
	"time"

	"partykit/internal/auth"
	"partykit/party"

	"github.com/coder/websocket"
)

// askable is a link that does not do alone, but asking may.
func askable(code party.Code) party.Invitation {
	inv := dead(code)
	inv.CanAsk = true
	return inv
}

// approving is a live link of a party that lets newcomers in itself.
func approving() party.Invitation {
	inv := lively()
	inv.Approve = true
	return inv
}

// declined is a link of a party that has just said no; "" approves newcomers.
func declined(code party.Code, now time.Time, left time.Duration) party.Invitation {
	inv := approving()
	if code != "" {
		inv = dead(code)
	}
	inv.Declined = party.At(now.Add(left))
	return with(inv, party.Arrival{Stage: party.Gone, Reason: string(party.ReasonDeclined), Until: inv.Declined})
}

// with puts a visitor before an invitation.
func with(inv party.Invitation, a party.Arrival) party.Invitation {
	if a.Stage != party.Gone && a.Name == "" {
		a.Person = party.Person{Name: "CalmHeron", Face: 55433}
	}
	inv.You = &a
	return inv
}

func inLine(place, line int) party.Invitation {
	inv := with(dead(party.Full), party.Arrival{Stage: party.InLine, Place: place})
	inv.Line = line
	return inv
}

func TestWhatThereIsToDo(t *testing.T) {
	at := time.UnixMilli(1_795_000_000_000)
	soon := party.Time(at.UnixMilli() + 29_100)
	full := dead(party.Full)
	full.Line = 2
	resting := approving()
	resting.Members = nil
	gone := func(inv party.Invitation, why party.Reason) party.Invitation {
		return with(inv, party.Arrival{Stage: party.Gone, Reason: string(why)})
	}
	refused := func(inv party.Invitation, why party.Code) party.Invitation {
		return with(inv, party.Arrival{Stage: party.Pressed, Problem: why})
	}
	pressed := party.Arrival{Stage: party.Pressed}
	fullApproving := full
	fullApproving.Approve = true
	for name, c := range map[string]struct {
		inv                           party.Invitation
		title, clock, start, do, does string
	}{
		"live":                {inv: lively(), start: "Start"},
		"full":                {inv: full, do: "queue", does: "Wait in line; 2 wait already."},
		"in line":             {inv: inLine(3, 5), title: "You are 3rd in line", do: "leave", does: "Leave the line; "},
		"offered":             {inv: with(lively(), party.Arrival{Stage: party.Offered, Until: soon}), title: "A place is free", clock: "Start within 30 s", start: "Start"},
		"offer over":          {inv: with(lively(), party.Arrival{Stage: party.Offered, Until: 1}), title: "A place is free", clock: "Start within 0 s", start: "Start"},
		"taken by others":     {inv: refused(dead(party.Full), party.Full), title: "The last place was just taken", do: "queue", does: "Wait in line; You will be the first in line."},
		"line full":           {inv: refused(full, party.TooMany), title: "The line is full", do: "queue", does: "Wait in line; 2 wait already."},
		"locked":              {inv: askable(party.Locked), do: "ask", does: "Ask to join; Somebody of the party answers within a minute."},
		"used up":             {inv: askable(party.UsedUp), do: "ask", does: "Ask to join; Somebody of the party answers within a minute."},
		"expired lately":      {inv: askable(party.Expired), do: "ask", does: "Ask to join; Somebody of the party answers within a minute."},
		"expired long ago":    {inv: dead(party.Expired)},
		"banned":              {inv: dead(party.Banned)},
		"pressed, then dead":  {inv: with(dead(party.Revoked), pressed)},
		"asking":              {inv: with(askable(party.Locked), party.Arrival{Stage: party.Asking, Until: soon}), title: "Asked", clock: "Up to 30 s more"},
		"declined":            {inv: declined(party.Locked, at, party.DeclineTime), title: "Not this time", clock: "You may ask again in 10 min"},
		"declined, approving": {inv: declined("", at, 90*time.Second), title: "Not this time", clock: "You may ask again in 90 s"},
		"let in":              {inv: with(approving(), party.Arrival{Stage: party.HeldStage, LetIn: true}), title: "You may come in", start: "Start"},
		"two wait from here":  {inv: refused(full, party.RateLimited), title: "Two wait from here already", do: "queue", does: "Wait in line; 2 wait already."},
		"two ask from here":   {inv: refused(askable(party.Locked), party.RateLimited), title: "Two ask from here already", do: "ask", does: "Ask to join; Somebody of the party answers within a minute."},
		"full, approving":     {inv: fullApproving},
		"unanswered":          {inv: gone(askable(party.Locked), party.ReasonUnanswered), title: "Nobody answered", do: "ask", does: "Ask again; Somebody of the party answers within a minute."},
		"too many ask":        {inv: refused(askable(party.Locked), party.TooMany), title: "Others are asking already", do: "ask", does: "Ask to join; Somebody of the party answers within a minute."},
		"approving":           {inv: approving(), do: "ask", does: "Ask to join; The people of this party let newcomers in themselves. Somebody of the party answers within a minute."},
		"approving, resting":  {inv: resting, start: "Start"},
		"approving, started":  {inv: with(approving(), pressed), title: "Opening the game…", start: "Open again", do: "ask", does: "Ask to join; The people of this party let newcomers in themselves. Somebody of the party answers within a minute."},
		"approval needed":     {inv: refused(approving(), party.ApprovalNeeded), title: "The party lets newcomers in itself", do: "ask", does: "Ask to join; The people of this party let newcomers in themselves. Somebody of the party answers within a minute."},
		"approving, asking":   {inv: with(approving(), party.Arrival{Stage: party.Asking, Until: soon}), title: "Asked", clock: "Up to 30 s more"},
		"approving, held":     {inv: with(approving(), party.Arrival{Stage: party.HeldStage}), title: "Your place is kept", start: "Open again"},
		"kicked":              {inv: gone(dead(party.Banned), party.ReasonKicked), title: "You are not in the party"},
		"gone while it lives": {inv: gone(lively(), party.ReasonTimeout), title: "You are not in the party", start: "Start again"},
		"turn passed":         {inv: gone(dead(party.Full), party.ReasonTimeout), title: "You are not in the party", do: "queue", does: "Wait in line; You will be the first in line."},
		"open elsewhere":      {inv: onward(party.OnwardJoin), start: "Join them there"},
		"open, started":       {inv: with(onward(party.OnwardJoin), pressed), title: "Opening the game…", start: "Open again"},
		"open, gone":          {inv: gone(onward(party.OnwardJoin), party.ReasonTimeout), title: "You are not in the party", start: "Join them there"},
		"asked elsewhere":     {inv: onward(party.OnwardAsk), do: "ask", does: "Ask to join; Whoever made the link is in another party now. Somebody of the party answers within a minute."},
		"some other refusal":  {inv: refused(lively(), party.Internal), title: "That did not work", start: "Open again"},
	} {
		t.Run(name, func(t *testing.T) {
			v := describe(c.inv, at)
			var title, clock, do, does string
			if v.You != nil {
				title = v.You.Title
				if v.You.Clock != nil {
					clock = v.You.Clock.Now()
				}
			}
			if v.Door != nil {
				do, does = v.Door.Do, v.Door.Label+"; "+v.Door.Hint
			}
			if title != c.title || clock != c.clock || v.Start != c.start || do != c.do || does != c.does {
				t.Errorf("it shows %q, %q, %q, %q, %q;\n      want %q, %q, %q, %q, %q", title, clock, v.Start, do, does, c.title, c.clock, c.start, c.do, c.does)
			}
		})
	}
}

// onward is a dead link that leads on to where its maker is.
func onward(way party.Onward) party.Invitation {
	inv := dead(party.Expired)
	inv.Onward, inv.CanAsk = way, way == party.OnwardAsk
	return inv
}

func TestADeadLinkLeadsOn(t *testing.T) {
	x := newSetup(t, onward(party.OnwardJoin))
	w := x.do("GET", "/join/"+testCode)
	text := visibleText(t, w.Body.String())
	for _, want := range []string{"This link has expired", "is in an open party right now", "Join them there", "Play Meadow Run alone"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
	if w.Code != 410 || len(x.parties.starts) > 0 {
		t.Errorf("status %d, started %v", w.Code, x.parties.starts)
	}
	if strings.Contains(w.Body.String(), "FriendlyAlpaca") {
		t.Error("a dead link shows a name")
	}
	if w := x.do("POST", "/join/"+testCode, header("Sec-Fetch-Site", "same-origin")); w.Code != 303 || !strings.Contains(w.Header().Get("Location"), "partykit=tIcKeT123") {
		t.Errorf("Start answers %d, %q", w.Code, w.Header().Get("Location"))
	}
	other := newSetup(t, onward(party.OnwardJoin))
	other.parties.refuse = &party.Error{Code: party.Full}
	if w := other.do("POST", "/join/"+testCode, header("Sec-Fetch-Site", "same-origin")); strings.Contains(w.Body.String(), "Join them there") {
		t.Error("what was refused for another reason still leads on")
	}
}

func TestOrdinals(t *testing.T) {
	for n, want := range map[int]string{1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 11: "11th", 12: "12th", 13: "13th", 21: "21st", 102: "102nd", 111: "111th", 500: "500th"} {
		if got := ordinal(n); got != want {
			t.Errorf("%d is %s", n, got)
		}
	}
}

// TestPagesOfTheDoor looks at the pages as they come, without script.
func TestPagesOfTheDoor(t *testing.T) {
	for name, c := range map[string]struct {
		inv    party.Invitation
		status int
		says   []string
		never  []string
	}{
		"locked":    {askable(party.Locked), 403, []string{"The party is locked", "needs JavaScript"}, []string{"FriendlyAlpaca", "<form"}},
		"banned":    {dead(party.Banned), 403, []string{"You cannot come back here", "do not let you back in"}, []string{"FriendlyAlpaca", "<form", "<noscript"}},
		"used up":   {askable(party.UsedUp), 410, []string{"used up", "needs JavaScript"}, []string{"FriendlyAlpaca", "<form"}},
		"approving": {approving(), 200, []string{"FriendlyAlpaca invites you", "needs JavaScript"}, nil},
		"in line":   {inLine(3, 5), 409, []string{"The party is full", "You are 3rd in line", "You are CalmHeron", "Look again"}, []string{"<form"}},
		"asking":    {with(askable(party.Locked), party.Arrival{Stage: party.Asking}), 403, []string{"Asked", "Up to 0 s more"}, []string{"FriendlyAlpaca", "<noscript"}},
		"offered":   {with(lively(), party.Arrival{Stage: party.Offered}), 200, []string{"A place is free", "Start within 0 s"}, nil},
		"pressed":   {with(dead(party.Revoked), party.Arrival{Stage: party.Pressed}), 410, []string{"taken back"}, []string{"Opening the game"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newSetup(t, c.inv).do("GET", "/join/"+testCode)
			if w.Code != c.status {
				t.Errorf("status %d, want %d", w.Code, c.status)
			}
			text := visibleText(t, w.Body.String())
			for _, want := range c.says {
				if !strings.Contains(text, want) {
					t.Errorf("the page does not say %q:\n%s", want, text)
				}
			}
			for _, never := range c.never {
				if strings.Contains(w.Body.String(), never) {
					t.Errorf("the page has %q", never)
				}
			}
		})
	}
	w := newSetup(t, approving()).do("GET", "/join/"+testCode)
	if text := visibleText(t, w.Body.String()); strings.Contains(text, "Start") {
		t.Errorf("Start is offered where it does not help:\n%s", text)
	}
}

func TestTheDoorIsPassedOn(t *testing.T) {
	x := newSetup(t, dead(party.Full))
	conn, _, err := dialLive(t, x, "https://"+testHost)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	if v := next(t, conn); v.Door != nil {
		t.Errorf("without a cookie the door shows %+v", v.Door)
	}
	for _, do := range []string{"queue", "leave", "ask"} {
		if err := conn.Write(t.Context(), websocket.MessageText, []byte(`{"do":"`+do+`"}`)); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "passing it on", func() bool { return strings.Join(x.parties.done(), " ") == "queue leave ask" })
	if starts, visible, _ := x.parties.seen(); len(starts)+len(visible) > 0 {
		t.Errorf("it started %d times and reported %v", len(starts), visible)
	}
}

func TestWhoIsLetInIsToldToStart(t *testing.T) {
	in := arriving(party.HeldStage)
	in.You.LetIn = true
	x := newSetup(t, in)
	w := x.do("GET", "/join/"+testCode, header("Cookie", "__Host-pk="+auth.Browser()))
	if text := visibleText(t, w.Body.String()); !strings.Contains(text, "You may come in") || !strings.Contains(text, "Start Opens in a new tab") {
		t.Errorf("the page says\n%s", text)
	}
	x.parties.show(func(inv *party.Invitation) { inv.You.LetIn = false })
	w = x.do("GET", "/join/"+testCode)
	if text := visibleText(t, w.Body.String()); strings.Contains(text, "You may come in") || !strings.Contains(text, "Your place is kept") {
		t.Errorf("after Start the page says\n%s", text)
	}
}
