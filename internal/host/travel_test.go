package host

import (
	"strings"
	"testing"
	"time"

	"partykit/party"
)

// onMoon connects the guest n to the game Moonfall, with what a travel gave it.
func (w *world) onMoon(on string, n int, change ...func(*Caller)) *client {
	w.t.Helper()
	return w.hello(on, n, append([]func(*Caller){func(c *Caller) {
		c.Game, c.Origin = "moon", "https://moon.example"
	}}, change...)...)
}

func ticketOfURL(t *testing.T, ok map[string]any) string {
	t.Helper()
	url, ticket := ok["url"].(string), ok["ticket"].(string)
	if url != "https://moon.example/#/lobby&partykit="+ticket {
		t.Fatalf("the way there is %s", url)
	}
	return ticket
}

// aboard lists the names of a client's party as it came to it, the leader's
// with a star.
func aboard(c *client) string {
	v := map[string]any{}
	for _, f := range c.frames() {
		if p, ok := f["party"].(map[string]any); ok {
			v = p
		}
	}
	names := []string{}
	for _, m := range v["members"].([]any) {
		m := m.(map[string]any)
		name := m["name"].(string)
		if m["id"] == v["leader"] {
			name += "*"
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

// crew is a party of three on one host.
func crew(w *world, a, b string) (ada, ben, cleo *client) {
	ada = w.hello(a, 1, called("Ada"))
	code := ada.invite(nil)
	ben, cleo = w.hello(b, 2, called("Ben")), w.hello(a, 3, called("Cleo"))
	ben.ok("join", map[string]any{"code": code})
	cleo.ok("join", map[string]any{"code": code})
	return ada, ben, cleo
}

func called(name string) func(*Caller) { return func(c *Caller) { c.Hello.Name = name } }

// asked is the id of the travel that a client was told of last.
func (c *client) asked() (id any) {
	for _, f := range c.frames() {
		if f["t"] != "event" {
			continue
		}
		for _, e := range f["events"].([]any) {
			if e := e.(map[string]any); e["type"] == "travel" && e["travel"] != nil {
				id = e["travel"].(map[string]any)["id"]
			}
		}
	}
	return id
}

func (c *client) boards(travel any) map[string]any {
	c.w.t.Helper()
	return c.ok("board", map[string]any{"travel": travel, "yes": true})
}

func TestAPartyTravels(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.host("b")
		ada, ben, cleo := crew(w, "a", "b")
		first := ada.ok("travel", map[string]any{"to": "moon", "payload": map[string]any{"level": 3}})
		adas := ticketOfURL(t, first)
		travel := ben.asked()
		bens, cleos := ticketOfURL(t, ben.boards(travel)), ticketOfURL(t, cleo.boards(travel))
		if again := ada.redo(ada.next, "travel", map[string]any{"to": "moon"}); again["ticket"] != adas {
			t.Errorf("repeated, it says %v", again)
		}

		c := w.onMoon("a", 33, ticketed(cleos), called("Somebody"))
		b := w.onMoon("b", 22, ticketed(bens))
		a := w.onMoon("b", 11, ticketed(adas))
		if got := aboard(a); got != "Ada* Ben Cleo" {
			t.Errorf("who is there: %s", got)
		}
		late := w.onMoon("a", 33, resuming(c, 0))
		if got := aboard(late); got != "Ada* Ben Cleo" {
			t.Errorf("they stand as %s", got)
		}
		if p := b.welcome()["payload"]; p == nil || p.(map[string]any)["level"] != 3.0 {
			t.Errorf("Ben's game is brought %v", p)
		}
		for _, who := range []*client{ada, ben, cleo} {
			if last := who.frames(); !movedBy(last, "travelled") {
				t.Errorf("guest %d still is in the old party", who.n)
			}
		}
		if why := w.onMoonFails("a", 44, adas); why != string(party.TicketSpent) {
			t.Errorf("somebody else's ticket: %s", why)
		}
	})
}

func movedBy(frames []map[string]any, reason string) bool {
	for _, f := range frames {
		if f["t"] == "party" && f["reason"] == reason {
			return true
		}
	}
	return false
}

// onMoonFails comes with a ticket that is not taken, and returns why.
func (w *world) onMoonFails(on string, n int, ticket string) string {
	w.t.Helper()
	i, _ := w.onMoon(on, n, ticketed(ticket)).welcome()["invite"].(map[string]any)
	e, _ := i["error"].(map[string]any)
	code, _ := e["code"].(string)
	return code
}

func TestWhoStaysStays(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		ada, ben, cleo := crew(w, "a", "a")
		ada.ok("travel", map[string]any{"to": "moon", "within": 10})
		ben.boards(ben.asked())
		time.Sleep(11 * time.Second)
		cleo.fails(party.NotFound, "board", map[string]any{"travel": "t1", "yes": true})
		w.wantParty("a", ada.lastParty(), "*1:in:connected 2:loading:connected 3:loading:connected")
	})
}

func TestWhereNoPartyTravels(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		ada, ben, _ := crew(w, "a", "a")
		for to, code := range map[string]party.Code{
			"other": party.NotFound, "nowhere": party.NotFound, "demo": party.NotFound, "off": party.KitNotActivated,
		} {
			ada.fails(code, "travel", map[string]any{"to": to})
		}
		ben.fails(party.NotAllowed, "travel", map[string]any{"to": "moon"})
		ada.fails(party.BadRequest, "travel", map[string]any{"to": "moon", "within": 5})
		ada.ok("travel", map[string]any{"to": "moon"})
		ada.ok("travel", nil)
		ben.fails(party.BadRequest, "board", map[string]any{"travel": "t1"})
		ben.fails(party.NotFound, "board", map[string]any{"travel": "t1", "yes": true})
	})
}

func TestATicketToAnotherGameAsksWhoHasCompanyThere(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		ada, _, _ := crew(w, "a", "a")
		ticket := ticketOfURL(t, ada.ok("travel", map[string]any{"to": "moon"}))
		there := w.onMoon("a", 11)
		friend := w.onMoon("a", 55)
		friend.ok("join", map[string]any{"code": there.invite(nil)})
		e := there.fails(party.ConfirmRequired, "join", map[string]any{"ticket": ticket})
		if from := e["invite"].(map[string]any)["from"]; from != "Ada" {
			t.Errorf("it is asked by %v", from)
		}
		there.ok("join", map[string]any{"ticket": ticket, "confirm": true})
	})
}

func TestASeatInAnotherGameLapses(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		ada, ben, _ := crew(w, "a", "a")
		ticket := ticketOfURL(t, ada.ok("travel", map[string]any{"to": "moon", "within": 300}))
		time.Sleep(time.Minute)
		bens := ticketOfURL(t, ben.boards(ben.asked()))
		time.Sleep(party.TravelSeat - time.Minute + time.Second)
		if why := w.onMoonFails("a", 11, ticket); why != string(party.TicketSpent) {
			t.Errorf("a lapsed seat: %s", why)
		}
		w.onMoon("a", 22, ticketed(bens))
		w.wantParty("a", ada.lastParty(), "*1:in:connected 3:loading:connected")
	})
}

func TestTravelOutlivesTheServer(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		ada, ben, _ := crew(w, "a", "a")
		adas := ticketOfURL(t, ada.ok("travel", map[string]any{"to": "moon"}))
		travel := ben.asked()
		w.crash("a")
		w.host("a")
		ben = ben.back("a")
		time.Sleep(time.Second)
		bens := ticketOfURL(t, ben.boards(travel))
		w.onMoon("a", 22, ticketed(bens))
		if got := aboard(w.onMoon("a", 11, ticketed(adas))); got != "Ada* Ben" {
			t.Errorf("who arrived: %s", got)
		}
	})
}
