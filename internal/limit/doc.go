// Package limit decides when somebody has had enough for now.
//
// A [Bucket] allows so many acts a second with a burst, [Buckets] as many to
// each key, [Once] one in each second of the clock, [Counts] so many of something
// at a time. [Proxies] finds out whose address a request comes from, also behind
// proxies that are trusted, and [Home] is what is limited in its place, at a game
// as a [Visitor]. What a limit is, is said with every act, so that one that is
// changed holds from the next act on. None needs a sweeper; the time comes from
// the caller.
//
// What a limit protects must be safe without it too: a limiter's memory can be
// outrun by whoever has enough addresses.
package limit
