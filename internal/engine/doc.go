// Package engine keeps what must outlive a process and carries what nodes tell
// each other. It is NATS with JetStream, and the only package that imports it.
//
// What it promises:
//
//   - A party is a log. [Node.Append] extends its events by compare-and-append:
//     the caller names the last event it knows, and where another writer was
//     faster nothing is written ([ErrConflict]). There is no other fence, no
//     lease and no lock; any node may write any party.
//
//   - Events, messages and chat of a party lie in one stream, and their
//     sequence in it is their order, the same for everybody. What one node
//     sends for a party stands in the order in which it was sent. Messages that
//     come while others are under way share an entry, each with a sequence of
//     its own.
//
//   - [Node.Follow] shows committed entries only, in that order, and never
//     loses one silently: where something may be missing it says [Gap], and
//     [Node.Read] has what was missed.
//
//   - What was acknowledged is durable: under [Strict] it survives a kill and
//     a power cut, under [Relaxed] a kill, and a power cut but for the last
//     second.
//
//   - An answer that did not come is [ErrUnknown]: the write may or may not be
//     there. Every other error of a write means that nothing was written.
//
//   - Games take turns, at writes, reads and lists: one that wants very much
//     waits for itself.
//
// An [Engine] holds the storage, a [Node] one member's connection to it. Two
// nodes on one engine see each other only through it, as two machines would.
//
// Ids of games and parties, keys and topics are checked here again, whatever
// was checked before: no text that does not match ^[a-z0-9_-]{1,64}$ reaches a
// subject.
package engine
