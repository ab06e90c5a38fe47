package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"testing"
	"testing/fstest"
	"time"
)

func TestAllowance(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	for name, c := range map[string]struct {
		root fstest.MapFS
		want int64
	}{
		"no groups":          {fstest.MapFS{}, 0},
		"no limit":           {fstest.MapFS{"proc/self/cgroup": file("0::/\n"), "sys/fs/cgroup/memory.max": file("max\n")}, 0},
		"a container":        {fstest.MapFS{"proc/self/cgroup": file("0::/\n"), "sys/fs/cgroup/memory.max": file("536870912\n")}, 512 << 20},
		"a service":          {fstest.MapFS{"proc/self/cgroup": file("0::/system.slice/partykit.service\n"), "sys/fs/cgroup/system.slice/partykit.service/memory.max": file("1073741824\n")}, 1 << 30},
		"the tighter counts": {fstest.MapFS{"proc/self/cgroup": file("0::/a/b\n"), "sys/fs/cgroup/a/memory.max": file("1000\n"), "sys/fs/cgroup/a/b/memory.max": file("2000\n")}, 1000},
		"an older system":    {fstest.MapFS{"proc/self/cgroup": file("4:memory:/a\n1:cpu:/a\n")}, 0},
	} {
		if got := allowance(c.root); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

// A small heap grows by what the ballast counts before it is collected, and the
// system has no memory of that. It is looked at in a process of its own, which is as
// fresh as a server's: of what was in use before, Go may clear what it gives again.
func TestBallast(t *testing.T) {
	const fresh = "PARTYKIT_TEST_FRESH"
	if _, err := os.Stat("/proc/self/statm"); err != nil {
		t.Skip("only Linux says so:", err)
	}
	if os.Getenv(fresh) == "" {
		again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestBallast$")
		again.Env = append(os.Environ(), fresh+"=1")
		if out, err := again.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	resident := func() int {
		var pages, all int
		b, err := os.ReadFile("/proc/self/statm")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Sscan(string(b), &all, &pages)
		return pages * os.Getpagesize()
	}
	debug.FreeOSMemory()
	before := resident()
	m := paceCollector(fstest.MapFS{})
	debug.FreeOSMemory()
	if more := resident() - before; more > fullBallast/4 {
		t.Errorf("the ballast takes %d bytes", more)
	}
	var last, now runtime.MemStats
	runtime.ReadMemStats(&last)
	for range fullBallast / 2 >> 10 {
		garbage = make([]byte, 1<<10)
	}
	runtime.ReadMemStats(&now)
	if n := now.NumGC - last.NumGC; n > 1 { // Go collects once in two minutes anyway
		t.Errorf("%d collections of half a ballast of garbage", n)
	}
	if live := m.look().live; live > fullBallast {
		t.Errorf("the ballast counts as %d bytes alive", live)
	}
}

var garbage []byte

// Whose container is small has no ballast, and others' may be filled in spite of it.
func TestBallastWithinALimit(t *testing.T) {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(-1))
	t.Setenv("GOMEMLIMIT", "")
	for most, want := range map[int64]int{200 << 20: 0, 1000 << 20: fullBallast} {
		m := paceCollector(fstest.MapFS{
			"proc/self/cgroup":         {Data: []byte("0::/\n")},
			"sys/fs/cgroup/memory.max": {Data: fmt.Append(nil, most)},
		})
		if got := len(m.ballast); got != want {
			t.Errorf("of %d bytes a ballast of %d, want %d", most, got, want)
		}
		if got, want := debug.SetMemoryLimit(-1), most/10*9+int64(want); got != want {
			t.Errorf("of %d bytes a limit of %d, want %d", most, got, want)
		}
	}
}

func TestWorthTidying(t *testing.T) {
	last := glance{allocated: 1 << 30, live: 40 << 20}
	for name, c := range map[string]struct {
		now  glance
		want bool
	}{
		"a crowd has come and waits": {glance{1<<30 + 1000, 40 << 20, 30 << 20}, true},
		"it is still coming":         {glance{1<<30 + 20<<20, 40 << 20, 30 << 20}, false},
		"there is little to gain":    {glance{1<<30 + 1000, 40 << 20, 9 << 20}, false},
		"a small process":            {glance{1<<30 + 1000, 4 << 20, 7 << 20}, false},
	} {
		if got := c.now.worth(last); got != c.want {
			t.Errorf("%s: %t, want %t", name, got, c.want)
		}
	}
	if (glance{1 << 30, 40 << 20, 30 << 20}).worth(glance{}) {
		t.Error("the first look says how quiet it is")
	}
}

// What was used and is not needed any more goes back to the system, at the
// second look.
func TestTidy(t *testing.T) {
	ticks := make(chan time.Time)
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan bool)
	go func() { new(memory).tidy(ctx, ticks); close(ended) }()
	const much = 128 << 20
	used := make([]byte, much)
	for i := 0; i < much; i += 4096 {
		used[i] = 1
	}
	runtime.KeepAlive(used)
	released := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapReleased
	}
	runtime.GC()
	before, now := released(), time.Now()
	for range 3 { // the third is taken when the second is done
		ticks <- now
	}
	if after := released(); after < before+much/2 {
		t.Errorf("%d bytes were given back, then %d", before, after)
	}
	end()
	<-ended
}
