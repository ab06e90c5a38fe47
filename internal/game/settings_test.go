package game

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSettings(t *testing.T) {
	var s Settings
	if d := s.OrDefault(); d.PartySize != 8 || d.InviteExpiry != 24*time.Hour {
		t.Errorf("defaults %+v", d)
	}
	if err := s.Set("party_size", "256"); err != nil {
		t.Fatal(err)
	}
	if err := s.Set("invite_expiry", "90m"); err != nil {
		t.Fatal(err)
	}
	if s != (Settings{PartySize: 256, InviteExpiry: 90 * time.Minute}) || s.OrDefault() != s {
		t.Errorf("set: %+v, with defaults %+v", s, s.OrDefault())
	}
	for _, c := range [][2]string{
		{"party_size", "0"}, {"party_size", "257"}, {"party_size", "-1"}, {"party_size", "8.5"}, {"party_size", "many"}, {"party_size", "99999999999999999999"},
		{"invite_expiry", "59s"}, {"invite_expiry", "721h"}, {"invite_expiry", "24"}, {"invite_expiry", "-1h"},
	} {
		before := s
		if err := s.Set(c[0], c[1]); err == nil || s != before {
			t.Errorf("Set(%q, %q): %v, now %+v", c[0], c[1], err, s)
		}
	}
	if v, own := s.Value("invite_expiry"); v != "1h30m0s" || !own {
		t.Errorf("own value %q, %t", v, own)
	}
	if err := s.Set("invite_expiry", ""); err != nil {
		t.Fatal(err)
	}
	if v, own := s.Value("invite_expiry"); v != "24h0m0s" || own {
		t.Errorf("value after taking the own back: %q, %t", v, own)
	}
	if err := s.Set("party_colour", "1"); !errors.Is(err, ErrUnknownSetting) || !strings.Contains(err.Error(), "invite_expiry, party_size") {
		t.Errorf("unknown setting: %v", err)
	}
}

func TestEverySettingIsDescribed(t *testing.T) {
	if !slices.IsSortedFunc(AllSettings, func(a, b Setting) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	}) {
		t.Error("the settings are not sorted by name")
	}
	for _, d := range AllSettings {
		var s Settings
		for _, v := range []string{d.Min, d.Max, d.Default} {
			if err := s.Set(d.Name, v); err != nil {
				t.Errorf("%s does not take its own bound: %v", d.Name, err)
			}
			if got, _ := s.Value(d.Name); got != v {
				t.Errorf("%s: set %q, reads %q", d.Name, v, got)
			}
		}
		if d.Help == "" {
			t.Errorf("%s has no help", d.Name)
		}
	}
}

func TestSettingsOfANewerVersion(t *testing.T) {
	var s Settings
	if err := json.Unmarshal([]byte(`{"party_size":"4","teleport":"on"}`), &s); err != nil || s.PartySize != 4 {
		t.Errorf("%+v, %v", s, err)
	}
	if err := json.Unmarshal([]byte(`{"party_size":"4000"}`), &s); err == nil {
		t.Error("a stored number out of bounds is accepted")
	}
}
