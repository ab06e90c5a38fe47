package engine

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"path/filepath"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// wiring is how an engine reaches its storage. Every wiring runs the same code
// above it; only the way to connect and the number of replicas differ.
type wiring struct {
	dial     func(...nats.Option) (*nats.Conn, error)
	replicas int
	stop     func() // ends what this process runs of the storage, in order
}

// Durability is what an acknowledged write survives.
type Durability string

const (
	// Strict syncs each write before it is acknowledged: nothing is lost when
	// the process is killed or the power fails.
	Strict Durability = "strict"
	// Relaxed syncs every second: nothing is lost when the process is killed,
	// up to about a second when the power fails. About 8 times as many writes.
	Relaxed Durability = "relaxed"
)

// startEmbedded runs a server inside this process that listens on nothing.
func startEmbedded(dir string, durability Durability, logger *slog.Logger) (wiring, error) {
	opts := &server.Options{
		ServerName:             "partykit",
		DontListen:             true,
		NoSigs:                 true, // the program handles signals and shuts down in order
		JetStream:              true,
		StoreDir:               filepath.Join(dir, "store"),
		DisableJetStreamBanner: true,
		JetStreamMaxMemory:     64 << 20,      // only consumers of watchers live in memory
		JetStreamMaxStore:      math.MaxInt64, // the streams have limits of their own; see layout
		MaxPending:             64 << 20,
	}
	switch durability {
	case Strict:
		opts.SyncAlways = true
	case Relaxed:
		opts.SyncInterval = time.Second
	default:
		return wiring{}, fmt.Errorf("unknown durability %q; use %q or %q", durability, Strict, Relaxed)
	}
	s, err := server.NewServer(opts)
	if err != nil {
		return wiring{}, fmt.Errorf("the embedded server: %w", err)
	}
	log := &serverLog{out: logger}
	s.SetLoggerV2(log, false, false, false)
	stop := func() {
		s.Shutdown()
		s.WaitForShutdown()
	}
	s.Start() // without a listener it returns when all is up, or when it gave up
	if err := log.failure(); err != nil {
		stop()
		return wiring{}, fmt.Errorf("the embedded server did not start: %w", err)
	}
	if !s.JetStreamEnabled() {
		stop()
		return wiring{}, errors.New("the embedded server started without its storage")
	}
	dial := func(opts ...nats.Option) (*nats.Conn, error) {
		return nats.Connect("", append([]nats.Option{nats.InProcessServer(s)}, opts...)...)
	}
	return wiring{dial: dial, replicas: 1, stop: stop}, nil
}
