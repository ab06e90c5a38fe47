// Package target is what bench knows of a server: how to start it, how to seat
// players in its parties, and how its messages look on the wire. PartyKit, the
// floors and the peers each are a [System]; the load generator knows none of
// them.
package target
