package api_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"partykit/client/api"
	"partykit/party"
)

// transport answers without a network.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answer(status int, body string) *http.Response {
	w := httptest.NewRecorder()
	w.WriteHeader(status)
	io.WriteString(w, body)
	return w.Result()
}

func problem(code party.Code, status int, more string) *http.Response {
	return answer(status, fmt.Sprintf(`{"code":%q,"status":%d,"detail":"Do this.","type":"https://x/docs#c"%s}`, code, status, more))
}

// What is tried again, how often, and after how long.
func TestTriesAgain(t *testing.T) {
	send := func(t *testing.T, c *api.Client) error {
		_, err := c.Send(t.Context(), "p1", api.Message{Bytes: []byte("x")})
		return err
	}
	kick := func(t *testing.T, c *api.Client) error { _, err := c.Kick(t.Context(), "p1", 2, false); return err }
	setIf := func(t *testing.T, c *api.Client) error {
		_, err := c.SetData(t.Context(), "p1", nil, new(uint64(1)))
		return err
	}
	cut := func() (*http.Response, error) { return nil, io.ErrUnexpectedEOF }
	is := func(code party.Code, status int, more string) func() (*http.Response, error) {
		return func() (*http.Response, error) { return problem(code, status, more), nil }
	}
	for name, x := range map[string]struct {
		do    func(*testing.T, *api.Client) error
		fails func() (*http.Response, error)
		tries int
		took  time.Duration
	}{
		"a lost answer":             {send, cut, 4, 1750 * time.Millisecond},
		"unavailable":               {send, is(party.Unavailable, 503, ""), 4, 1750 * time.Millisecond},
		"a proxy's error":           {send, func() (*http.Response, error) { return answer(502, "<html>"), nil }, 4, 1750 * time.Millisecond},
		"limited":                   {send, is(party.RateLimited, 429, `,"retryAfter":3`), 4, 9 * time.Second},
		"limited, not twice":        {kick, is(party.RateLimited, 429, `,"retryAfter":3`), 4, 9 * time.Second},
		"a lost answer, by its key": {kick, cut, 4, 1750 * time.Millisecond},
		"unavailable, not twice":    {kick, is(party.Unavailable, 503, ""), 1, 0},
		"unavailable, by revision":  {setIf, is(party.Unavailable, 503, ""), 1, 0},
		"refused":                   {send, is(party.NotFound, 404, ""), 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				keys := map[string]bool{}
				tries := 0
				c := api.NewWith("https://x/", "pks_k", &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
					tries++
					keys[r.Header.Get("Idempotency-Key")] = true
					if r.Header.Get("Authorization") != "Bearer pks_k" {
						t.Errorf("it comes with %v", r.Header)
					}
					if r.Header.Get("Idempotency-Key") == "" {
						t.Error("it comes without a key")
					}
					return x.fails()
				})})
				began := time.Now()
				if err := x.do(t, c); err == nil {
					t.Error("it succeeded")
				}
				if tries != x.tries || time.Since(began) != x.took || len(keys) != 1 {
					t.Errorf("%d tries in %v with %d keys, want %d in %v with one", tries, time.Since(began), len(keys), x.tries, x.took)
				}
			})
		})
	}
}

func TestErrorsSayEverything(t *testing.T) {
	c := api.NewWith("https://x", "k", &http.Client{Transport: transport(func(*http.Request) (*http.Response, error) {
		return problem(party.RevisionConflict, 412, `,"data":{"a":1},"dataRevision":7,"errors":[{"location":"body.a","message":"is wrong"}]`), nil
	})})
	_, err := c.Data(t.Context(), "p1")
	e, _ := errors.AsType[*api.Error](err)
	if e == nil || e.Status != 412 || e.Docs != "https://x/docs#c" || e.Current.Revision != 7 || string(e.Current.Data["a"]) != "1" ||
		e.Error() != "partykit: revision_conflict: Do this. (body.a: is wrong)" {
		t.Fatalf("it says %+v", e)
	}
	if !errors.Is(err, &api.Error{Code: party.RevisionConflict}) || api.CodeOf(err) != party.RevisionConflict || api.CodeOf(io.EOF) != "" {
		t.Error("it is not found by its code")
	}
}

// Ids that a caller passes on cannot lead to another path.
func TestIdsStayInTheirPlace(t *testing.T) {
	var path string
	c := api.NewWith("https://x", "k", &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
		path = r.URL.EscapedPath()
		return answer(200, "{}"), nil
	})})
	if _, err := c.Party(t.Context(), "../players/g1?x#y"); err != nil || path != "/v1/parties/..%2Fplayers%2Fg1%3Fx%23y" {
		t.Errorf("asked for %s, %v", path, err)
	}
}
