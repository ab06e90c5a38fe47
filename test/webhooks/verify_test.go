// Package webhooks_test has the webhooks of a running server verified by the
// public Standard Webhooks library of another language.
package webhooks_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"partykit/client"
	"partykit/internal/game"
	"partykit/internal/node"
	"partykit/internal/testlog"
)

// post is what a backend received.
type post struct {
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

// backend is a game's own server, which takes whatever comes.
func backend(t *testing.T) (address string, posts chan post) {
	t.Helper()
	posts = make(chan post, 100)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		p := post{map[string]string{}, string(body)}
		for name := range r.Header {
			p.Headers[strings.ToLower(name)] = r.Header.Get(name)
		}
		posts <- p
	}))
	t.Cleanup(s.Close)
	return s.URL + "/hook", posts
}

// verify asks the library.
func verify(t *testing.T, secret string, posts []post) (said []string) {
	t.Helper()
	if _, err := os.Stat("node_modules"); err != nil {
		if out, err := exec.CommandContext(t.Context(), "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts").CombinedOutput(); err != nil {
			t.Fatalf("npm ci: %v (the tests need Node 20 or newer: apt-get install nodejs npm)\n%s", err, out)
		}
	}
	in, err := json.Marshal(map[string]any{"secret": secret, "posts": posts})
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), "node", "verify.mjs")
	c.Stdin, c.Stderr = bytes.NewReader(in), t.Output()
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out, &said); err != nil {
		t.Fatal(err)
	}
	return said
}

func TestAnotherLanguagesLibraryBelievesUs(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n, err := node.Open(t.Context(), node.Options{Data: t.TempDir(), Dev: true, PublicURL: &url.URL{Scheme: "http", Host: l.Addr().String()}, Logger: testlog.New(t)})
	if err != nil {
		t.Fatal(err)
	}
	go n.Serve(l)
	t.Cleanup(func() { n.Close(context.WithoutCancel(t.Context())) })
	g := game.Game{ID: "my-game", Name: "My Game", Active: true, Launch: game.Launch{Web: "https://play.example.com/"}}
	if _, err := n.Games().Add(t.Context(), g); err != nil {
		t.Fatal(err)
	}
	address, received := backend(t)
	_, former, err := n.Games().SetWebhook(t.Context(), "my-game", address)
	if err != nil {
		t.Fatal(err)
	}
	_, secret, err := n.Games().RotateWebhook(t.Context(), "my-game", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	player, err := client.Dial(t.Context(), client.Options{URL: n.URL(), Game: "my-game"})
	if err != nil {
		t.Fatal(err)
	}
	defer player.Close()
	if _, err := player.Invite(t.Context(), client.InviteOptions{}); err != nil {
		t.Fatal(err)
	}
	var posts []post
	for len(posts) < 2 {
		select {
		case p := <-received:
			posts = append(posts, p)
		case <-time.After(time.Minute):
			t.Fatalf("only %d posts came", len(posts))
		}
	}
	want := []string{"invite.made", "party.created"}
	for name, secret := range map[string]string{"new": secret, "former": former} {
		if diff := cmp.Diff(want, slices.Sorted(slices.Values(verify(t, secret, posts)))); diff != "" {
			t.Errorf("by the %s secret (-want +got):\n%s", name, diff)
		}
	}
	// It does look: another secret, another body and an older time are refused.
	altered := []post{posts[0], posts[0]}
	altered[0].Body += " "
	old := map[string]string{}
	for k, v := range posts[0].Headers {
		old[k] = v
	}
	old["webhook-timestamp"] = "1700000000"
	altered[1].Headers = old
	for _, said := range append(verify(t, secret, altered), verify(t, "whsec_"+strings.Repeat("A", 44), posts)...) {
		if !strings.HasPrefix(said, "refused") {
			t.Errorf("a forged post is believed: %s", said)
		}
	}
}
