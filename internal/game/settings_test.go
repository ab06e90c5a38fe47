package game

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"partykit/party"
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
	if s != (Settings{PartySize: 256, InviteExpiry: 90 * time.Minute}) {
		t.Errorf("set: %+v", s)
	}
	if d := s.OrDefault(); d.PartySize != 256 || d.InviteExpiry != 90*time.Minute || d.Commands != 30 || d.Rules != party.DefaultRules || d.OrDefault() != d {
		t.Errorf("with defaults %+v", d)
	}
	for _, c := range [][2]string{
		{"dead_links", "on"}, {"dead_links", "0"}, {"dead_links", "Ask"},
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
	if err := s.Set("party_colour", "1"); !errors.Is(err, ErrUnknownSetting) || !strings.Contains(err.Error(), "party_size, invite_expiry") {
		t.Errorf("unknown setting: %v", err)
	}
}

func TestEverySettingIsDescribed(t *testing.T) {
	numbers := 0
	for i, d := range AllSettings {
		if slices.ContainsFunc(AllSettings[:i], func(other Setting) bool { return other.Name == d.Name }) {
			t.Errorf("%s is there twice", d.Name)
		}
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
		if got := fieldsSet(reflect.ValueOf(s)); got != 1 {
			t.Errorf("%s sets %d numbers", d.Name, got)
		}
		numbers++
	}
	if all := fieldsSet(reflect.ValueOf(Settings{}.OrDefault())); all != numbers || all != fields(reflect.TypeFor[Settings]()) {
		t.Errorf("%d settings for %d numbers, of which %d have a default", numbers, fields(reflect.TypeFor[Settings]()), all)
	}
}

// fields counts the numbers of a struct and of those in it; fieldsSet those that
// are not zero.
func fields(t reflect.Type) (n int) {
	for i := range t.NumField() {
		if f := t.Field(i).Type; f.Kind() == reflect.Struct {
			n += fields(f)
		} else {
			n++
		}
	}
	return n
}

func fieldsSet(v reflect.Value) (n int) {
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Struct {
			n += fieldsSet(f)
		} else if !f.IsZero() {
			n++
		}
	}
	return n
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
