package host

import (
	"bytes"
	"time"

	"partykit/internal/game"
	"partykit/internal/limit"
	"partykit/internal/loop"
	"partykit/party"
	"partykit/protocol"
)

// limits are the budgets of one connection, as its game sets them now. They
// belong to who reads it, so that what is over them costs the
// parties nothing.
type limits struct {
	commands, volatile, abuse limit.Bucket

	told   limit.Once // that a volatile message is refused
	closed bool
}

// tooMuch is how many times over its limits a client must be to be closed.
const tooMuch = 10

// admit reports whether the connection is still listened to: one that goes on
// far beyond all its limits is closed.
func (s *Session) admit(set *game.Settings, now time.Time) bool {
	if s.limits.closed {
		return false
	}
	most := tooMuch * (set.Commands + set.Volatile + set.Reliable)
	if s.limits.abuse.Take(limit.PerSecond(most, 2*most), now) > 0 {
		s.limits.closed = true
		s.conn.Close(protocol.RateLimited)
		return false
	}
	return true
}

// Text takes a text frame: a command of the player. The frame is the caller's
// again when it returns. Frames of a connection come one after another; on is the
// loop that the call is made on, if it is made on one. It reports whether it
// refused the command at once.
func (s *Session) Text(on *loop.Loop, frame []byte) (refused bool) {
	set, now := s.s.h.settings(s.s.game), time.Now()
	if !s.admit(set, now) {
		return false
	}
	c, err := protocol.DecodeCommand(frame)
	if err == nil && !s.s.h.o.Games.Active(string(s.s.game)) {
		_, err = s.s.h.active(s.s.game)
	}
	if err == nil && counted(c) {
		err = limited(s.limits.commands.Take(limit.PerSecond(set.Commands, set.CommandsBurst), now))
	}
	if err != nil {
		s.refuse(protocol.Error{ID: c.ID}, err)
		return true
	}
	if s.canDo(on) {
		s.s.used = true
		s.s.text(c)
		return false
	}
	later := c // so that a command that is carried out at once takes no memory
	s.s.push(input{conn: s.conn, command: &later})
	return false
}

// counted reports whether a frame is a command that has its answer; the others
// are never refused.
func counted(c protocol.Command) bool {
	return c.T != protocol.TPing && c.T != protocol.TLoading && c.T != protocol.TAway
}

// Binary takes a binary frame: a game message. Of refused volatile ones one a
// second is answered. It reports whether it answered so.
func (s *Session) Binary(on *loop.Loop, frame []byte) (refused bool) {
	set, now := s.s.h.settings(s.s.game), time.Now()
	if !s.admit(set, now) {
		return false
	}
	m, err := protocol.DecodeMessage(frame)
	if err == nil && !s.s.h.o.Games.Active(string(s.s.game)) {
		_, err = s.s.h.active(s.s.game)
	}
	if err != nil {
		s.refuse(protocol.Error{MID: m.ID}, err)
		return true
	}
	if !m.Reliable {
		if wait := s.limits.volatile.Take(limit.PerSecond(set.Volatile, set.VolatileBurst), now); wait > 0 {
			if !s.limits.told.Take(now) {
				return false
			}
			s.refuse(protocol.Error{}, limited(wait))
			return true
		}
	}
	if s.canDo(on) {
		s.s.used = true
		s.s.binary(m)
		return false
	}
	later := m // so that a message that is passed on at once takes no memory
	later.Payload = bytes.Clone(m.Payload)
	s.s.push(input{conn: s.conn, message: &later})
	return false
}

// canDo reports whether a frame may be handled at once: by who runs on the loop
// that the session lives on, and behind nothing else.
func (s *Session) canDo(on *loop.Loop) bool {
	x := s.s
	if on == nil || x.owner.Load().Loop != on || x.pause != nil || x.conn != s.conn {
		return false
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.inbox) == 0
}

// Loop is the loop that the session lives on now.
func (s *Session) Loop() *loop.Loop { return s.s.owner.Load().Loop }

// Gone says that the connection is over.
func (s *Session) Gone() { s.s.push(input{conn: s.conn, gone: true}) }

func (s *Session) refuse(e protocol.Error, err error) {
	e.T, e.Failure = protocol.TError, s.s.h.Failure(err)
	s.conn.Send(false, protocol.Encode(e))
}

// limited is the refusal of what must wait, or nil.
func limited(wait time.Duration) error {
	if wait == 0 {
		return nil
	}
	return &party.Error{Code: party.RateLimited, RetryAfter: wait}
}

// budgets are what the players of this host may do, whatever connection they
// do it on: a reconnect refills nothing.
type budgets struct{ chat, invites, joins, complaints *limit.Buckets[playerKey] }

// keptPlayers is how many players' budgets are remembered, of each kind.
const keptPlayers = 100_000

func newBudgets() budgets {
	buckets := func() *limit.Buckets[playerKey] { return limit.NewBuckets[playerKey](keptPlayers) }
	return budgets{buckets(), buckets(), buckets(), buckets()}
}

// take takes a token of the player's, or says when there will be one.
func (s *session) take(b *limit.Buckets[playerKey], r limit.Rate) error {
	return limited(b.Take(playerKey{s.game, s.player}, r, time.Now()))
}

// settings are a game's numbers as they are now.
func (h *Host) settings(g party.GameID) *game.Settings { return h.o.Games.Settings(string(g)) }

func (p *live) settings() *game.Settings { return p.h.o.Games.Settings(p.ref.Game) }
