// Command prove shows at length what every run of the tests shows in short:
// that parties are what their rules say, whoever asks at the same time,
// whatever is cut and whenever the server dies.
//
//	go run ./test/prove            some minutes
//	go run ./test/prove -release   the figures of a release: days
//	go run ./test/prove -only histories
//
// It prints how far it is, and at the end what was proved. It fails if one of
// its parts does.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"
)

func main() {
	release := flag.Bool("release", false, "as long as for a release")
	only := flag.String("only", "", "the parts whose names contain this")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := prove(ctx, *release, *only); err != nil {
		fmt.Fprintln(os.Stderr, "prove:", err)
		os.Exit(1)
	}
}

func prove(ctx context.Context, release bool, only string) error {
	all, err := parts(release)
	if err != nil {
		return err
	}
	var proved, failed []string
	start := time.Now()
	for _, p := range all {
		if !strings.Contains(p.name, only) {
			continue
		}
		began := time.Now()
		fmt.Printf("%s: go %s\n", p.name, strings.Join(p.command(), " "))
		result, err := p.run(ctx)
		if ctx.Err() != nil {
			return fmt.Errorf("stopped in %s", p.name)
		}
		if err != nil {
			failed = append(failed, p.name)
			fmt.Printf("%s FAILED after %v: %v\n", p.name, time.Since(began).Round(time.Second), err)
			continue
		}
		for _, line := range result {
			proved = append(proved, fmt.Sprintf("%s: %s", p.name, line))
		}
		fmt.Printf("%s holds, %v\n", p.name, time.Since(began).Round(time.Second))
	}
	fmt.Printf("\nProved in %v:\n", time.Since(start).Round(time.Second))
	for _, line := range proved {
		fmt.Println("  " + line)
	}
	if len(failed) > 0 {
		return fmt.Errorf("not proved: %s", strings.Join(failed, ", "))
	}
	return nil
}
