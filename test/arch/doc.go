// Package arch holds the architecture to what it says it is: who may import
// whom, which library is used where, and that every package explains itself.
// It has nothing but tests.
package arch
