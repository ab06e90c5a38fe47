package party

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// entryOfEverything holds one event of every kind.
func entryOfEverything(t tester) Entry {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 2)
	m := Member{Player: "bob", N: 2, Name: "Bob & <b>\u2028", State: Loads, Joined: start, Seat: "s1", Invite: "i1", Session: "bob1"}
	return Entry{At: start, Rev: 9, By: &CommandID{"ada1", 3}, Events: []Event{
		sc.s.Found(), SeatHeld{Seat{ID: "s1", N: 2, Name: "Calm Heron", Invite: "i1", Since: start}},
		Joined{m, "hash", 1, 0}, Resumed{"bob", "bob2", "new", "hash", 4, "p2"}, Finalized{"bob", 2}, Renamed{"bob", 2, "Rob"},
		Crowned{"bob", ReasonTimeout}, DataSet{values("level", "<meadow>"), 1}, LandingSet{title("Meadow")},
		Invited{Invite{ID: "i2", By: "bob", Expires: start.Add(MinExpiry)}}, InviteRevoked{Invite: "i1"}, Adopted{Invite{ID: "i3", By: "bob", Uses: 1, Hash: "h"}},
		SeatLapsed{Seat: "s1", N: 2}, Left{"bob", 2, ReasonReplaced, "ubob"},
		Queued{Visitor{Seat: "s4", N: 4, Name: "Dee", Invite: "i1", Since: start}}, Unqueued{"s4", 4},
		Asked{Visitor{Seat: "s5", N: 5, Name: "Eli", Invite: "i1", Since: start, Browser: "b"}}, AskAnswered{"s5", 5, Yes, "ada"},
		Counted{"i1", 3, 1}, TravelSet{&Travel{ID: "t1", To: "moon", Title: "Moonfall", By: "ada", Since: start, Until: start.Add(DefaultTravel), Roster: []int{1}, Answers: []Reply{}}}, Boarded{1, true}, Changed{Locking, LeaderOnly, 4, true}, CastOut{Outcast{N: 3, Player: "eve", Browser: "b", Name: "Eve", Banned: true, At: start}}, Readmitted{3},
		MemberSet{"ada", 1, values("hero", "owl")}, MatchSet{&Match{ID: "m1", Connection: []byte(`{"ip":"::1"}`), Joinable: true, Free: 2, Since: start}},
		Followed{"ada", 1, Yes}, ReadyAsked{Ready{By: "ada", Since: start, Until: start.Add(DefaultReady), Answers: []Reply{}}},
		Identified{"bob", 2, "iris", 7, "p2", "bob1"}, ReadyAnswered{1, true}, ReadyEnded{ReasonAll, true}, Retired{}, EndedEvent{},
	}}
}

func TestEntriesSurviveStorage(t *testing.T) {
	entry := entryOfEverything(t)
	kinds := map[string]bool{}
	for _, e := range entry.Events {
		kinds[e.kind()] = true
	}
	for kind := range decoders {
		if !kinds[kind] {
			t.Errorf("no event of kind %s is tried", kind)
		}
	}
	stored, err := entry.Encode()
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := DecodeEntry(stored)
	if err != nil {
		t.Fatal(err)
	}
	again, err := decoded.Encode()
	if err != nil || !bytes.Equal(stored, again) {
		t.Errorf("encoded again it differs, %v:\n%s\n%s", err, stored, again)
	}
}

func TestUnknownEntriesAreNotGuessed(t *testing.T) {
	for name, stored := range map[string]string{
		"unknown kind":  `{"at":1,"rev":1,"ev":[{"k":"exploded","b":{}}]}`,
		"no kind":       `{"at":1,"rev":1,"ev":[{"b":{}}]}`,
		"wrong body":    `{"at":1,"rev":1,"ev":[{"k":"left","b":{"player":7}}]}`,
		"no JSON":       `left`,
		"cut off":       `{"at":1,"rev":1,"ev":[{"k":"left"`,
		"not an object": `[]`,
	} {
		if e, err := DecodeEntry([]byte(stored)); err == nil || !strings.HasPrefix(err.Error(), "decode ") {
			t.Errorf("%s: got %+v, %v", name, e, err)
		}
	}
}

// FuzzDecodeEntry reads anything at all: nothing may panic, and what is read
// can be written and read again. The log is ours, but a disk may return
// anything.
func FuzzDecodeEntry(f *testing.F) {
	stored, err := entryOfEverything(f).Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(stored)
	f.Add([]byte(`{"at":1,"rev":1,"ev":[{"k":"left","b":{"player":"bob","n":2,"reason":"left"}}]}`))
	f.Add([]byte(`{"at":1,"rev":1,"by":{"s":"s","c":1},"ev":[{"k":"joined","b":{}},{"k":"founded","b":{"state":null}}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		entry, err := DecodeEntry(b)
		if err != nil {
			return
		}
		if !json.Valid(b) {
			t.Fatal("read an entry that is no JSON")
		}
		stored, err := entry.Encode()
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		if _, err := DecodeEntry(stored); err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		entry.View()
	})
}
