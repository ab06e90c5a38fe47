package node_test

import (
	"bytes"
	"runtime"
	"testing"

	"partykit/client"
	"partykit/internal/node"
)

// What a node makes of its listener's connections does not keep loops from reading
// them.
func TestAPlayerThatWaitsHasNoGoroutine(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("no loop reads connections here")
	}
	c := dial(t, start(t, node.Options{Dev: true}), client.Options{})
	if _, err := c.Invite(t.Context(), client.InviteOptions{}); err != nil { // now it is read
		t.Fatal(err)
	}
	stacks := make([]byte, 4<<20)
	if stacks = stacks[:runtime.Stack(stacks, true)]; bytes.Contains(stacks, []byte("gateway.(*stream).run")) {
		t.Errorf("a goroutine reads its connection:\n%s", stacks)
	}
}
