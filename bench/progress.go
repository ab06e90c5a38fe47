//go:build linux

package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// progress says what is going on: on a terminal in one line, elsewhere every
// ten seconds.
type progress struct {
	w     io.Writer
	line  bool
	began time.Time
	said  time.Time
}

func newProgress(w io.Writer) *progress {
	p := &progress{w: w, began: time.Now()}
	if f, ok := w.(*os.File); ok {
		_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
		p.line = err == nil
	}
	return p
}

// say tells what is being done now.
func (p *progress) say(format string, args ...any) {
	at := time.Since(p.began).Round(time.Second)
	if p.line {
		fmt.Fprintf(p.w, "\r\x1b[K%v %s", at, fmt.Sprintf(format, args...))
		return
	}
	if time.Since(p.said) > 10*time.Second {
		p.said = time.Now()
		fmt.Fprintf(p.w, "%v %s\n", at, fmt.Sprintf(format, args...))
	}
}

// tell says what is to stay on the screen.
func (p *progress) tell(format string, args ...any) {
	if p.line {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
	fmt.Fprintf(p.w, format+"\n", args...)
}

// done takes the line away.
func (p *progress) done() {
	if p.line {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
