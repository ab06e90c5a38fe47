package e2e

import (
	"encoding/json"
	"testing"

	"partykit/test/browser"
)

// people are those who play, each with a browser of their own.
type people struct {
	*browser.Browser
	t *testing.T
}

func newPeople(t *testing.T) people {
	t.Helper()
	return people{browser.Start(t), t}
}

// tab is one page of somebody's, and what they do there.
type tab struct {
	*browser.Tab
	t *testing.T
}

// friend opens an address as somebody new.
func (p people) friend(name, url string, before ...browser.Step) *tab {
	p.t.Helper()
	return &tab{p.Person(name, url, before...), p.t}
}

// places is what the demo game says of the others it draws.
func (p *tab) places() map[string]struct{ X, Y float64 } {
	p.t.Helper()
	v := map[string]struct{ X, Y float64 }{}
	if err := json.Unmarshal([]byte(browser.Eval[string](p.Tab, `document.body.dataset.peers || "{}"`)), &v); err != nil {
		p.t.Fatal(err)
	}
	return v
}
