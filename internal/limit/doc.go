// Package limit decides when somebody has had enough for now.
//
// [Buckets] allow each key so many acts a second with a burst, [Counts] so many
// at a time, and [Proxies] finds out whose address a request comes from, also
// behind proxies that are trusted. Both limiters hold a bounded number of keys,
// need no sweeper, take the time from their caller, and are safe for use by
// several goroutines.
//
// What a limit protects must be safe without it too: a limiter's memory can be
// outrun by whoever has enough addresses.
package limit
