package conformance

import (
	"context"
	"net"
	"net/url"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"partykit/client"
	"partykit/internal/game"
	"partykit/internal/node"
	"partykit/internal/testlog"
)

// What the stories are played in: the game's id and another's of its studio,
// where both are at home, and the secret with which the first names its players.
// README.md tells them.
const (
	gameID  = "conformance"
	otherID = "conformance-moon"
	origin  = "https://game.example"
	secret  = "the stories are told with this secret"
)

// newServer runs a server as `partykit dev` does, and returns its address.
func newServer(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n, err := node.Open(t.Context(), node.Options{
		Dev: true, Data: t.TempDir(), PublicURL: &url.URL{Scheme: "http", Host: l.Addr().String()},
		Logger: testlog.New(t),
	})
	if err != nil {
		l.Close()
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- n.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := n.Close(ctx); err != nil {
			t.Errorf("closing: %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("serving: %v", err)
		}
	})
	for _, id := range []string{gameID, otherID} {
		g := game.Game{ID: id, Name: id, Active: true, Launch: game.Launch{Web: origin + "/"}, Studio: gameID, Settings: game.Settings{DeadLinks: game.DeadLinksAsk}}
		if _, err := n.Games().Add(t.Context(), g); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := n.Games().SetIdentity(t.Context(), gameID, game.Identity{}, []byte(secret)); err != nil {
		t.Fatal(err)
	}
	return n.URL()
}

// account is how the game names the player of one of its accounts.
func (c *cast) account(name, called string) client.Identity {
	return func(context.Context) (string, error) {
		return jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
			"aud": gameID, "sub": name + c.mark, "name": called, "exp": time.Now().Add(time.Hour).Unix(),
		}).SignedString([]byte(secret))
	}
}
