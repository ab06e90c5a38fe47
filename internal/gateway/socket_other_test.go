//go:build !linux

package gateway_test

import (
	"testing"

	"partykit/internal/gateway"
)

func onLoop(t *testing.T, _ func(*gateway.Options), _ func(*testing.T, *world)) {
	t.Skip("no loop reads connections on this system")
}
