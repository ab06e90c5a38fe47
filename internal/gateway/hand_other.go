//go:build !linux

package gateway

import "net"

// hand gives a connection to the loop of its session; on this system no loop
// reads connections.
func (*Conn) hand(net.Conn, []byte) bool { return false }

// lanes are what event-driven reading needs, elsewhere.
type lanes struct{}
