//go:build linux

package peers

import (
	"context"

	"partykit/bench/target"
	"partykit/bench/wire"
)

// form connects a party's players one after the other. A join that fails leaves
// nothing open.
func form(ctx context.Context, size int, join func(ctx context.Context) (*wire.Client, target.Codec, error)) ([]*target.Link, error) {
	links := make([]*target.Link, 0, size)
	for range size {
		c, codec, err := join(ctx)
		if err != nil {
			return links, err
		}
		links = append(links, c.Link(codec))
	}
	return links, nil
}
