package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"partykit/client/api"
	"partykit/internal/abuse"
	server "partykit/internal/api"
	"partykit/internal/auth"
	"partykit/internal/engine"
	"partykit/internal/engine/enginetest"
	"partykit/internal/game"
	"partykit/internal/host"
	"partykit/internal/testlog"
	"partykit/party"
	"partykit/protocol"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// world is a server with two games and a player.
type world struct {
	t     *testing.T
	host  *host.Host
	games *game.Registry
	http  *httptest.Server
	keys  map[string]string // by game

	answers *answers
	reports abuse.Reports

	strangers func(netip.Addr) (bool, time.Duration)
	check     func(*http.Response, []byte) // of every answer
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, keys: map[string]string{}, answers: &answers{}}
	node := enginetest.Connect(t, enginetest.OpenWith(t, engine.Options{Dir: t.TempDir()}), "node")
	w.answers.node, w.reports.Node = node, node
	var err error
	if w.games, err = game.Open(t.Context(), &records{rows: map[string][]byte{}, revisions: map[string]uint64{}}, game.Options{Logger: testlog.New(t)}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"demo", "other", "off"} {
		g := game.Game{ID: id, Name: "Game " + id, Active: id != "off", Launch: game.Launch{Web: "https://" + id + ".example/"}}
		if _, err := w.games.Add(t.Context(), g); err != nil {
			t.Fatal(err)
		}
		if _, w.keys[id], err = w.games.NewServerKey(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	keys, err := auth.NewKeys(make([]byte, auth.SecretSize))
	if err != nil {
		t.Fatal(err)
	}
	log := testlog.New(t)
	w.host = host.New(host.Options{
		Node: node, Name: "node", Version: "test", Keys: keys, Games: w.games, PublicURL: "https://party.example", Logger: log,
	})
	t.Cleanup(func() { w.host.Close(context.WithoutCancel(t.Context())) })
	mux := http.NewServeMux()
	server.Register(mux, server.Options{
		Parties: w.host, Keys: w.games, Answers: w.answers, Reports: w.reports, PublicURL: &url.URL{Scheme: "https", Host: "party.example"}, Contact: "ops@example.com",
		Strangers: func(a netip.Addr) (bool, time.Duration) {
			if w.strangers == nil {
				return true, 0
			}
			return w.strangers(a)
		},
		ClientAddr: func(r *http.Request) netip.Addr { return netip.MustParseAddrPort(r.RemoteAddr).Addr() }, Logger: log,
	})
	w.http = httptest.NewServer(mux)
	t.Cleanup(w.http.Close)
	return w
}

// client is the typed client with the key of a game.
func (w *world) client(game string) *api.Client {
	return api.NewWith(w.http.URL, w.keys[game], &http.Client{Transport: checked{w}})
}

// checked shows every answer to the world's check.
type checked struct{ w *world }

func (c checked) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(body))
	if c.w.check != nil {
		c.w.check(response, body)
	}
	return response, err
}

// send sends a request as it is and returns the answer with its body read.
func (w *world) send(method, path, body string, headers ...string) (*http.Response, string) {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), method, w.http.URL+path, bytes.NewReader([]byte(body)))
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+w.keys["demo"])
	for i := 0; i < len(headers); i += 2 {
		request.Header.Del(headers[i])
		if headers[i+1] != "" {
			request.Header.Set(headers[i], headers[i+1])
		}
	}
	response, err := (&http.Client{Transport: checked{w}}).Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return response, string(answer)
}

// refused sends a request that is to fail with a code.
func (w *world) refused(code party.Code, status int, method, path, body string, headers ...string) (*http.Response, string) {
	w.t.Helper()
	response, answer := w.send(method, path, body, headers...)
	var p struct {
		Code   party.Code
		Status int
		Type   string
	}
	if err := json.Unmarshal([]byte(answer), &p); err != nil || p.Code != code || p.Status != status || response.StatusCode != status ||
		response.Header.Get("Content-Type") != "application/problem+json" {
		w.t.Errorf("%s %s answers %d %s, want %d %s", method, path, response.StatusCode, answer, status, code)
	}
	return response, answer
}

// player connects a guest of the demo game and returns its party.
func (w *world) player(n byte) *guest {
	w.t.Helper()
	return w.connect(protocol.Hello{V: 1, Key: strings.Repeat(string('0'+n), 32)})
}

func (w *world) connect(hello protocol.Hello) *guest {
	w.t.Helper()
	g := &guest{frames: make(chan map[string]any, 100), messages: make(chan protocol.Message, 100)}
	session, err := w.host.Hello(w.t.Context(), host.Caller{
		Game: "demo", Hello: hello, Address: netip.MustParseAddr("192.0.2.1"), Conn: g,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	g.session = session
	welcome := g.next(w.t, "welcome")
	g.id = party.PlayerID(welcome["you"].(map[string]any)["id"].(string))
	g.party = party.ID(welcome["party"].(map[string]any)["id"].(string))
	return g
}

// asks has the guest ask to be let in by a code, and waits until it stands there.
func (g *guest) asks(t *testing.T, code string) {
	t.Helper()
	g.session.Text(nil, []byte(`{"t":"ask","id":1,"code":"`+code+`"}`))
	for {
		if you, _ := g.next(t, "door")["you"].(map[string]any); you["stage"] == "asking" {
			return
		}
	}
}

// guest is a player's connection.
type guest struct {
	session  *host.Session
	id       party.PlayerID
	party    party.ID
	frames   chan map[string]any
	messages chan protocol.Message
}

func (g *guest) Send(binary bool, frame []byte) {
	if binary {
		if m, err := protocol.DecodeMessage(bytes.Clone(frame)); err == nil {
			g.messages <- m
		}
		return
	}
	var f map[string]any
	if json.Unmarshal(frame, &f) == nil {
		g.frames <- f
	}
}

func (g *guest) Close(protocol.CloseCode) {}

// next is the next frame of that type.
func (g *guest) next(t *testing.T, want string) map[string]any {
	t.Helper()
	for {
		select {
		case f := <-g.frames:
			if f["t"] == want {
				return f
			}
		case <-t.Context().Done():
			t.Fatalf("no %s came", want)
		}
	}
}

// answers keeps answers as a node does, and shows what was stored.
type answers struct {
	node   *engine.Node
	kept   []string
	looked func() // if set, called when one was looked up
}

func (a *answers) Get(ctx context.Context, game, key string) ([]byte, error) {
	v, _, err := a.node.Get(ctx, game, engine.Answers, key)
	if a.looked != nil {
		a.looked()
	}
	if err == engine.ErrNotFound {
		return nil, nil
	}
	return v, err
}

func (a *answers) Put(ctx context.Context, game, key string, value []byte, ttl time.Duration) error {
	a.kept = append(a.kept, string(value))
	_, err := a.node.Put(ctx, game, engine.Answers, key, value, 0, ttl)
	return err
}

// records is a game.Store in memory.
type records struct {
	mu        sync.Mutex
	rows      map[string][]byte
	revisions map[string]uint64
}

func (r *records) Get(_ context.Context, key string) ([]byte, uint64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	v, ok := r.rows[key]
	if !ok {
		return nil, 0, game.ErrNotFound
	}
	return v, r.revisions[key], nil
}

func (r *records) Put(_ context.Context, key string, value []byte, expect uint64) (uint64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.revisions[key] != expect {
		return 0, game.ErrConflict
	}
	r.rows[key] = value
	r.revisions[key]++
	return r.revisions[key], nil
}

func (r *records) Delete(_ context.Context, key string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.rows, key)
	return nil
}

func (r *records) Watch(context.Context, func(string, []byte)) error { return nil }
