// Package game knows the games of this server: what each is called, looks like
// and is set to, where it is launched and from which web origins its clients
// may come, and whether the kit is active for it.
//
// A [Game] is a value that can be judged by itself. The [Registry] keeps all of
// them in memory, follows the store they lie in, and writes changes back by
// compare-and-set, so that several nodes and a command line can change games at
// the same time without losing a change. Pictures are re-encoded before they
// are stored; a game without any gets a cover drawn from its name and colours.
//
// In dev mode a game need not be registered: it is, at its first use from a
// page on this machine (see [Registry.FirstUse]).
package game
