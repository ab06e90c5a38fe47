package conformance

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	gocmp "github.com/google/go-cmp/cmp"

	"partykit/client"
	"partykit/party"
)

// stay is what a player saw happen in one party, from its coming to its going.
type stay struct {
	party   party.ID
	from    uint64 // where its snapshot stood
	entries []entry
	met     map[int]party.PlayerID // the members it has seen there, by their numbers
}

// entry is one thing of a party's shared order.
type entry struct {
	seq  uint64
	line string // as a story's log has it
	what string // whole, to compare
}

func (s *stay) add(seq uint64, line string, whole any) {
	b, err := json.Marshal(whole)
	if err != nil {
		panic(err)
	}
	s.entries = append(s.entries, entry{seq: seq, line: line, what: string(b)})
}

// meet notes who is there now, if it is this party.
func (s *stay) meet(now party.Snapshot) {
	if now.ID != s.party {
		return
	}
	for _, m := range now.Members {
		s.meets(m.N, m.ID)
	}
}

func (s *stay) meets(n int, id party.PlayerID) {
	if s.met == nil {
		s.met = map[int]party.PlayerID{}
	}
	s.met[n] = id
}

// changed adds a change of the party. A party of one that nobody was invited to
// has no order yet.
func (s *stay) changed(e client.Changed) {
	if e.Seq == 0 {
		return
	}
	var types []string
	for _, change := range e.Changes {
		types = append(types, change.Type)
		if m := change.Member; m != nil {
			s.meets(m.N, m.ID)
		}
	}
	s.add(e.Seq, strings.Join(types, ", "), e)
}

func (s *stay) lines() []string {
	lines := []string{}
	for _, e := range s.entries {
		lines = append(lines, e.line)
	}
	return lines
}

// last returns up to where the player has seen the party.
func (s *stay) last() uint64 {
	if len(s.entries) > 0 {
		return s.entries[len(s.entries)-1].seq
	}
	return s.from
}

// spans reports whether the player should have seen what happened at seq.
func (s *stay) spans(seq uint64) bool { return seq > s.from && seq <= s.last() }

func (s *stay) saw(seq uint64) bool {
	return slices.ContainsFunc(s.entries, func(e entry) bool { return e.seq == seq })
}

// agree checks, when a story is told, that nothing was heard that no step
// speaks of, and that all who were in a party saw the same happen there.
func (c *cast) agree(ctx context.Context) error {
	if err := c.arrived(ctx); err != nil {
		return err
	}
	c.end()
	logs := map[party.ID]map[uint64]entry{}
	for name, p := range c.players {
		if len(p.heard) > 0 {
			b, err := json.Marshal(p.heard)
			return fmt.Errorf("%s heard what no step speaks of: %s %w", name, b, err)
		}
		for _, s := range p.stays {
			log := logs[s.party]
			if log == nil {
				log = map[uint64]entry{}
				logs[s.party] = log
			}
			for _, e := range s.entries {
				if known, ok := log[e.seq]; ok && known.what != e.what {
					return fmt.Errorf("%s saw something else than others at %d (-others +%s):\n%s", name, e.seq, name, gocmp.Diff(known.what, e.what))
				}
				log[e.seq] = e
			}
		}
	}
	for name, p := range c.players {
		for _, s := range p.stays {
			if !slices.IsSortedFunc(s.entries, func(a, b entry) int { return cmp.Compare(a.seq, b.seq) }) {
				return fmt.Errorf("%s saw things out of their order: %v", name, s.entries)
			}
			for seq, e := range logs[s.party] {
				if s.spans(seq) && !s.saw(seq) && !p.sent[seq] {
					return fmt.Errorf("%s missed %s at %d", name, e.line, seq)
				}
			}
		}
	}
	return nil
}

// arrived waits until all who are in a party have seen its last.
func (c *cast) arrived(ctx context.Context) error {
	for _, p := range c.players {
		if p.gone() {
			continue
		}
		for _, other := range c.players {
			if other == p || other.gone() || other.kit.Snapshot().ID != p.kit.Snapshot().ID {
				continue
			}
			if err := p.until(ctx, func() error {
				other.mu.Lock()
				defer other.mu.Unlock()
				here, there := p.here(), other.here()
				if last := there.last(); here.party == there.party && here.last() < last && !p.sent[last] {
					return fmt.Errorf("has seen the party up to %d, and %s up to %d", here.last(), other.name, last)
				}
				return nil
			}); err != nil {
				return err
			}
		}
	}
	return nil
}

// gone reports whether the player does not follow its party to the end.
func (p *player) gone() bool {
	return p.kit == nil || p.kit.Err() != nil || p.wire.held()
}
