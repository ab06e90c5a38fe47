package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"partykit/internal/abuse"
	"partykit/internal/engine"
	"partykit/party"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"partykit": main})
}

// TestScripts runs testdata/*.txtar against the program. Beside testscript's
// own commands they have:
//
//	start NAME ARGS…   run partykit ARGS in the background until it serves; $NAME_URL is where
//	quit NAME SIGNAL   send the signal, and expect exit status 0; what it wrote is stdout and stderr
//	kill9 NAME         end it without a chance
//	get URL            fetch; the body is stdout
//	picture FILE       write a PNG
//	busy VAR           listen on a port of this machine; $VAR is its number
//	report GAME TEXT…  put a report for each text into the stopped server's folder data; $REPORT is the last one's id
//	answer NAME STATUS be a game's backend that answers so; $NAME_URL is where
//	told NAME NUMBER   wait until it was told so much more; stdout has the ids and types
//	found URL FILE     make a party by the HTTP API, with the key in the file's first line
//	until PATTERN CMD… run the program again until its stdout matches
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Values["running"] = map[string]*running{}
			e.Values["backends"] = map[string]*backend{}
			e.Setenv("XDG_RUNTIME_DIR", filepath.Join(e.WorkDir, "runtime"))
			e.Setenv("XDG_STATE_HOME", filepath.Join(e.WorkDir, "state"))
			return os.Mkdir(filepath.Join(e.WorkDir, "runtime"), 0o700)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"start": start, "quit": quit, "kill9": kill9, "get": get, "picture": picture, "busy": busy, "json": isJSON, "report": report,
			"answer": answer, "told": told, "found": found, "until": until,
		},
	})
}

// running is a partykit in the background.
type running struct {
	cmd    *exec.Cmd
	out    sync.WaitGroup
	mu     sync.Mutex
	stdout bytes.Buffer
	stderr bytes.Buffer
	url    chan string
}

var urlShape = regexp.MustCompile(`(?:Play +|msg=serving url="?)(https?://[^\s"]*?)(?:/play)?"?(?:\s|$)`)

// listen copies a stream and looks for the address that it tells.
func (r *running) listen(from io.Reader, into *bytes.Buffer) {
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		r.mu.Lock()
		fmt.Fprintln(into, lines.Text())
		r.mu.Unlock()
		if m := urlShape.FindStringSubmatch(lines.Text()); m != nil {
			select {
			case r.url <- m[1]:
			default:
			}
		}
	}
}

func start(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: start NAME ARGS…")
	}
	r := &running{cmd: exec.Command("partykit", args[1:]...), url: make(chan string, 1)}
	r.cmd.Dir = ts.Getenv("WORK")
	r.cmd.Env = append(os.Environ(), "HOME="+ts.Getenv("HOME"), "XDG_RUNTIME_DIR="+ts.Getenv("XDG_RUNTIME_DIR"), "XDG_STATE_HOME="+ts.Getenv("XDG_STATE_HOME"))
	stdout, err := r.cmd.StdoutPipe()
	ts.Check(err)
	stderr, err := r.cmd.StderrPipe()
	ts.Check(err)
	ts.Check(r.cmd.Start())
	ts.Defer(func() { r.cmd.Process.Kill(); r.out.Wait(); r.cmd.Wait() })
	r.out.Go(func() { r.listen(stdout, &r.stdout) })
	r.out.Go(func() { r.listen(stderr, &r.stderr) })
	ended := make(chan struct{})
	go func() { r.out.Wait(); close(ended) }()
	select {
	case url := <-r.url:
		ts.Setenv(args[0]+"_URL", url)
	case <-ended:
		ts.Fatalf("it ended instead of serving:\n%s%s", &r.stdout, &r.stderr)
	}
	ts.Value("running").(map[string]*running)[args[0]] = r
}

func quit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: quit NAME SIGNAL")
	}
	signal := map[string]os.Signal{"TERM": syscall.SIGTERM, "INT": os.Interrupt}[args[1]]
	r := ts.Value("running").(map[string]*running)[args[0]]
	ts.Check(r.cmd.Process.Signal(signal))
	r.out.Wait()
	if err := r.cmd.Wait(); err != nil {
		ts.Fatalf("after %s: %v\n%s%s", args[1], err, &r.stdout, &r.stderr)
	}
	fmt.Fprint(ts.Stdout(), r.stdout.String())
	fmt.Fprint(ts.Stderr(), r.stderr.String())
}

func kill9(ts *testscript.TestScript, neg bool, args []string) {
	r := ts.Value("running").(map[string]*running)[args[0]]
	ts.Check(r.cmd.Process.Kill())
	r.out.Wait()
	r.cmd.Wait()
}

func get(ts *testscript.TestScript, neg bool, args []string) {
	r, err := http.Get(args[0])
	ts.Check(err)
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	ts.Check(err)
	if (r.StatusCode >= 400) != neg {
		ts.Fatalf("%s answers %s", args[0], r.Status)
	}
	ts.Stdout().Write(body)
}

func picture(ts *testscript.TestScript, neg bool, args []string) {
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	img := image.NewRGBA(image.Rect(0, 0, 64, 32))
	img.Set(3, 3, color.White)
	ts.Check(png.Encode(f, img))
	ts.Check(f.Close())
}

func busy(ts *testscript.TestScript, neg bool, args []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { l.Close() })
	ts.Setenv(args[0], fmt.Sprint(l.Addr().(*net.TCPAddr).Port))
}

// report stores what no server of ours would: text as hostile as it may be.
func report(ts *testscript.TestScript, neg bool, args []string) {
	e, err := engine.Open(context.Background(), engine.Options{Dir: ts.MkAbs("data"), Logger: slog.New(slog.DiscardHandler)})
	ts.Check(err)
	defer e.Close()
	node, err := e.Connect("test")
	ts.Check(err)
	defer node.Close()
	for _, quoted := range args[1:] {
		text, err := strconv.Unquote(`"` + quoted + `"`)
		ts.Check(err)
		at := party.At(time.Now())
		x := abuse.Report{
			ID: abuse.NewID(at), Game: party.GameID(args[0]), Party: "pabc", At: at, Reason: text,
			By: abuse.Person{Player: "gada", N: 1, Name: "Ada " + text}, About: abuse.Person{Player: "gbob", N: 2, Name: "Bob " + text},
			Chat: []abuse.Line{{N: 2, Name: "Bob " + text, Text: "bad words " + text, At: at}},
		}
		ts.Check(abuse.Reports{Node: node}.Add(context.Background(), x.ID, x))
		ts.Setenv("REPORT", x.ID)
	}
}

func isJSON(ts *testscript.TestScript, neg bool, args []string) {
	if json.Valid([]byte(ts.ReadFile(args[0]))) == neg {
		ts.Fatalf("%s: JSON is %t", args[0], neg)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan int)
	go func() {
		ended <- Run(ctx, []string{"dev", "--listen", "127.0.0.1:0", "--data", t.TempDir()}, in, io.Discard)
		in.Close()
	}()
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.Contains(lines.Text(), "Ctrl-C") {
	}
	go io.Copy(io.Discard, out)
	cancel()
	if status := <-ended; status != 0 {
		t.Errorf("exit status %d", status)
	}
}

// TestSecondSignalExitsAtOnce sends two signals to a process whose shutdown is
// held up by a client that never ends its request.
func TestSecondSignalExitsAtOnce(t *testing.T) {
	cmd := exec.Command("partykit", "dev", "--listen", "127.0.0.1:0", "--data", t.TempDir(), "--log-level", "info")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		if m := regexp.MustCompile(`msg=serving .*listen=(\S+)`).FindStringSubmatch(lines.Text()); m != nil {
			slow, err := net.Dial("tcp", m[1])
			if err != nil {
				t.Fatal(err)
			}
			defer slow.Close()
			// A download holds the shutdown up, for some seconds.
			fmt.Fprintf(slow, "GET /play/pack/meadow.bin?kbps=256 HTTP/1.1\r\nHost: localhost\r\n\r\n")
			if status, err := bufio.NewReader(slow).ReadString('\n'); err != nil || !strings.Contains(status, "200 OK") {
				t.Fatalf("the download begins with %q, %v", status, err)
			}
			cmd.Process.Signal(syscall.SIGTERM)
		}
		if strings.Contains(lines.Text(), "msg=stopping") {
			cmd.Process.Signal(syscall.SIGTERM)
			break
		}
	}
	start := time.Now()
	io.Copy(io.Discard, stderr)
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 130 {
		t.Errorf("exit status %d after %v; want 130", code, time.Since(start))
	}
}
