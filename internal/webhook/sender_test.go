package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"partykit/internal/engine/enginetest"
	"partykit/party"
)

// told lists what was posted, as "number type" each, by number.
func told(t *testing.T, posts []post) []string {
	t.Helper()
	var list []string
	for _, p := range posts {
		var b Body
		if err := json.Unmarshal(p.body, &b); err != nil {
			t.Fatal(err)
		}
		list = append(list, fmt.Sprintf("%s %s %02d %s", b.Data.Game, b.Data.Party, b.Data.Number, b.Type))
	}
	slices.Sort(list)
	return list
}

// inOrder sorts a party's notices by number: they come up to four at once.
func inOrder(t *testing.T, posts []post) []post {
	t.Helper()
	number := func(p post) uint64 {
		var b Body
		if err := json.Unmarshal(p.body, &b); err != nil {
			t.Fatal(err)
		}
		return b.Data.Number
	}
	slices.SortFunc(posts, func(a, b post) int { return int(number(a)) - int(number(b)) })
	return posts
}

func check(t *testing.T, secret string, p post) error {
	t.Helper()
	hook, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	return hook.VerifyIgnoringTimestamp(p.body, p.header)
}

func TestABackendIsTold(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.table("demo", "before").shared() // nobody wants to know
		time.Sleep(time.Second)
		secret := w.hook("demo")
		x := w.table("demo", "p1").shared()
		x.do(
			party.Join{Player: "gbob", Name: "Bob", Face: 3, Invite: "i1", Move: 1, Session: "sbob", Hash: "top secret"},
			party.Finalize{Player: "gbob"},
			party.SetData{Player: "gada", Data: party.Data{"level": []byte(`1`)}}, // told nobody
			party.SetMatch{Player: "gada", Match: &party.Match{ID: "m1", Joinable: true}},
			party.Leave{Player: "gbob", Reason: party.ReasonLeft},
		)
		w.table("other", "p2").shared() // a game without a webhook
		time.Sleep(time.Second)
		posts := w.got()
		want := []string{
			"demo p1 01 party.created", "demo p1 02 invite.made", "demo p1 03 member.joined", "demo p1 04 invite.accepted",
			"demo p1 05 invite.finalized", "demo p1 06 match.changed", "demo p1 07 member.left",
		}
		if diff := cmp.Diff(want, told(t, posts)); diff != "" {
			t.Fatalf("told (-want +got):\n%s", diff)
		}
		ids := map[string]bool{}
		for _, p := range posts {
			if err := check(t, secret, p); err != nil {
				t.Errorf("%s: %v", p.body, err)
			}
			if p.url != address || p.header.Get("Content-Type") != "application/json" || p.header.Get("User-Agent") != "PartyKit/test" {
				t.Errorf("posted to %s with %v", p.url, p.header)
			}
			ids[p.header.Get("webhook-id")] = true
			if strings.Contains(string(p.body), "top secret") || strings.Contains(string(p.body), "sbob") {
				t.Errorf("a secret is told: %s", p.body)
			}
		}
		if len(ids) != len(posts) {
			t.Errorf("%d ids for %d notices", len(ids), len(posts))
		}
	})
}

func TestANoticeSaysWhatHappened(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.hook("demo")
		x := w.table("demo", "p1").shared()
		x.do(party.Join{Player: "gbob", Name: "Bob", Invite: "i1", Move: 1, Session: "sbob", Hash: "h"})
		x.do(party.SetMatch{Player: "gada", Match: &party.Match{ID: "m1"}}, party.SetMatch{Player: "gada"})
		x.do(party.Identify{Player: "gbob", As: "ubob", Move: 2})
		time.Sleep(time.Second)
		bodies := map[string]string{}
		for _, p := range inOrder(t, w.got()) {
			var b struct {
				Type string
				Data map[string]any
			}
			if err := json.Unmarshal(p.body, &b); err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"seq", "revision", "number", "game", "party"} {
				if b.Data[name] == nil {
					t.Errorf("%s has no %s", b.Type, name)
				}
				delete(b.Data, name)
			}
			text, err := json.Marshal(b.Data)
			if err != nil {
				t.Fatal(err)
			}
			bodies[b.Type] += string(text)
		}
		now := fmt.Sprint(time.Now().Add(-time.Second).UnixMilli())
		soon := fmt.Sprint(time.Now().Add(24*time.Hour - time.Second).UnixMilli())
		ada := `{"id":"gada","joined":` + now + `,"n":1,"name":"Ada","state":"in"}`
		bob := `{"by":"gada","id":"gbob","invite":"i1","joined":` + now + `,"n":2,"name":"Bob","state":"loading"}`
		want := map[string]string{
			"party.created":     `{"leader":"gada","members":[` + ada + `]}`,
			"invite.made":       `{"invite":"i1","made":{"by":"gada","expires":` + soon + `,"id":"i1","made":` + now + `,"maxUses":0,"message":"\u003cb\u003eCome!\u003c/b\u003e","uses":0}}`,
			"member.joined":     `{"member":` + bob + `,"n":2}`,
			"invite.accepted":   `{"invite":"i1","member":` + bob + `,"n":2,"uses":1}`,
			"match.changed":     `{"match":{"id":"m1","joinable":false,"since":` + now + `}}` + `{"match":null}`,
			"member.identified": `{"former":"gbob","id":"ubob","n":2}`,
		}
		if diff := cmp.Diff(want, bodies); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// A receiver that does not answer well is asked again for a day, and what it
// then still did not take can be sent once more.
func TestANoticeIsTriedForADay(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.hook("demo")
		answers := []func() (int, error){
			func() (int, error) { return 500, nil },
			func() (int, error) { return 302, nil },
			func() (int, error) { return 0, errors.New("no route to host") },
		}
		w.answer = func(n int) (int, error) { return answers[n%len(answers)]() }
		start := time.Now()
		w.table("demo", "p1").shared() // two notices
		time.Sleep(GiveUp + time.Hour)
		tries := map[string][]time.Duration{}
		for _, p := range w.got() {
			id := p.header.Get("webhook-id")
			tries[id] = append(tries[id], p.at.Sub(start))
		}
		if len(tries) != 2 {
			t.Fatalf("%d notices were tried", len(tries))
		}
		for id, times := range tries {
			last := times[len(times)-1]
			if len(times) < 10 || len(times) > 16 || times[1] > 10*time.Second || last < 23*time.Hour || last > 25*time.Hour {
				t.Errorf("%s was tried at %v", id, times)
			}
		}
		letters := Letters{w.node}
		dead, err := letters.Dead(t.Context(), "demo")
		if err != nil || len(dead) != 2 {
			t.Fatalf("%d dead letters, %v", len(dead), err)
		}
		for _, d := range dead {
			if d.Tries != len(tries[d.ID]) || d.Why == "" || d.Party != "p1" || strings.Contains(d.Why, "swordfish") {
				t.Errorf("%+v", d)
			}
		}
		if _, err := letters.Replay(t.Context(), "demo", []string{dead[0].ID, "nothing"}); !errors.Is(err, ErrNoLetter) {
			t.Errorf("of a letter that is not there: %v", err)
		}
		w.forget()
		w.answer = nil
		if n, err := letters.Replay(t.Context(), "demo", nil); n != 2 || err != nil {
			t.Fatalf("%d were replayed, %v", n, err)
		}
		time.Sleep(time.Second)
		posts := w.got()
		if diff := cmp.Diff([]string{"demo p1 01 party.created", "demo p1 02 invite.made"}, told(t, posts)); diff != "" {
			t.Fatalf("replayed (-want +got):\n%s", diff)
		}
		for _, p := range posts {
			if tries[p.header.Get("webhook-id")] == nil {
				t.Error("a replayed notice has another id than before")
			}
		}
		if left, err := letters.Dead(t.Context(), "demo"); err != nil || len(left) != 0 {
			t.Errorf("%d letters are still dead, %v", len(left), err)
		}
	})
}

func TestAReceiverThatIsGoneIsNotAskedAgain(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.hook("demo")
		w.answer = func(int) (int, error) { return http.StatusGone, nil }
		w.table("demo", "p1").shared()
		time.Sleep(time.Hour)
		dead, err := Letters{w.node}.Dead(t.Context(), "demo")
		if n := len(w.got()); n != 2 || len(dead) != 2 || err != nil {
			t.Fatalf("%d posts, %d dead letters, %v", n, len(dead), err)
		}
	})
}

// During a rotation a receiver may know either secret.
func TestASecretIsRotatedWithTwoSignatures(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		old := w.hook("demo")
		_, fresh, err := w.games.RotateWebhook(t.Context(), "demo", time.Hour)
		if err != nil || fresh == old {
			t.Fatalf("%v", err)
		}
		signedBy := func(when string, former bool) {
			t.Helper()
			w.forget()
			w.table("demo", fmt.Sprintf("p%d", time.Now().Unix())).shared()
			time.Sleep(time.Second)
			for _, p := range w.got() {
				if err := check(t, fresh, p); err != nil {
					t.Errorf("%s, by the new secret: %v", when, err)
				}
				if err := check(t, old, p); (err == nil) != former {
					t.Errorf("%s, by the former: %v", when, err)
				}
			}
			if len(w.got()) == 0 {
				t.Errorf("%s, nothing came", when)
			}
		}
		signedBy("at first", true)
		time.Sleep(2 * time.Hour)
		signedBy("after the overlap", false)
	})
}

func TestNothingIsLostWhenTheSenderStops(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.hook("demo")
		x := w.table("demo", "p1").shared()
		time.Sleep(time.Second)
		w.sender.Close()
		x.do(party.Join{Player: "gbob", Name: "Bob", Invite: "i1", Move: 1, Session: "sbob", Hash: "h"})
		time.Sleep(time.Hour)
		if n := len(w.got()); n != 2 {
			t.Fatalf("%d posts while it is stopped", n)
		}
		w.node.Close()
		w.node = enginetest.Connect(t, w.engine, "b")
		w.begin()
		time.Sleep(5 * time.Minute)
		if got := told(t, w.got()); len(got) != 4 {
			t.Fatalf("told %q", got)
		}
	})
}

func TestOffIsOff(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.hook("demo")
		w.answer = func(int) (int, error) { return 500, nil }
		x := w.table("demo", "p1").shared()
		time.Sleep(time.Minute)
		if _, err := w.games.RemoveWebhook(t.Context(), "demo"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		w.forget()
		x.do(party.SetMatch{Player: "gada", Match: &party.Match{ID: "m1"}})
		time.Sleep(2 * time.Hour)
		if posts := w.got(); len(posts) != 0 {
			t.Fatalf("told %q", told(t, posts))
		}
		// On again, it tells what happens from then on, and only that.
		w.answer = nil
		w.hook("demo")
		x.do(party.SetMatch{Player: "gada"})
		time.Sleep(time.Minute)
		if diff := cmp.Diff([]string{"demo p1 04 match.changed"}, told(t, w.got())); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// What waited when a webhook was taken away goes to no later one, also when nobody
// was there to forget it.
func TestALaterWebhookIsNotToldWhatWaited(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.hook("demo")
		w.answer = func(int) (int, error) { return 500, nil }
		w.table("demo", "p1").shared()
		time.Sleep(time.Minute)
		if len(w.got()) == 0 {
			t.Fatal("nothing was tried")
		}
		w.sender.Close()
		if _, err := w.games.RemoveWebhook(t.Context(), "demo"); err != nil {
			t.Fatal(err)
		}
		w.hook("demo")
		w.forget()
		w.answer = nil
		w.node.Close()
		w.node = enginetest.Connect(t, w.engine, "b")
		w.begin()
		time.Sleep(2 * time.Hour)
		if posts := w.got(); len(posts) != 0 {
			t.Fatalf("told %q", told(t, posts))
		}
	})
}

// A receiver that never answers holds up its own game alone.
func TestOneGamesSilenceDelaysNoOther(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.hook("demo")
		if _, _, err := w.games.SetWebhook(t.Context(), "other", "https://other.example/"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		w.answer = func(n int) (int, error) {
			if strings.HasPrefix(w.posts[n-1].url, address) {
				return 503, nil
			}
			return 200, nil
		}
		for i := range 20 {
			w.table("demo", fmt.Sprintf("p%d", i)).shared()
		}
		w.table("other", "q1").shared()
		time.Sleep(time.Second)
		if got := told(t, w.got()); !slices.Contains(got, "other q1 02 invite.made") {
			t.Fatalf("told %q", got)
		}
	})
}

func TestPauses(t *testing.T) {
	for tries := range 40 {
		for _, age := range []time.Duration{0, time.Hour, GiveUp - time.Minute, GiveUp - time.Millisecond} {
			if p := pause(tries, age); p < time.Second || p > 5*time.Hour || age+p > GiveUp+time.Second {
				t.Errorf("after %d tries and %v: %v", tries, age, p)
			}
		}
		if p := pause(tries, GiveUp); p != 0 {
			t.Errorf("after a day: %v", p)
		}
	}
}
