// Package floors has relays that do nothing but relay: what a message costs at
// least. What a server takes more than these is its own.
package floors
