// Package names makes and cleans the names and one-line texts that people see.
//
// It promises five things. [Friendly] turns a seed into a kind two-word name,
// always the same one for the same seed. [Clean] and [Text] turn what a player
// or a game wrote into text that is safe to show beside other text: one line,
// in NFC, without control, bidirectional or invisible characters, without marks
// piled on each other. [Key] says when two names look alike enough to be called
// the same, and [Unique] adds a number until they no longer are. A [Filter]
// finds the words that a game does not want in names.
//
// Cleaning is not escaping. What comes out may still contain <, & or quotes;
// whoever writes it into HTML, SVG or a log escapes it there.
//
// Everything here is pure: no clock, no chance, no global state.
package names
