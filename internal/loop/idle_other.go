//go:build !linux

package loop

import "runtime"

type idleBell struct{}

// Wait lets those go first that can run.
func (i *Idle) Wait() { runtime.Gosched() }
