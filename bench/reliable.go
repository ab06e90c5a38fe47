//go:build linux

package main

import (
	"context"

	"partykit/bench/kit"
	"partykit/bench/target"
)

// reliable measures messages that are durable and ordered before they are
// delivered.
func reliable(ctx context.Context, b *bench) error {
	crowds, err := b.gather(ctx, []*target.System{kit.System(true)})
	defer closeAll(crowds)
	if err != nil {
		return err
	}
	for round := range b.rounds {
		for _, c := range crowds {
			if err := b.saturate(ctx, crowds, c, "reliable", round); err != nil {
				return err
			}
		}
	}
	return nil
}
