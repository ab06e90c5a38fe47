package main

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
)

// part is one run of go test.
type part struct {
	name string
	args []string // of go test
	pkg  string
	fuzz bool
}

func (p part) command() []string {
	return append([]string{"test", "-json", "-timeout=0", p.pkg}, p.args...)
}

// parts says what is run; a release runs the figures of docs/testing.md.
func parts(release bool) ([]part, error) {
	pick := func(every, released string) string {
		if release {
			return released
		}
		return every
	}
	list := []part{
		{name: "model", pkg: "./party", args: []string{
			"-run=TestHistoriesAgreeWithTheModel", "-rapid.checks=" + pick("4000", "1000000")}},
		{name: "histories", pkg: "./internal/host", args: []string{
			"-run=TestHistoriesAreLinearizable", "-histories=" + pick("60", "1000"), "-operations=" + pick("500", "2000")}},
		{name: "histories under -race", pkg: "./internal/host", args: []string{
			"-race", "-run=TestHistoriesAreLinearizable", "-histories=" + pick("10", "200"), "-operations=" + pick("500", "2000"), "-histories.seed=100000"}},
		{name: "races", pkg: "./internal/host", args: []string{
			"-race", "-run=TestTwoHundredForOneSeat|AtOnce$|TestTakenOut|TestFramesKeepTheirOrder", "-rounds=" + pick("5", "10000")}},
		{name: "cuts", pkg: "./internal/host", args: []string{
			"-run=TestACutAnywhere|TestResumeAfterEveryCut", "-cuts.all"}},
		{name: "commands sent again", pkg: "./internal/host", args: []string{
			"-run=TestResentUpToFiveTimes", "-resends=" + pick("40", "20000")}},
		{name: "stories", pkg: "./internal/host", args: []string{
			"-run=TestRandomStories", "-story.count=" + pick("30", "10000"), "-story.steps=" + pick("150", "500")}},
		{name: "kills", pkg: "./test/faults", args: []string{
			"-run=TestKillUnderLoad", "-cycles=" + pick("25", "10000")}},
	}
	fuzz, err := fuzzTargets()
	if err != nil {
		return nil, err
	}
	for _, p := range fuzz {
		p.args = append(p.args, "-fuzztime="+pick("8s", "100000000x"))
		list = append(list, p)
	}
	return list, nil
}

var fuzzTarget = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`)

// fuzzTargets finds every Fuzz function of the repository.
func fuzzTargets() ([]part, error) {
	var list []part
	err := fs.WalkDir(os.DirFS("."), ".", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "node_modules":
			return fs.SkipDir
		case !strings.HasSuffix(file, "_test.go"):
			return nil
		}
		source, err := os.ReadFile(file)
		for _, m := range fuzzTarget.FindAllSubmatch(source, -1) {
			name := string(m[1])
			list = append(list, part{
				name: "fuzz " + path.Dir(file) + " " + name, pkg: "./" + path.Dir(file), fuzz: true,
				args: []string{"-run=^$", "-fuzz=^" + name + "$"},
			})
		}
		return err
	})
	return list, err
}
