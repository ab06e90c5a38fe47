package host

import (
	"testing"
	"time"

	"partykit/internal/auth"
	"partykit/party"
)

// A link that is asked for by the number of a command that made none was answered
// with a code that led nowhere.
func TestANumberThatMadeNoLinkHasNoCode(t *testing.T) {
	for name, ask := range map[string]func(other any) map[string]any{
		"plain":     func(any) map[string]any { return nil },
		"spoken":    func(any) map[string]any { return map[string]any{"spoken": true} },
		"replacing": func(other any) map[string]any { return map[string]any{"replaces": other} },
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				a, b, _, code := w.pair("a")
				links := a.ok("invites", nil)["invites"].([]any)
				a.ok("rename", map[string]any{"name": "Ada"})
				id := a.next
				w.crash("a")
				w.host("b")
				a, b = a.back("b"), b.back("b")
				got := a.redo(id, "invite", ask(links[0].(map[string]any)["id"]))
				if got["code"] != string(party.StaleCommand) || got["url"] != nil {
					t.Errorf("answered %v", got)
				}
				if got := w.problem("b", code); got != "" {
					t.Errorf("the link that there was shows %q", got)
				}
				b.ok("rename", map[string]any{"name": "Bea"}) // the party goes on
			})
		})
	}
}

// A command that was refused may have left the records of a link, which nobody
// was told of. A link that is made by the same number did not outlive them, and
// did not follow its maker where the first would not have.
func TestALinkOutlivesTheRecordsOfOneThatWasNotMade(t *testing.T) {
	for name, members := range map[string]map[string]any{
		"plain":  {"expires": 7 * 24 * 3600, "onLeave": "follow"},
		"spoken": {"expires": 7 * 24 * 3600, "onLeave": "follow", "spoken": true},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				w.host("b")
				a, _, home, _ := w.pair("a")
				h := w.hosts["a"]
				speaks := members["spoken"] != nil
				m := h.making(a.sessionOf(), a.next+1, party.MakeInvite{Player: party.PlayerID(guest(1)), Expires: time.Hour}, speaks)
				left := make(chan error)
				w.on("a", home, func(p *live) {
					l, err := foresee(p.state, m.cmd, p.known())
					if err != nil {
						t.Error(err)
					}
					go func() { left <- h.store(t.Context(), m, l, false) }()
				})
				if err := <-left; err != nil {
					t.Fatal(err)
				}
				w.crash("a")
				a = a.back("b")
				made := a.ok("invite", members)
				if made["code"] != m.code || speaks && made["spoken"] != m.spoken {
					t.Fatalf("made %v, want the codes %s %s", made, m.code, m.spoken)
				}
				var want link
				w.on("b", home, func(p *live) { want = linkTo(p.state, p.state.Invite(m.cmd.ID)) })
				if got, err := w.hosts["b"].link(t.Context(), "demo", auth.CodeHash(m.code)); err != nil || got != want {
					t.Errorf("the record is %+v, %v; want %+v", got, err, want)
				}
				if speaks {
					spoken, _ := auth.ParseSpoken(m.spoken)
					if got, _, err := w.hosts["b"].spokenOf(t.Context(), "demo", spoken); err != nil || got.link != want || got.Until != want.Expires {
						t.Errorf("the spoken record is %+v, %v; want %+v", got, err, want)
					}
				}
			})
		})
	}
}
