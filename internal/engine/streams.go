package engine

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Held is how many entries of one kind a party's log holds at most; older ones
// roll off. As messages share entries, more of them may be held, never fewer. A
// reader that gets fewer of a kind than this after a sequence has missed none to
// the limit, only what was older than the kind's time.
const Held = 1000

const (
	// MaxEntry bounds one entry of a log and one record, in bytes.
	MaxEntry = 256 << 10
	// MaxSnapshot bounds a snapshot, in bytes.
	MaxSnapshot = 256 << 10

	configStream = "CONFIG"
	answerStream = "ANSWERS"

	// headroom is what headers and the subject may add to an entry.
	headroom = 4 << 10

	// markerTTL is how long the mark of a deleted or expired setting stays for
	// watchers that were cut off.
	markerTTL = 24 * time.Hour

	metaBirth  = "partykit.birth"
	metaShards = "partykit.shards"
	metaFormat = "partykit.format"

	// format is how entries and sequences are written. A folder of another
	// format is not opened.
	format = "2"
)

var streamTitles = map[namespace]string{
	nsLog:              "LOG",
	nsSnapshots:        "SNAPSHOTS",
	namespace(Invites): "INVITES",
	namespace(Tickets): "TICKETS",
}

func streamName(ns namespace, shard string) string { return streamTitles[ns] + "-" + shard }

// layout is the whole storage: every stream with its limits. budget is how many
// bytes all of them may hold together, 0 for no bound; its split follows what a
// party stores: mostly log, then snapshots, then records.
func layout(shards, replicas int, budget int64) []jetstream.StreamConfig {
	base := func(name string, share int64, subjects string) jetstream.StreamConfig {
		cfg := jetstream.StreamConfig{
			Name:              name,
			Subjects:          []string{subjects},
			Storage:           jetstream.FileStorage,
			Retention:         jetstream.LimitsPolicy,
			Replicas:          replicas,
			MaxMsgsPerSubject: 1,
			MaxMsgs:           -1,
			MaxBytes:          -1,
			MaxMsgSize:        MaxEntry + headroom,
			// A full stream refuses what is new instead of forgetting what was
			// acknowledged. DiscardNewPerSubject stays false: with it a subject
			// at its own limit would refuse every update instead of rolling.
			Discard:     jetstream.DiscardNew,
			Duplicates:  2 * time.Minute,
			AllowMsgTTL: true,
			AllowDirect: true,
		}
		if budget > 0 {
			cfg.MaxBytes = max(budget/100*share, 1<<20)
		}
		return cfg
	}
	var all []jetstream.StreamConfig
	for i := range shards {
		shard := strconv.Itoa(i)
		one := func(ns namespace, percent int64) jetstream.StreamConfig {
			cfg := base(streamName(ns, shard), percent, subject(ns, shard, ">"))
			if budget > 0 {
				cfg.MaxBytes = max(cfg.MaxBytes/int64(shards), 1<<20)
			}
			return cfg
		}
		log := one(nsLog, 50)
		log.MaxMsgsPerSubject = Held
		// Only committed entries are republished, each with the sequence before
		// it on its subject. A subscription to the log's own subjects would also
		// see the appends that lost.
		log.RePublish = &jetstream.RePublish{Source: subject(nsLog, ">"), Destination: subject(nsFollow, ">")}
		all = append(all, log, one(nsSnapshots, 24), one(namespace(Invites), 10), one(namespace(Tickets), 10))
	}
	config := base(configStream, 1, subject(namespace(Config), ">"))
	config.SubjectDeleteMarkerTTL = markerTTL // the only table that is watched: an expiry must be told
	// What waits to be done outside leaves the queue when it is done.
	queue := base(queueStream, 1, subject(nsQueue, ">"))
	queue.Retention = jetstream.WorkQueuePolicy
	// What was given up may push out what was given up before.
	dead := base(deadStream, 1, subject(nsDead, ">"))
	dead.Discard = jetstream.DiscardOld
	// A game's newest reports push out its oldest, never another game's.
	reports := base(reportStream, 1, subject(nsReports, ">"))
	reports.MaxMsgsPerSubject = MaxReports
	return append(all, config, base(answerStream, 2, subject(namespace(Answers), ">")), queue, dead, reports)
}

// ensureStreams makes the storage what layout says. What was there keeps its
// number of shards. Of the shards' logs it reports their births, a text that
// changes when one is made anew, and the last entry of each.
func ensureStreams(ctx context.Context, js jetstream.JetStream, shards, replicas int, budget int64) (births string, ends []uint64, err error) {
	have := make(map[string]jetstream.StreamConfig)
	last := make(map[string]uint64)
	list := js.ListStreams(ctx)
	for info := range list.Info() {
		have[info.Config.Name], last[info.Config.Name] = info.Config, info.State.LastSeq
	}
	if err := list.Err(); err != nil {
		return "", nil, fmt.Errorf("listing streams: %w", err)
	}
	if config, ok := have[configStream]; ok && config.Metadata[metaFormat] != format {
		return "", nil, errors.New("the data is of an earlier build, which wrote it in another way; begin with an empty folder")
	}
	if stored, ok := have[configStream].Metadata[metaShards]; ok {
		n, err := strconv.Atoi(stored)
		if err != nil || n < 1 {
			return "", nil, fmt.Errorf("the storage says it has %q shards", stored)
		}
		shards = n
	}
	var born strings.Builder
	all := layout(shards, replicas, budget)
	failed := make([]error, len(all))
	var making sync.WaitGroup // the server makes several at a time, and each waits for the disk
	for i, want := range all {
		want.Metadata = map[string]string{metaShards: strconv.Itoa(shards), metaFormat: format}
		old, exists := have[want.Name]
		switch {
		case !exists:
			want.Metadata[metaBirth] = rand.Text()
			making.Go(func() {
				if _, err := js.CreateStream(ctx, want); err != nil {
					failed[i] = fmt.Errorf("creating stream %s: %w", want.Name, err)
				}
			})
		case !sameLimits(old, want):
			want.Metadata = old.Metadata
			if _, err := js.UpdateStream(ctx, want); err != nil {
				failed[i] = fmt.Errorf("updating stream %s: %w", want.Name, err)
			}
		default:
			want = old
		}
		if strings.HasPrefix(want.Name, streamTitles[nsLog]) {
			fmt.Fprintln(&born, want.Name, want.Metadata[metaBirth])
			ends = append(ends, last[want.Name])
		}
	}
	making.Wait()
	return born.String(), ends, errors.Join(failed...)
}

// sameLimits reports whether a stream is already as wanted in everything that
// layout decides.
func sameLimits(have, want jetstream.StreamConfig) bool {
	return have.Replicas == want.Replicas &&
		have.MaxMsgsPerSubject == want.MaxMsgsPerSubject &&
		have.MaxBytes == want.MaxBytes &&
		have.MaxAge == want.MaxAge &&
		have.MaxMsgSize == want.MaxMsgSize &&
		have.Discard == want.Discard &&
		have.DiscardNewPerSubject == want.DiscardNewPerSubject &&
		have.Duplicates == want.Duplicates &&
		have.AllowMsgTTL == want.AllowMsgTTL &&
		have.AllowDirect == want.AllowDirect &&
		have.SubjectDeleteMarkerTTL == want.SubjectDeleteMarkerTTL &&
		(have.RePublish == nil) == (want.RePublish == nil) &&
		(have.RePublish == nil || *have.RePublish == *want.RePublish)
}
