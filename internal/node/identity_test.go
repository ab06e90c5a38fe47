package node_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"partykit/internal/game"
	"partykit/internal/node"
)

// gameSite is a game's server with its key set, and what signs for it.
func gameSite(t *testing.T) (site *httptest.Server, sign func(sub string) string, asked *atomic.Int32) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	asked = new(atomic.Int32)
	site = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "k1", Algorithm: "ES256"}}})
	}))
	t.Cleanup(site.Close)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, (&jose.SignerOptions{}).WithHeader("kid", "k1"))
	if err != nil {
		t.Fatal(err)
	}
	return site, func(sub string) string {
		token, err := jwt.Signed(signer).Claims(map[string]any{
			"iss": site.URL, "aud": "my-game", "sub": sub, "name": "Ada", "exp": time.Now().Add(time.Hour).Unix(),
		}).Serialize()
		if err != nil {
			t.Fatal(err)
		}
		return token
	}, asked
}

// greet says hello over a connection of its own and returns the answer.
func greet(t *testing.T, n *node.Node, hello map[string]any) (*websocket.Conn, map[string]any) {
	t.Helper()
	c, response, err := websocket.Dial(t.Context(), n.URL()+"/connect?game=my-game", nil)
	if err != nil {
		t.Fatal(err)
	}
	if response.Body != nil {
		response.Body.Close()
	}
	t.Cleanup(func() { c.CloseNow() })
	return c, exchange(t, c, hello)
}

func exchange(t *testing.T, c *websocket.Conn, frame map[string]any) (answer map[string]any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := wsjson.Write(ctx, c, frame); err != nil {
		t.Fatal(err)
	}
	if err := wsjson.Read(ctx, c, &answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

// identified registers a game whose players the site names.
func identified(t *testing.T, n *node.Node, site string) {
	t.Helper()
	g := game.Game{ID: "my-game", Name: "My Game", Active: true, Launch: game.Launch{Web: "https://play.example.com/"}}
	if _, err := n.Games().Add(t.Context(), g); err != nil {
		t.Fatal(err)
	}
	if _, err := n.Games().SetIdentity(t.Context(), "my-game", game.Identity{JWKS: site + "/keys", Issuer: site}, nil); err != nil {
		t.Fatal(err)
	}
}

func TestAGameNamesItsPlayersAndKnowsThem(t *testing.T) {
	n := start(t, node.Options{Dev: true})
	site, sign, asked := gameSite(t)
	identified(t, n, site.URL)
	c, welcome := greet(t, n, map[string]any{"t": "hello", "v": 1, "identity": sign("7")})
	you, _ := welcome["you"].(map[string]any)
	if welcome["t"] != "welcome" || you["name"] != "Ada" || !strings.HasPrefix(you["id"].(string), "i") {
		t.Fatalf("answered %v", welcome)
	}
	if _, again := greet(t, n, map[string]any{"t": "hello", "v": 1, "identity": sign("7")}); again["you"].(map[string]any)["id"] != you["id"] || asked.Load() != 1 {
		t.Fatalf("the second connection is %v, and the key set was asked for %d times", again["you"], asked.Load())
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var err error
	for err == nil { // statuses may come before the close
		_, _, err = c.Read(ctx)
	}
	if websocket.CloseStatus(err) != 4200 {
		t.Fatalf("the older connection: %v", err)
	}

	// The other way round: the game's server verifies a token of ours offline.
	guest, _ := greet(t, n, map[string]any{"t": "hello", "v": 1, "key": strings.Repeat("ab", 16)})
	answer := exchange(t, guest, map[string]any{"t": "token", "id": 1})
	response, body := get(t, n.URL()+"/v1/games/my-game/jwks.json")
	if response.Header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(response.Header.Get("Cache-Control"), "max-age=") {
		t.Errorf("headers of the key set: %v", response.Header)
	}
	var keys jose.JSONWebKeySet
	if err := json.Unmarshal([]byte(body), &keys); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	token, err := jwt.ParseSigned(answer["token"].(string), []jose.SignatureAlgorithm{jose.EdDSA})
	if err != nil {
		t.Fatal(err)
	}
	var claims jwt.Claims
	if err := token.Claims(&keys, &claims); err != nil {
		t.Fatal(err)
	}
	expected := jwt.Expected{Issuer: n.URL(), AnyAudience: jwt.Audience{"my-game"}, Time: time.Now()}
	if err := claims.Validate(expected); err != nil || !strings.HasPrefix(claims.Subject, "g") {
		t.Fatalf("%v: %+v", err, claims)
	}
	if until := time.UnixMilli(int64(answer["until"].(float64))); !until.Equal(claims.Expiry.Time()) || time.Until(until) > 10*time.Minute {
		t.Fatalf("until %v, and it says %v", until, claims.Expiry.Time())
	}
	if response, _ := get(t, n.URL()+"/v1/games/nothing/jwks.json"); response.StatusCode != http.StatusNotFound {
		t.Fatalf("of a game that is not there: %s", response.Status)
	}
}

// Outside dev, not even an operator's mistake makes the server ask itself.
func TestAKeySetInsideTheNetworkIsNotAsked(t *testing.T) {
	n := start(t, node.Options{})
	site, sign, asked := gameSite(t)
	identified(t, n, site.URL)
	_, answer := greet(t, n, map[string]any{"t": "hello", "v": 1, "identity": sign("7")})
	if answer["code"] != "unavailable" || asked.Load() != 0 {
		t.Fatalf("answered %v, and the site was asked %d times", answer, asked.Load())
	}
}
