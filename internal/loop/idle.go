package loop

// Idle is how a goroutine lets all others go first: those that can run, and
// those for whom something has come from the network meanwhile. Who waits so
// between portions of work takes what players leave of a processor, and is not
// felt by them.
//
// An Idle is used by one goroutine at a time. The zero Idle can be used.
type Idle struct{ bell idleBell }
