package main

import (
	"context"
	"io/fs"
	"math"
	"os"
	"path"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"time"
)

// The collector is left at Go's own pace, GOGC=100, by which the heap is collected
// when it has doubled. That of a server with few players is small, and so would be
// collected dozens of times a second while many come or look at pages. What a higher
// pace would save then comes back anyway once the crowd that came is quiet: see tidy.

// memory is how this process deals with its own.
type memory struct {
	// ballast counts as alive, and has the heap grow by as much more before it is
	// collected. Nobody touches it, so that the system has no memory of it.
	ballast []byte
}

const (
	fullBallast = 32 << 20
	// timesBallast is how much a process must be allowed to take to have one.
	timesBallast = 8
)

// paceCollector sets how often memory is collected. The collector works harder
// rather than let the process outgrow what its container or service may take, of
// which it uses nine tenths: the rest is for what is not Go's heap. GOMEMLIMIT
// overrules that.
func paceCollector(root fs.FS) *memory {
	m := new(memory)
	limit := debug.SetMemoryLimit(-1)
	if most := allowance(root); most > 0 && os.Getenv("GOMEMLIMIT") == "" {
		limit = most / 10 * 9
	}
	if limit >= timesBallast*fullBallast {
		m.ballast = make([]byte, fullBallast)
		limit = min(limit, math.MaxInt64-fullBallast) + fullBallast // it is no memory
	}
	debug.SetMemoryLimit(limit)
	return m
}

// allowance is how many bytes the control groups of this process leave it, 0 for
// no limit.
func allowance(root fs.FS) (most int64) {
	own, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return 0 // not Linux
	}
	for line := range strings.Lines(string(own)) {
		group, ok := strings.CutPrefix(strings.TrimSpace(line), "0::/")
		for ; ok; group = path.Dir(group) {
			text, err := fs.ReadFile(root, path.Join("sys/fs/cgroup", group, "memory.max"))
			if n, numErr := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && numErr == nil && (most == 0 || n < most) {
				most = n
			}
			ok = group != "." && group != ""
		}
	}
	return most
}

// lookEvery is how often memory is looked at.
const lookEvery = 2 * time.Second

// tidy gives memory back to the system when it is quiet again after much was
// done: what a crowd's coming leaves behind would else stay with the process
// until the collector's next turn, minutes later, and half of it after that. It
// ends with ctx.
func (m *memory) tidy(ctx context.Context, ticks <-chan time.Time) {
	var last glance
	for {
		select {
		case <-ticks:
			next := m.look()
			if next.worth(last) {
				debug.FreeOSMemory()
			}
			last = next
		case <-ctx.Done():
			return
		}
	}
}

// glance is the heap at a moment, in bytes.
type glance struct {
	allocated uint64 // since the process began
	live      uint64 // after the last collection, without the ballast
	waste     uint64 // garbage, and what is free and not given back
}

func (m *memory) look() glance {
	samples := []metrics.Sample{
		{Name: "/gc/heap/allocs:bytes"}, {Name: "/gc/heap/live:bytes"},
		{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/free:bytes"},
	}
	metrics.Read(samples)
	of := func(i int) uint64 { return samples[i].Value.Uint64() }
	ballast := uint64(len(m.ballast))
	return glance{allocated: of(0), live: max(of(1), ballast) - ballast, waste: max(of(2), of(1)) - of(1) + of(3)}
}

// worth reports whether a collection now gives back half of what lives, or more,
// and whether so little was done since the last look that it takes four such
// looks to need the next one.
func (g glance) worth(last glance) bool {
	quiet := last.allocated > 0 && g.allocated-last.allocated < max(g.live/8, 1<<20)
	return quiet && g.waste > max(g.live/2, 8<<20)
}
