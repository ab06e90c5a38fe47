// Package floors has what does nothing but the one thing that is measured: relay,
// append, send a page. What a server takes more than these is its own.
package floors
