package engine

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
)

// Ref names a party of a game. Both ids match ^[a-z0-9_-]{1,64}$.
type Ref struct{ Game, Party string }

func (r Ref) String() string { return r.Game + "/" + r.Party }

// Kind tells the entries of a party's log apart.
type Kind byte

const (
	Event   Kind = 'e' // what the party's state is made of; written by Append
	Message Kind = 'm' // a reliable message; held 5 minutes
	Chat    Kind = 't' // a line of chat; held 24 hours

	// Gap is not an entry. A follower gets it where entries after the record's
	// Seq may be missing; see Follow.
	Gap Kind = '!'
)

func (k Kind) String() string { return string(rune(k)) }

// Table names one kind of small records.
type Table byte

const (
	Invites Table = 'i'
	Tickets Table = 'k'
	Answers Table = 'a' // what requests with an idempotency key were answered
	Config  Table = 'c' // games, keys, settings; its keys may have several parts, "art.demo.cover"
)

// validToken reports whether s matches ^[a-z0-9_-]{1,64}$.
func validToken(s string) bool {
	if len(s) == 0 || len(s) > 64 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}

// validPath reports whether s is one to eight valid tokens joined by dots.
func validPath(s string) bool {
	parts := 0
	for token := range strings.SplitSeq(s, ".") {
		if parts++; parts > 8 || !validToken(token) {
			return false
		}
	}
	return true
}

// namespace is one letter after "pk.": a group of subjects with one purpose.
type namespace byte

const (
	nsLog       namespace = 'f'
	nsFollow    namespace = 'u' // committed entries of the log, republished
	nsSnapshots namespace = 's'
)

// subject is the only place where ids, keys and topics become a subject.
// Callers have validated the parts; the panic guards against one that has not,
// because a stray wildcard or dot would cross the border between games.
func subject(ns namespace, parts ...string) string {
	var b strings.Builder
	b.Grow(96)
	b.WriteString("pk.")
	b.WriteByte(byte(ns))
	for i, part := range parts {
		wildcard := i == len(parts)-1 && (part == "*" || part == ">")
		if !wildcard && !validPath(part) {
			panic(fmt.Sprintf("engine: subject part %q was not validated", part))
		}
		b.WriteByte('.')
		b.WriteString(part)
	}
	return b.String()
}

func (r Ref) validate() error {
	if !validToken(r.Game) || !validToken(r.Party) {
		return fmt.Errorf("%w: party", ErrInvalid)
	}
	return nil
}

// shardOf spreads names over the shards. It decides where stored data lies and
// must never change.
func shardOf(name string, shards int) string {
	h := fnv.New32a()
	h.Write([]byte(name))
	return strconv.Itoa(int(h.Sum32() % uint32(shards)))
}

// place is where a party's or a record's entries lie. Its game, "" for none, says in
// whose turn they are read and written.
type place struct{ stream, subject, game string }

// logPlace is the place of one kind of a party's entries; kind "*" is all.
func (e *Engine) logPlace(r Ref, kind string) place {
	shard := shardOf(r.String(), e.shards)
	return place{streamName(nsLog, shard), subject(nsLog, shard, r.Game, r.Party, kind), r.Game}
}

// followSubject is where the committed entries of a party appear.
func (e *Engine) followSubject(r Ref) string {
	return subject(nsFollow, shardOf(r.String(), e.shards), r.Game, r.Party, "*")
}

func (e *Engine) snapshotPlace(r Ref) place {
	shard := shardOf(r.String(), e.shards)
	return place{streamName(nsSnapshots, shard), subject(nsSnapshots, shard, r.Game, r.Party), r.Game}
}

// recordPlace is the place of a record of a game in a table.
func (e *Engine) recordPlace(game string, t Table, key string) (place, error) {
	switch t {
	case Config:
		if !validPath(key) {
			return place{}, fmt.Errorf("%w: config key", ErrInvalid)
		}
		return place{configStream, subject(namespace(t), key), game}, nil
	case Answers:
		if !validToken(key) {
			return place{}, fmt.Errorf("%w: key", ErrInvalid)
		}
		return place{answerStream, subject(namespace(t), key), game}, nil
	case Invites, Tickets:
		if !validToken(key) {
			return place{}, fmt.Errorf("%w: key", ErrInvalid)
		}
		shard := shardOf(key, e.shards)
		return place{streamName(namespace(t), shard), subject(namespace(t), shard, key), game}, nil
	}
	return place{}, fmt.Errorf("%w: table %q", ErrInvalid, rune(t))
}

// topicSubject is the subject of an ephemeral topic: "v.<game>.<party>" for
// volatile messages and statuses, "p.<party>.sync" to ask for statuses,
// "x.<node>" and below for a node's mailbox.
func topicSubject(topic string) (string, error) {
	group, rest, ok := strings.Cut(topic, ".")
	if !ok || !validPath(rest) {
		return "", fmt.Errorf("%w: topic", ErrInvalid)
	}
	switch group {
	case "v", "p", "x":
		return subject(namespace(group[0]), rest), nil
	}
	return "", fmt.Errorf("%w: topic", ErrInvalid)
}
