//go:build linux

package load

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"

	"partykit/bench/target"
)

// Dial has a new player connect, without waiting for it, and say first once it
// is connected; from then on its codec speaks for it.
func (c *Crowd) Dial(addr netip.AddrPort, codec target.Codec, first []byte) error {
	c.players = append(c.players, player{codec: codec})
	return c.connect(len(c.players)-1, addr, first)
}

// Redial has a player whose connection is gone connect again.
func (c *Crowd) Redial(i int, addr netip.AddrPort, first []byte) error {
	return c.connect(i, addr, first)
}

func (c *Crowd) connect(i int, addr netip.AddrPort, first []byte) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	p := &c.players[i]
	p.fd, p.late = fd, append([]byte(nil), first...)
	if err := unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1); err != nil {
		return err
	}
	if err := leaveFrom(fd, i, addr.Addr()); err != nil {
		return fmt.Errorf("choosing an address: %w", err)
	}
	if err := unix.Connect(fd, &unix.SockaddrInet4{Addr: addr.Addr().As4(), Port: int(addr.Port())}); err != nil && err != unix.EINPROGRESS {
		return fmt.Errorf("connecting: %w", err)
	}
	return c.watch(unix.EPOLL_CTL_ADD, i, unix.EPOLLIN|unix.EPOLLOUT)
}

// fromOneAddress is how many connect to loopback from the same address. Linux
// gives half of the ports of an address, 14,116 by default, to those who connect,
// and from then on looks at all of these each time before it takes another.
const fromOneAddress = 10_000

// leaveFrom has a player beyond so many connect from another loopback address.
func leaveFrom(fd, player int, to netip.Addr) error {
	if player < fromOneAddress || !to.IsLoopback() {
		return nil
	}
	if err := unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1); err != nil {
		return err
	}
	return unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, byte(1 + player/fromOneAddress)}})
}

// OnGone says what the end of a player's connection means. Without it, that all
// is over.
func (c *Crowd) OnGone(f func(player int, err error) error) { c.gone = f }

// Restless has a crowd that waits ask again and again what has come, and not sleep
// until something does. To wake a sleeper is work of the server's, though not where
// players have machines of their own: a fifth of all that a page takes.
func (c *Crowd) Restless() { c.restless = true }

// Run serves the players until told, or until ctx ends, and sends keepalives when
// they are due. Done is asked after each pass.
func (c *Crowd) Run(ctx context.Context, done func() bool) error {
	for !done() {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		if err := c.pass(10 * time.Millisecond); err != nil {
			return err
		}
		if err := c.keep(); err != nil {
			return err
		}
	}
	return nil
}

// RunUntil serves the players until a time, once at least, or until ctx ends.
func (c *Crowd) RunUntil(ctx context.Context, end time.Time) error {
	for {
		if err := c.pass(max(time.Until(end), 0)); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		if !time.Now().Before(end) {
			return nil
		}
	}
}

// Say sends bytes of a player's.
func (c *Crowd) Say(i int, b []byte) error { return c.write(i, b) }
