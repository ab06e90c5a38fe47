package auth

import (
	"regexp"
	"testing"
)

// fixed returns keys that are the same in every run.
func fixed(t *testing.T) *Keys {
	t.Helper()
	secret := make([]byte, SecretSize)
	for i := range secret {
		secret[i] = byte(i)
	}
	k, err := NewKeys(secret)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// other returns keys of another server.
func other(t *testing.T) *Keys {
	t.Helper()
	k, err := NewKeys(NewSecret())
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func matches(t *testing.T, what, s, pattern string) {
	t.Helper()
	if !regexp.MustCompile(pattern).MatchString(s) {
		t.Errorf("%s %q does not match %s", what, s, pattern)
	}
}

func TestSecretSize(t *testing.T) {
	for _, n := range []int{0, 16, 31, 33, 64} {
		if _, err := NewKeys(make([]byte, n)); err == nil {
			t.Errorf("a secret of %d bytes is accepted", n)
		}
	}
	if a, b := NewSecret(), NewSecret(); len(a) != SecretSize || string(a) == string(b) {
		t.Errorf("two fresh secrets: %x and %x", a, b)
	}
}

func TestGuestID(t *testing.T) {
	const hexKey = "00112233445566778899aabbccddeeff"
	const urlKey = "ABEiM0RVZneImaq7zN3u_w" // the same bits
	id, err := GuestID("demo", hexKey)
	if err != nil {
		t.Fatal(err)
	}
	matches(t, "guest id", id, `^g[a-z2-7]{25}$`)
	// Fixed: guests must stay who they are across upgrades.
	if want := "gegwifppiyki2hhekvnqrfitup"; id != want {
		t.Errorf("id %q, want %q", id, want)
	}
	if again, _ := GuestID("demo", urlKey); again != id {
		t.Errorf("the other spelling of the key gives %q, want %q", again, id)
	}
	if elsewhere, _ := GuestID("chess", hexKey); elsewhere == id {
		t.Error("the same guest in two games")
	}
	if neighbour, _ := GuestID("demo", "00112233445566778899aabbccddeefe"); neighbour == id {
		t.Error("two keys, one guest")
	}
	for _, key := range []string{
		"", "0", hexKey[1:], hexKey + "0", "00112233445566778899AABBCCDDEEFF", "0011223344556677 899aabbccddeeff",
		urlKey[1:], urlKey + "=", urlKey + "==", "ABEiM0RVZneImaq7zN3u/w", "ABEiM0RVZneImaq7zN3u_x", // stray bits
		"ABEiM0RVZneImaq7zN3u_\n", "\nABEiM0RVZneImaq7zN3u_w",
	} {
		if id, err := GuestID("demo", key); err != ErrSlotKey {
			t.Errorf("GuestID of key %q = %q, %v; want ErrSlotKey", key, id, err)
		}
	}
}

func TestRandomValues(t *testing.T) {
	for what, c := range map[string]struct {
		make    func() string
		pattern string
	}{
		"party id": {func() string { return ID("p") }, `^p[a-z2-7]{20}$`},
		"secret":   {Secret, `^[A-Za-z0-9_-]{43}$`},
		"browser":  {Browser, `^[A-Za-z0-9_-]{22}$`},
	} {
		seen := map[string]bool{}
		for range 1000 {
			s := c.make()
			matches(t, what, s, c.pattern)
			seen[s] = true
		}
		if len(seen) != 1000 {
			t.Errorf("1,000 times %s gave %d different ones", what, len(seen))
		}
	}
}

func TestHash(t *testing.T) {
	a, b := Secret(), Secret()
	matches(t, "hash", Hash(a), `^[A-Za-z0-9_-]{43}$`)
	if Hash(a) == Hash(b) || Hash(a) == a {
		t.Errorf("hashes of %q and %q: %q and %q", a, b, Hash(a), Hash(b))
	}
	// Fixed: sessions must be resumable across upgrades.
	if got, want := Hash("secret"), "Cahb8M2hY47-9vFiMCfiOWGMf-_4Wz6yUJhX6Ch9Aig"; got != want {
		t.Errorf("hash %q, want %q", got, want)
	}
}

func TestValidBrowser(t *testing.T) {
	for s, want := range map[string]bool{
		Browser(): true, "": false, "x": false, "AAAAAAAAAAAAAAAAAAAAAA": true,
		"AAAAAAAAAAAAAAAAAAAAAB": false, "AAAAAAAAAAAAAAAAAAAAA\n": false, "AAAAAAAAAAAAAAAAAAAAA=": false,
	} {
		if got := ValidBrowser(s); got != want {
			t.Errorf("ValidBrowser(%q) = %t", s, got)
		}
	}
}

func TestSeatID(t *testing.T) {
	k := fixed(t)
	seat := k.SeatID("browser", "invite")
	matches(t, "seat", seat, `^[a-z2-7]{26}$`)
	if seat != k.SeatID("browser", "invite") {
		t.Error("pressing Start twice gives two seats")
	}
	for what, s := range map[string]string{
		"browser": k.SeatID("browser2", "invite"),
		"invite":  k.SeatID("browser", "invite2"),
		"border":  k.SeatID("browseri", "nvite"),
		"server":  other(t).SeatID("browser", "invite"),
	} {
		if s == seat {
			t.Errorf("another %s, the same seat", what)
		}
	}
}

func TestTicket(t *testing.T) {
	seat := fixed(t).SeatID(Browser(), "invite")
	ticket, hash := Ticket(seat)
	matches(t, "ticket", ticket, `^[a-z2-7]{52}$`)
	matches(t, "hash", hash, `^[a-z2-7]{32}$`)
	gotSeat, gotHash, ok := ParseTicket(ticket)
	if !ok || gotSeat != seat || gotHash != hash {
		t.Errorf("ParseTicket = %q, %q, %t; want %q, %q", gotSeat, gotHash, ok, seat, hash)
	}
	if second, _ := Ticket(seat); second == ticket {
		t.Error("two tickets of a seat are the same")
	}
	for _, s := range []string{"", seat, ticket[1:], ticket + "a", ticket[:51] + "1", ticket[:51] + "A", ticket[:51] + "\n", " " + ticket[1:], ticket[:25] + "-" + ticket[26:]} {
		if _, _, ok := ParseTicket(s); ok {
			t.Errorf("ParseTicket(%q) accepts it", s)
		}
	}
}

func FuzzParseTicket(f *testing.F) {
	ticket, _ := Ticket("abcdefghijklmnopqrstuvwxyz")
	f.Add(ticket)
	f.Add("")
	f.Add(ticket[:51] + "\x00")
	shape := regexp.MustCompile(`\A[a-z2-7]{52}\z`)
	f.Fuzz(func(t *testing.T, s string) {
		seat, hash, ok := ParseTicket(s)
		if ok != shape.MatchString(s) {
			t.Fatalf("ParseTicket(%q) = %t", s, ok)
		}
		if ok && (seat != s[:26] || len(hash) != 32) {
			t.Fatalf("ParseTicket(%q) = %q, %q", s, seat, hash)
		}
	})
}

func FuzzGuestID(f *testing.F) {
	f.Add("demo", "00112233445566778899aabbccddeeff")
	f.Add("demo", "ABEiM0RVZneImaq7zN3u_w")
	f.Add("", "ABEiM0RVZneImaq7zN3u_\r")
	shape := regexp.MustCompile(`\A([0-9a-f]{32}|[A-Za-z0-9_-]{21}[AQgw])\z`)
	f.Fuzz(func(t *testing.T, game, key string) {
		id, err := GuestID(game, key)
		if (err == nil) != shape.MatchString(key) {
			t.Fatalf("GuestID(%q, %q) = %q, %v", game, key, id, err)
		}
		if err == nil && !validID(id) {
			t.Fatalf("GuestID(%q, %q) = %q, not an id", game, key, id)
		}
	})
}
