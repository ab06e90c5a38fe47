package auth

import (
	"regexp"
	"testing"
)

func TestDerivedIdsAreTheSameForTheSameParts(t *testing.T) {
	k, err := NewKeys(make([]byte, SecretSize))
	if err != nil {
		t.Fatal(err)
	}
	secret := make([]byte, SecretSize)
	secret[0] = 1
	other, err := NewKeys(secret)
	if err != nil {
		t.Fatal(err)
	}
	id := k.Derived("p", "demo", "order 1")
	if !regexp.MustCompile(`^p[a-z2-7]{20}$`).MatchString(id) || id != k.Derived("p", "demo", "order 1") {
		t.Errorf("derived %s", id)
	}
	for _, x := range []string{
		k.Derived("p", "demo", "order 2"), k.Derived("p", "dem", "oorder 1"), k.Derived("p", "demoorder 1"), k.Derived("q", "demo", "order 1"), other.Derived("p", "demo", "order 1"),
	} {
		if x[1:] == id[1:] {
			t.Errorf("%s has two origins", id)
		}
	}
}
