package webhook

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"partykit/internal/auth"
	"partykit/internal/engine"
	"partykit/internal/engine/enginetest"
	"partykit/internal/game"
	"partykit/internal/testlog"
	"partykit/party"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// world is an engine with games, a sender and a receiver, on fake time.
type world struct {
	t      *testing.T
	engine *engine.Engine
	node   *engine.Node
	games  *game.Registry
	keys   *auth.Keys
	sender *Sender
	receiver
}

// receiver is the game's backend.
type receiver struct {
	mu     sync.Mutex
	answer func(n int) (status int, err error) // to the nth post
	posts  []post
}

type post struct {
	url    string
	header http.Header
	body   []byte
	at     time.Time
}

func (r *receiver) RoundTrip(q *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(q.Body)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.posts = append(r.posts, post{q.URL.String(), q.Header.Clone(), body, time.Now()})
	status := http.StatusNoContent
	if r.answer != nil {
		if status, err = r.answer(len(r.posts)); err != nil {
			return nil, err
		}
	}
	return &http.Response{StatusCode: status, Body: io.NopCloser(bytes.NewReader([]byte("fine")))}, nil
}

// got returns the posts so far, once all is quiet.
func (r *receiver) got() []post {
	synctest.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]post(nil), r.posts...)
}

func (r *receiver) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.posts = nil
}

// settings keeps games in the engine, as a server does.
type settings struct{ *engine.Node }

func (s settings) Get(ctx context.Context, key string) ([]byte, uint64, error) {
	b, revision, err := s.Node.Get(ctx, "", engine.Config, key)
	if errors.Is(err, engine.ErrNotFound) {
		err = game.ErrNotFound
	}
	return b, revision, err
}

func (s settings) Put(ctx context.Context, key string, value []byte, expect uint64) (uint64, error) {
	return s.Node.Put(ctx, "", engine.Config, key, value, expect, 0)
}

func (s settings) Delete(ctx context.Context, key string) error {
	return s.Node.Delete(ctx, engine.Config, key)
}

func (s settings) Watch(ctx context.Context, fn func(string, []byte)) error {
	return s.WatchConfig(ctx, fn)
}

const address = "https://backend.example/hook?key=swordfish"

// story runs fn in a bubble with a world whose games are demo and other.
func story(t *testing.T, fn func(*testing.T, *world)) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, engine: enginetest.Open(t)}
		w.node = enginetest.Connect(t, w.engine, "a")
		var err error
		if w.keys, err = auth.NewKeys(make([]byte, auth.SecretSize)); err != nil {
			t.Fatal(err)
		}
		if w.games, err = game.Open(t.Context(), settings{w.node}, game.Options{Sealer: w.keys, Logger: testlog.New(w.t)}); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{"demo", "other"} {
			if _, err := w.games.Add(t.Context(), game.Game{ID: id, Name: id, Launch: game.Launch{Web: "https://play.example/"}, Active: true}); err != nil {
				t.Fatal(err)
			}
		}
		w.begin()
		t.Cleanup(func() { w.sender.Close() })
		fn(t, w)
	})
}

// begin starts a sender.
func (w *world) begin() {
	w.sender = New(Options{
		Node: w.node, Games: w.games, Sealer: w.keys, Client: &http.Client{Transport: w}, Version: "test", Logger: testlog.New(w.t),
	})
	synctest.Wait()
}

// hook sets a game's webhook and returns the secret.
func (w *world) hook(id string) string {
	w.t.Helper()
	_, secret, err := w.games.SetWebhook(w.t.Context(), id, address)
	if err != nil {
		w.t.Fatal(err)
	}
	synctest.Wait()
	return secret
}

// table is a party of ada's in a game, with its log.
type table struct {
	w     *world
	ref   engine.Ref
	state *party.State
	last  uint64
}

func (w *world) table(gameID, id string) *table {
	now := party.At(time.Now())
	ada := party.Member{Player: "gada", Name: "Ada", Session: "sada"}
	return &table{w: w, ref: engine.Ref{Game: gameID, Party: id}, state: party.Solo(party.ID(id), party.GameID(gameID), 8, ada, "hash", party.Own{}, now)}
}

// do decides and appends, as a host does.
func (x *table) do(commands ...party.Command) {
	x.w.t.Helper()
	for _, c := range commands {
		now := party.At(time.Now())
		events, err := party.Decide(x.state, c, now, party.Known{})
		if err != nil {
			x.w.t.Fatal(err)
		}
		if x.last == 0 {
			events = append([]party.Event{x.state.Found()}, events...)
		}
		entry := x.state.Numbered(x.state.Entry(now, nil, events))
		data, err := entry.Encode()
		if err != nil {
			x.w.t.Fatal(err)
		}
		done := make(chan error, 1)
		x.w.node.Append(x.ref, x.last, data, 0, func(seq uint64, err error) {
			if err == nil {
				x.last = seq
				x.state.Apply(seq, entry)
			}
			done <- err
		})
		if err := <-done; err != nil {
			x.w.t.Fatal(err)
		}
	}
}

// shared makes the party's first link.
func (x *table) shared() *table {
	x.w.t.Helper()
	x.do(party.MakeInvite{Player: "gada", ID: "i1", Message: "<b>Come!</b>"})
	return x
}
