//go:build !linux

package loop

import "errors"

// poller is not there: only on Linux does a loop watch sockets.
type poller struct{}

func (*poller) close()     {}
func (*poller) interrupt() {}
func (*poller) hear(*Loop) {}

// A Watch is a descriptor that a loop looks at, on Linux.
type Watch struct{}

// Watch fails: there is no event-driven reading on this system.
func (l *Loop) Watch(int, Socket) (Watch, error) { return Watch{}, errors.ErrUnsupported }

// Want does nothing.
func (Watch) Want(read, write bool) error { return nil }

// Stop does nothing.
func (Watch) Stop() {}
