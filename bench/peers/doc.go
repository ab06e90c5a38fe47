// Package peers has what others make for the same purpose: servers that relay a
// party's messages, each written as its documentation recommends, and just
// enough of each one's wire protocol to drive it. They are installed from their
// registries, in pinned versions, when they are first measured.
package peers
