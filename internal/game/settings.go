package game

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"partykit/party"
)

// Settings are a game's own numbers where it wants others than everybody's.
// Zero means the default. In JSON it is an object of name and written value,
// the same as on the command line.
type Settings struct {
	PartySize    int           // seats of a party
	InviteExpiry time.Duration // of a link whose maker asked for none
	Rules        party.Rules   // of its parties
	DeadLinks    DeadLinks     // whether they lead on to where their makers are

	// Of one connection, a second.
	HelloTime               time.Duration // until the first frame
	Commands, CommandsBurst int
	Volatile, VolatileBurst int
	Reliable, ReliableBurst int
	Bytes                   int
	Reports                 int // of loading that go out, for each member

	// Of one player, a minute.
	Chat, ChatBurst int
	Invites         int
	Joins           int
	Complaints      int

	// Of one address.
	AddressConnections int // at a time
	Guests             int // new ones a minute
	Starts             int // a minute

	// Of the game, on one server.
	Connections             int // at a time
	Requests, RequestsBurst int // of its backend, a second
}

// ErrUnknownSetting says that no setting has this name.
var ErrUnknownSetting = errors.New("there is no such setting")

// DeadLinks says whether a link that died of itself leads on to the party that
// its maker is in by then.
type DeadLinks int

// What dead links do.
const (
	DeadLinksEnd  DeadLinks = iota + 1 // nothing
	DeadLinksOpen                      // lead into that party if it is open
	DeadLinksAsk                       // that, or let their holders ask to join it
)

// A Setting describes one number of [Settings], or one choice.
type Setting struct {
	Name    string
	Help    string
	Default string // as written
	Min     string
	Max     string

	number int64
	min    int64
	oneOf  []string // of a choice
	max    int64
	write  func(int64) string
	read   func(string) (int64, error)
	get    func(Settings) int64
	put    func(*Settings, int64)
}

func count(name, help string, def, lowest, highest int, field func(*Settings) *int) Setting {
	return describe(Setting{
		Name: name, Help: help, number: int64(def), min: int64(lowest), max: int64(highest),
		write: func(n int64) string { return strconv.FormatInt(n, 10) },
		read:  func(v string) (int64, error) { return strconv.ParseInt(v, 10, 64) },
		get:   func(s Settings) int64 { return int64(*field(&s)) },
		put:   func(s *Settings, n int64) { *field(s) = int(n) },
	})
}

func duration(name, help string, def, lowest, highest time.Duration, field func(*Settings) *time.Duration) Setting {
	return describe(Setting{
		Name: name, Help: help, number: int64(def), min: int64(lowest), max: int64(highest),
		write: func(n int64) string { return time.Duration(n).String() },
		read: func(v string) (int64, error) {
			d, err := time.ParseDuration(v)
			return int64(d), err
		},
		get: func(s Settings) int64 { return int64(*field(&s)) },
		put: func(s *Settings, n int64) { *field(s) = time.Duration(n) },
	})
}

// choice is a setting of a few words, numbered from 1.
func choice(name, help string, words []string, get func(Settings) int, put func(*Settings, int)) Setting {
	return describe(Setting{
		Name: name, Help: help, number: 1, min: 1, max: int64(len(words)),
		write: func(n int64) string { return words[n-1] },
		read: func(v string) (int64, error) {
			return int64(1 + slices.Index(words, v)), nil // 0, of none, is out of bounds
		},
		get:   func(s Settings) int64 { return int64(get(s)) },
		put:   func(s *Settings, n int64) { put(s, int(n)) },
		oneOf: words,
	})
}

func describe(s Setting) Setting {
	s.Default, s.Min, s.Max = s.write(s.number), s.write(s.min), s.write(s.max)
	return s
}

// setting finds a setting by its name.
func setting(name string) (Setting, error) {
	i := slices.IndexFunc(AllSettings, func(s Setting) bool { return s.Name == name })
	if i < 0 {
		var names []string
		for _, s := range AllSettings {
			names = append(names, s.Name)
		}
		return Setting{}, fmt.Errorf("%w: %q; there are %s", ErrUnknownSetting, name, strings.Join(names, ", "))
	}
	return AllSettings[i], nil
}

// Set reads a written value into the setting of this name; the empty value
// brings the default back. It fails with [ErrUnknownSetting], or with an error
// that says what the value may be, and then changes nothing.
func (s *Settings) Set(name, value string) error {
	d, err := setting(name)
	if err != nil {
		return err
	}
	if value == "" {
		d.put(s, 0)
		return nil
	}
	n, err := d.read(value)
	if err != nil || n < d.min || n > d.max {
		if d.oneOf != nil {
			return fmt.Errorf("%s is one of %s", name, strings.Join(d.oneOf, ", "))
		}
		return fmt.Errorf("%s must be between %s and %s, for example %s", name, d.Min, d.Max, d.Default)
	}
	d.put(s, n)
	return nil
}

// Value returns the written value of a setting, and whether the game has its
// own or it is the default. It is empty for a setting that does not exist.
func (s Settings) Value(name string) (value string, own bool) {
	d, err := setting(name)
	if err != nil {
		return "", false
	}
	if n := d.get(s); n != 0 {
		return d.write(n), true
	}
	return d.Default, false
}

// OrDefault returns the settings with defaults filled in: the numbers to use.
func (s Settings) OrDefault() Settings {
	for _, d := range AllSettings {
		if d.get(s) == 0 {
			d.put(&s, d.number)
		}
	}
	return s
}

var defaults = Settings{}.OrDefault()

// Validate reports the first setting that is out of its bounds.
func (s Settings) Validate() error {
	for _, d := range AllSettings {
		if n := d.get(s); n != 0 && (n < d.min || n > d.max) {
			return fmt.Errorf("%s must be between %s and %s", d.Name, d.Min, d.Max)
		}
	}
	return nil
}

// MarshalJSON writes the game's own settings.
func (s Settings) MarshalJSON() ([]byte, error) {
	own := map[string]string{}
	for _, d := range AllSettings {
		if n := d.get(s); n != 0 {
			own[d.Name] = d.write(n)
		}
	}
	return json.Marshal(own)
}

// UnmarshalJSON reads settings. A name it does not know was written by a newer
// version and is left out.
func (s *Settings) UnmarshalJSON(b []byte) error {
	var own map[string]string
	if err := json.Unmarshal(b, &own); err != nil {
		return err
	}
	*s = Settings{}
	for _, name := range slices.Sorted(maps.Keys(own)) {
		if err := s.Set(name, own[name]); err != nil && !errors.Is(err, ErrUnknownSetting) {
			return err
		}
	}
	return nil
}
