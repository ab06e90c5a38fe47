// Package loop runs tasks one after another on one goroutine, and on Linux lets
// the same goroutine watch sockets.
//
// What belongs to a loop is touched by its tasks only, and so needs no lock. A
// loop works in passes: it runs what was posted, hears what its sockets have
// brought, and then runs what waited for the end of the pass. Whoever gathers
// what it writes until then writes once however much a pass brought, and waits
// for nothing when a pass brought little.
//
// Sockets that a loop watches are not in the poller of Go's runtime: while they
// are busy the loop waits for them in short slices without handing its processor
// over, which costs more than a small message does. A loop that is not busy
// waits as any other goroutine does. A loop that watches nothing needs no
// operating system at all, so that whole servers run on synctest's time.
package loop
