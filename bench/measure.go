//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"partykit/bench/kit"
	"partykit/bench/load"
	"partykit/bench/report"
	"partykit/bench/target"
)

// bench is one run.
type bench struct {
	options
	report   *report.Report
	progress *progress
	cache    string // what is built
	work     string // what servers store; removed afterwards
	cpu      int    // the servers' processor; below 0: any
	started  int
}

// measure runs all rows that were asked for.
func measure(ctx context.Context, o options, stderr io.Writer) (*report.Report, error) {
	work, err := os.MkdirTemp("", "partykit-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, err
	}
	cache = filepath.Join(cache, "partykit-bench")
	if err := os.MkdirAll(cache, 0o700); err != nil {
		return nil, err
	}
	b := &bench{
		options: o, cache: cache, work: work, cpu: -1, progress: newProgress(stderr),
		report: &report.Report{Made: time.Now().UTC().Truncate(time.Second), Machine: machine(), Rounds: o.rounds, Players: o.players / o.party * o.party, Party: o.party},
	}
	defer b.progress.done()
	b.report.Machine.Load = loadAverage()
	if b.report.Version, err = kit.Version(ctx, cache); err != nil {
		return nil, err
	}
	for _, r := range rows() {
		if !slices.Contains(o.rows, r.name) && (len(o.rows) > 0 || r.asked) {
			continue
		}
		if err := r.measure(ctx, b); err != nil {
			return nil, fmt.Errorf("%s: %w", r.name, err)
		}
	}
	b.report.Machine.LoadEnd = loadAverage()
	return b.report, nil
}

// apart gives the generator one processor, so that the servers have another for
// themselves. A machine with one only is shared.
func (b *bench) apart() error {
	if b.cpu >= 0 || runtime.NumCPU() < 2 {
		return nil
	}
	var may, ours unix.CPUSet
	if err := unix.SchedGetaffinity(0, &may); err != nil {
		return err
	}
	var first, second = -1, -1
	for i := range len(may) * 64 {
		switch {
		case !may.IsSet(i):
		case first < 0:
			first = i
		case second < 0:
			second = i
		}
	}
	ours.Set(first)
	b.cpu = second
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return err
	}
	for _, t := range tasks { // threads to come inherit it
		id, err := strconv.Atoi(t.Name())
		if err != nil {
			return err
		}
		if err := unix.SchedSetaffinity(id, &ours); err != nil && err != unix.ESRCH {
			return err // one that has ended needs no place
		}
	}
	runtime.GOMAXPROCS(1)
	return nil
}

// prepare builds or installs what systems need. Those that cannot be are noted
// and left out.
func (b *bench) prepare(ctx context.Context, systems []*target.System) []*target.System {
	return slices.DeleteFunc(systems, func(s *target.System) bool {
		if s.Prepare == nil {
			return false
		}
		b.progress.say("preparing %s", s.Name)
		err := s.Prepare(ctx, b.cache)
		if err != nil {
			b.missing(s, err)
		}
		return err != nil
	})
}

func (b *bench) missing(s *target.System, err error) {
	b.progress.tell("%s is left out: %v", s.Name, err)
	b.report.Missing = append(b.report.Missing, report.Missing{System: s.Name, Why: err.Error()})
}

// start runs a server in a folder of its own.
func (b *bench) start(ctx context.Context, s *target.System) (*target.Process, error) {
	if err := b.apart(); err != nil {
		return nil, err
	}
	b.progress.say("starting %s", s.Name)
	b.started++
	return target.Start(ctx, s, b.cache, filepath.Join(b.work, fmt.Sprint(b.started)), b.cpu)
}

// crowd starts a server, and a crowd that has a connection to nothing yet. end ends
// both.
func (b *bench) crowd(ctx context.Context, s *target.System) (p *target.Process, c *load.Crowd, end func(), err error) {
	if p, err = b.start(ctx, s); err != nil {
		return nil, nil, nil, err
	}
	if c, err = load.New(1); err != nil {
		p.Stop()
		return nil, nil, nil, err
	}
	return p, c, func() { c.Close(); p.Stop() }, nil
}

// alone measures PartyKit without others, in each round.
func (b *bench) alone(ctx context.Context, measure func(ctx context.Context, s *target.System, round int) error) error {
	system := kit.System(false)
	if len(b.prepare(ctx, []*target.System{system})) == 0 {
		return nil
	}
	for round := range b.rounds {
		if err := measure(ctx, system, round); err != nil {
			return err
		}
	}
	return nil
}

// meter notes the server's processor time twice: when counting begins, and when
// it ends.
type meter struct {
	process *target.Process
	at      []target.CPU
}

func (m *meter) read() { m.at = append(m.at, m.process.CPU()) }

// used is what the server took between the two.
func (m *meter) used() target.CPU { return m.at[1].Sub(m.at[0]) }

// sample makes one of what a run brought.
func sample(row, system string, round int, r load.Result, used target.CPU) report.Sample {
	s := report.Sample{
		Row: row, System: system, Round: round, Took: r.Took.Seconds(),
		User: used.User.Seconds(), Kernel: used.System.Seconds(), Units: r.Delivered, Lost: r.Lost,
	}
	if r.Latency.Count() > 0 {
		s.P50, s.P99, s.P999 = r.Latency.Quantile(.5).Seconds(), r.Latency.Quantile(.99).Seconds(), r.Latency.Quantile(.999).Seconds()
		s.Max, s.Late = r.Latency.Max().Seconds(), r.Late.Quantile(.99).Seconds()
	}
	return s
}
