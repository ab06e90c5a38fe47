package gateway_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partykit/internal/game"
	"partykit/internal/gateway"
	"partykit/party"
)

func TestRefusedUpgrade(t *testing.T) {
	cases := []struct {
		name, id, origin string
		full             bool
		status           int
		code             party.Code
	}{
		{"foreign origin", "demo", "https://evil.example", false, 403, party.OriginNotAllowed},
		{"another game's origin", "demo", "https://asleep.example", false, 403, party.OriginNotAllowed},
		{"opaque origin", "demo", "null", false, 403, party.OriginNotAllowed},
		{"unknown game", "nope", "https://demo.example", false, 404, party.NotFound},
		{"no game", "", "", false, 404, party.NotFound},
		{"address full", "demo", "https://demo.example", true, 429, party.RateLimited},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			inBubble(t, nil, func(t *testing.T, w *world) {
				w.full.Store(c.full)
				p, upgrade := w.dial(c.id, c.origin)
				if p != nil {
					t.Fatal("let in")
				}
				request, _ := http.NewRequestWithContext(t.Context(), "GET", "http://host.example/connect?game="+c.id, nil)
				request.Header.Set("Origin", c.origin)
				plain, err := w.client().Do(request)
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range []*http.Response{upgrade, plain} {
					body, _ := io.ReadAll(r.Body)
					r.Body.Close()
					var problem struct {
						Code   party.Code `json:"code"`
						Status int        `json:"status"`
						Type   string     `json:"type"`
					}
					if err := json.Unmarshal(body, &problem); err != nil {
						t.Fatalf("%v in %s", err, body)
					}
					if r.StatusCode != c.status || problem.Code != c.code || problem.Status != c.status || !strings.HasSuffix(problem.Type, "#"+string(c.code)) {
						t.Errorf("answered %d %s; want %d %s", r.StatusCode, body, c.status, c.code)
					}
					if r.Header.Get("Access-Control-Allow-Origin") != "*" || r.Header.Get("Content-Type") != "application/problem+json" {
						t.Errorf("headers are %v", r.Header)
					}
					if (r.Header.Get("Retry-After") != "") != c.full {
						t.Errorf("Retry-After is %q", r.Header.Get("Retry-After"))
					}
				}
			})
		})
	}
}

// A developer who forgot an origin reads in the console what to type.
func TestRefusalNamesTheOriginToAdd(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		for origin, want := range map[string]string{
			"https://evil.example":          "Add it with: partykit game set demo --origin https://evil.example",
			"https://e.example/'; rm -rf /": "--origin ADDRESS", // no browser sends that: not for pasting
		} {
			request, _ := http.NewRequestWithContext(t.Context(), "GET", "http://host.example/connect?game=demo", nil)
			request.Header.Set("Origin", origin)
			r, err := w.client().Do(request)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(r.Body)
			r.Body.Close()
			if !strings.Contains(string(body), want) {
				t.Errorf("from %q: %s", origin, body)
			}
		}
	})
}

func TestPlainGET(t *testing.T) {
	for _, c := range []struct {
		id     string
		status int
		code   party.Code
	}{{"demo", http.StatusUpgradeRequired, ""}, {"asleep", 403, party.KitNotActivated}} {
		inBubble(t, nil, func(t *testing.T, w *world) {
			r, err := w.client().Get("http://host.example/connect?game=" + c.id)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Body.Close()
			var problem struct{ Code party.Code }
			json.NewDecoder(r.Body).Decode(&problem)
			if r.StatusCode != c.status || problem.Code != c.code || r.Header.Get("Access-Control-Allow-Origin") != "*" {
				t.Errorf("%s: answered %d %s", c.id, r.StatusCode, problem.Code)
			}
		})
	}
}

func TestFirstUseInDev(t *testing.T) {
	dev := func(o *gateway.Options) {
		o.Dev = true
		o.PublicURL = &url.URL{Scheme: "http", Host: "localhost:7700"}
	}
	type use struct{ ID, Origin, Page string }
	for _, c := range []struct {
		name, origin, page string
		want               *use
	}{
		{"a page on this machine", "http://localhost:5173", "http://localhost:5173/play", &use{"fresh", "http://localhost:5173", "http://localhost:5173/play"}},
		{"a native game", "", "", &use{"fresh", "http://localhost:7700", ""}},
		{"a native game that names a page", "", "http://localhost:9/x", &use{"fresh", "http://localhost:9", "http://localhost:9/x"}},
		{"a page elsewhere", "https://evil.example", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBubble(t, dev, func(t *testing.T, w *world) {
				var got *use
				w.games.used = func(id, origin, page string) (game.Game, error) {
					got = &use{id, origin, page}
					return game.Game{ID: id, Active: true}, nil
				}
				p, response := w.dial("fresh", c.origin)
				if c.want == nil {
					if p != nil || response.StatusCode != 404 {
						t.Fatal("a foreign page registered a game")
					}
					return
				}
				hello, _ := json.Marshal(map[string]any{"t": "hello", "v": 1, "key": "k", "page": c.page})
				p.say(string(hello))
				<-w.sessions
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("first use (-want +got):\n%s", diff)
				}
			})
		})
	}
}
