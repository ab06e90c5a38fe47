//go:build linux

package main

import (
	"context"

	"partykit/bench/floors"
	"partykit/bench/kit"
	"partykit/bench/peers"
	"partykit/bench/target"
)

// A row is a group of measurements.
type row struct {
	name    string
	measure func(ctx context.Context, b *bench) error
	asked   bool // measured only when asked for
}

// rows are all of them, in the order in which they are measured.
func rows() []row {
	return []row{
		{name: "messages", measure: messages},
		{name: "reliable", measure: reliable},
		{name: "durable", measure: durable},
		{name: "trips", measure: trips},
		{name: "idle", measure: idle},
		{name: "neighbour", measure: neighbour},
		{name: "pages", measure: pages},
		{name: "kill", measure: kill},
		{name: "starts", measure: starts},
		{name: "many", measure: many, asked: true},
	}
}

// systems are whose messages are measured. The first is what the others are
// compared with.
func systems() []*target.System {
	return append([]*target.System{floors.Raw(), floors.WebSocket(), kit.System(false), kit.Secure()}, peers.All()...)
}

func rowNames() []string {
	var names []string
	for _, r := range rows() {
		names = append(names, r.name)
	}
	return names
}

func systemNames() []string {
	var names []string
	for _, s := range systems() {
		names = append(names, s.Name)
	}
	return names
}
