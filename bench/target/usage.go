//go:build linux

package target

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of /proc/PID/stat: USER_HZ, which is 100 on every Linux.
const tick = time.Second / 100

// CPU is the processor time that a server has used.
type CPU struct {
	User, System time.Duration
	exact        time.Duration // both, where the kernel tells it
}

// Total is user and system time.
func (c CPU) Total() time.Duration { return c.User + c.System }

// Sub is the time used since an earlier reading. The total is exact to the
// nanosecond as long as no thread has ended; how it splits is as exact as the
// kernel's ticks.
func (c CPU) Sub(before CPU) CPU {
	d := CPU{User: c.User - before.User, System: c.System - before.System, exact: c.exact - before.exact}
	total := d.Total()
	if d.exact < total-2*tick || d.exact <= 0 {
		return d
	}
	share := 0.0
	if total > 0 {
		share = float64(d.User) / float64(total)
	}
	d.User = time.Duration(float64(d.exact) * share)
	d.System = d.exact - d.User
	return d
}

// CPU reads the operating system's accounting of the server and its children.
func (p *Process) CPU() CPU {
	var sum CPU
	for _, pid := range p.tree() {
		fields := stat(pid)
		if fields == nil {
			continue
		}
		sum.User += number(fields[11]) * tick
		sum.System += number(fields[12]) * tick
		threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
		for _, file := range threads {
			b, _ := os.ReadFile(file)
			on, _, _ := strings.Cut(string(b), " ")
			sum.exact += number(on)
		}
	}
	return sum
}

// Resident is the memory of the server and its children that is in RAM, in
// bytes; pages that several share count once for each.
func (p *Process) Resident() int64 {
	var sum int64
	for _, pid := range p.tree() {
		b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
		if fields := strings.Fields(string(b)); len(fields) > 1 {
			sum += int64(number(fields[1])) * int64(os.Getpagesize())
		}
	}
	return sum
}

// tree is the server's process and its descendants.
func (p *Process) tree() []int {
	all := []int{p.cmd.Process.Pid}
	for i := 0; i < len(all); i++ {
		tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", all[i]))
		for _, file := range tasks {
			b, _ := os.ReadFile(file)
			for child := range strings.FieldsSeq(string(b)) {
				all = append(all, int(number(child)))
			}
		}
	}
	return all
}

// stat returns the fields of /proc/PID/stat after the name; nil: no such
// process.
func stat(pid int) []string {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	return strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
}

// ended reports whether a process is a zombie.
func ended(pid int) bool {
	fields := stat(pid)
	return fields == nil || fields[0] == "Z"
}

func number(s string) time.Duration {
	n, _ := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	return time.Duration(n)
}
