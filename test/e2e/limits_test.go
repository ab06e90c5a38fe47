package e2e

import (
	"errors"
	"strings"
	"testing"

	"partykit/client"
	"partykit/party"
)

// TestASettingReachesWhoIsConnected: what the operator sets in the shell holds
// for a player's next request, without a restart or a reconnect.
func TestASettingReachesWhoIsConnected(t *testing.T) {
	s := dev(t)
	ada, err := client.Dial(t.Context(), client.Options{URL: s.url, Game: "demo"})
	if err != nil {
		t.Fatal(err)
	}
	defer ada.Close()
	if err := ada.Chat(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	shown := s.cli("game", "set", "demo", "--setting", "chat_burst=1", "--setting", "chat_per_minute=1")
	if !strings.Contains(shown, "chat_burst") {
		t.Errorf("the shell says:\n%s", shown)
	}
	refused, ok := errors.AsType[*client.Error](ada.Chat(t.Context(), "two"))
	if !ok || refused.Code != party.RateLimited || refused.RetryAfter <= 0 {
		t.Fatalf("a second line within a minute: %v", refused)
	}
	s.cli("game", "set", "demo", "--setting", "chat_burst=", "--setting", "chat_per_minute=")
	if err := ada.Chat(t.Context(), "three"); err != nil {
		t.Errorf("with the default again: %v", err)
	}
}
