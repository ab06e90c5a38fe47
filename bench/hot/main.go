// Command hot counts what the hot paths cost: bytes and allocations, as the
// benchmarks tell them, and instructions, as valgrind counts them. Neither
// depends on how busy or how fast the machine is, so that two runs can be
// compared although they ran on different machines: with benchstat, against the
// counts in baseline.txt.
//
//	go run ./bench/hot > now.txt
//	go tool benchstat bench/hot/baseline.txt now.txt
//
// It needs valgrind. `make hot` installs it and does both.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
)

// hotPaths are the packages whose benchmarks are those of hot paths, and which of
// them are. Where it depends on the moment who waits for whom, and how often
// somebody looks in vain, instructions tell nothing and are not counted.
var hotPaths = []struct {
	dir, which string
	momentary  bool
}{
	{"./party", ".", false}, {"./protocol", ".", false}, {"./internal/limit", ".", false}, {"./internal/ws", ".", false},
	{"./internal/loop", "Echo$", true}, {"./internal/gateway", "FanOut$", false},
	{"./internal/host", "(Volatile|Reliable|Hello)$", false}, {"./internal/landing", "Page", false},
}

const (
	samples = 6   // benchstat wants that many to tell a change from chance
	few     = 500 // iterations of a run that is subtracted, which is mostly start-up
	// enough is how many instructions are counted beside the start-up, which
	// differs by some 200,000 from run to run.
	enough = 50_000_000
	// memoryOnly is how often runs what has no instructions counted.
	memoryOnly = 5_000
)

func main() {
	only := flag.String("bench", ".", "count only benchmarks that match")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, os.Stderr, *only); err != nil {
		fmt.Fprintln(os.Stderr, "hot:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out, progress io.Writer, only string) error {
	if _, err := exec.LookPath("valgrind"); err != nil {
		return errors.New("valgrind counts the instructions, and is not installed: apt-get install valgrind")
	}
	dir, err := os.MkdirTemp("", "partykit-hot")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fmt.Fprintf(out, "goos: %s\ngoarch: %s\n", runtime.GOOS, runtime.GOARCH)
	for i, hot := range hotPaths {
		p := program{dir: hot.dir, path: filepath.Join(dir, strconv.Itoa(i)), momentary: hot.momentary}
		if err := p.build(ctx); err != nil {
			return err
		}
		names, err := p.benchmarks(ctx, hot.which, only)
		if err != nil {
			return err
		}
		if len(names) > 0 {
			fmt.Fprintf(out, "pkg: partykit/%s\n", filepath.Clean(hot.dir))
		}
		for _, name := range names {
			fmt.Fprintf(progress, "%s %s\n", hot.dir, name)
			if err := p.count(ctx, out, name); err != nil {
				return fmt.Errorf("%s of %s: %w", name, hot.dir, err)
			}
		}
	}
	return nil
}

// program is the test binary of one package.
type program struct {
	dir       string
	path      string
	momentary bool
}

func (p program) build(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, "go", "test", "-c", "-o", p.path, p.dir)
	cmd.Stderr = os.Stderr
	return cmd.Run()
}

func (p program) benchmarks(ctx context.Context, which, only string) ([]string, error) {
	list, err := p.run(ctx, p.path, "-test.list", "^Benchmark.*"+which)
	if err != nil {
		return nil, err
	}
	want, err := regexp.Compile(only)
	if err != nil {
		return nil, err
	}
	var names []string
	for name := range bytes.Lines(list) {
		if name := string(bytes.TrimSpace(name)); want.MatchString(name) {
			names = append(names, name)
		}
	}
	return names, nil
}

// count prints the samples of one benchmark, as go test prints them.
func (p program) count(ctx context.Context, out io.Writer, name string) error {
	n, less := memoryOnly, int64(0)
	if !p.momentary {
		var err error
		if less, err = p.instructions(ctx, name, few); err != nil {
			return err
		}
		more, err := p.instructions(ctx, name, 2*few)
		if err != nil {
			return err
		}
		n = iterations((more - less) / few)
	}
	for range samples {
		text, err := p.run(ctx, p.path, arguments(name, n)...)
		if err != nil {
			return err
		}
		space, allocations, err := memory(text)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s\t%d\t%s B/op\t%s allocs/op", name, n, space, allocations)
		if !p.momentary {
			more, err := p.instructions(ctx, name, few+n)
			if err != nil {
				return err
			}
			fmt.Fprintf(out, "\t%d instructions/op", (more-less)/int64(n))
		}
		fmt.Fprintln(out)
	}
	return nil
}

// iterations is how often to run what takes about so many instructions.
func iterations(each int64) int {
	return int(min(max(enough/max(each, 1), 200), 200_000))
}

// instructions counts all that the program does for n iterations. The collector
// is off and there is one processor, so that it does the same every time.
func (p program) instructions(ctx context.Context, name string, n int) (int64, error) {
	text, err := p.run(ctx, "valgrind", append([]string{"--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", p.path}, arguments(name, n)...)...)
	if err != nil {
		return 0, err
	}
	return references(text)
}

func (p program) run(ctx context.Context, name string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1", "GOGC=off")
	text, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, text)
	}
	return text, nil
}

func arguments(name string, n int) []string {
	return []string{"-test.run=^$", "-test.bench=^" + name + "$", "-test.benchmem", fmt.Sprintf("-test.benchtime=%dx", n)}
}

var (
	memoryShape     = regexp.MustCompile(`\s(\d+) B/op\s+(\d+) allocs/op`)
	referencesShape = regexp.MustCompile(`I\s+refs:\s+([\d,]+)`)
)

// memory reads bytes and allocations from the output of a benchmark.
func memory(text []byte) (space, allocations string, err error) {
	m := memoryShape.FindSubmatch(text)
	if m == nil {
		return "", "", fmt.Errorf("no benchmark was printed:\n%s", text)
	}
	return string(m[1]), string(m[2]), nil
}

// references reads the count of instructions from cachegrind's output.
func references(text []byte) (int64, error) {
	m := referencesShape.FindSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("valgrind counted nothing:\n%s", text)
	}
	return strconv.ParseInt(string(bytes.ReplaceAll(m[1], []byte(","), nil)), 10, 64)
}
