package loop

// A Socket is told when its descriptor is ready.
type Socket interface {
	// Ready is called on the loop with what the descriptor is ready for. A
	// broken one is not good for anything any more, except for reading what
	// came before.
	Ready(read, write, broken bool)
}
