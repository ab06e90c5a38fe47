// Package kit is PartyKit as bench measures it: the program as it is released,
// run by "partykit serve", storing strictly, with nothing changed that an
// operator could not change: the limits of its game are lifted.
package kit
