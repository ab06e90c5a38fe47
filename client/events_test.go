package client

import (
	"testing"
)

func TestUnreadEventsAreCounted(t *testing.T) {
	b := newInbox()
	for n := range maxUnread + 10 {
		b.put(StatusChanged{N: n})
	}
	e, _, _ := b.take()
	if e != (Missed{10}) {
		t.Fatalf("the first event is %#v", e)
	}
	if e, _, _ := b.take(); e.(StatusChanged).N != 10 {
		t.Errorf("the oldest that was kept is %#v", e)
	}
}
