// Package host keeps the parties that somebody on this node is in, or looks
// at, alive between their log and their members' connections.
//
// A node runs a few loops. A live party and the sessions of its members on
// this node live on one loop, chosen by the party's id: deciding, applying and
// fan-out run there one after another and need no lock. Reads and writes of
// the engine are asynchronous; their outcome comes back to the loop as a task.
// A player that moves to another party moves to its loop.
//
// There is one path to members: what is decided is appended, and is applied
// and sent when it comes back from the log, whoever wrote it. Everybody
// therefore sees one order. An answer to a command follows the events that the
// command caused.
//
// Any host may serve any party; two hosts that serve the same one meet at the
// log's compare-and-append and nowhere else. A party of one has no log and
// lives here only, until an invite is made.
package host
