package api_test

import (
	"strings"
	"testing"
	"time"

	"partykit/client/api"
	"partykit/party"
	"partykit/protocol"
)

// A backend that signs nothing itself names its players, and knows them again
// by what their game shows it.
func TestABackendNamesAPlayer(t *testing.T) {
	w, d := newWorld(t), openDocument(t)
	w.check = d.check
	c := w.client("demo")
	token, err := c.NamePlayer(t.Context(), api.NewToken{Subject: "account 7", Name: "Ada", Expires: 600})
	if left := time.Until(time.UnixMilli(int64(token.Until))); err != nil || left > 10*time.Minute || left < 9*time.Minute {
		t.Fatalf("%+v, %v", token, err)
	}
	ada := w.connect(protocol.Hello{V: 1, Identity: token.Token})
	if ada.id != token.Player {
		t.Errorf("the token makes %s of who was to be %s", ada.id, token.Player)
	}
	if p, err := c.Player(t.Context(), token.Player); err != nil || p.Party != ada.party || p.Member.Name != "Ada" {
		t.Errorf("found as %+v, %v", p, err)
	}
	again, err := c.NamePlayer(t.Context(), api.NewToken{Subject: "account 7"})
	if err != nil || again.Player != token.Player {
		t.Errorf("named again: %s, %v", again.Player, err)
	}
	theirs, err := w.client("other").NamePlayer(t.Context(), api.NewToken{Subject: "account 7"})
	if err != nil || theirs.Player == token.Player {
		t.Errorf("another game's: %s, %v", theirs.Player, err)
	}

	ada.session.Text(nil, []byte(`{"t":"token","id":1}`))
	shown := ada.next(t, "ok")["token"].(string)
	if v, err := c.VerifyToken(t.Context(), shown); err != nil || !v.Valid || v.Player != ada.id || v.Name != "Ada" || v.Until == 0 {
		t.Errorf("verified as %+v, %v", v, err)
	}
	for name, bad := range map[string]string{"nothing": "", "altered": shown[:len(shown)-4] + "AAAA", "one that names": token.Token} {
		if v, err := c.VerifyToken(t.Context(), bad); err != nil || v != (api.Verified{}) {
			t.Errorf("%s: %+v, %v", name, v, err)
		}
	}
	if v, err := w.client("other").VerifyToken(t.Context(), shown); err != nil || v.Valid {
		t.Errorf("another game's backend knows it as %+v, %v", v, err)
	}
	for _, bad := range []string{`{}`, `{"subject":""}`, `{"subject":"a","name":" "}`, `{"subject":"a","expires":59}`, `{"subject":"a","expires":86401}`, `{"subject":"` + strings.Repeat("é", 200) + `"}`} {
		w.refused(party.BadRequest, 400, "POST", "/v1/tokens", bad)
	}
	for _, k := range w.answers.kept {
		if strings.Contains(k, token.Token) {
			t.Error("the token was stored")
		}
	}
}
