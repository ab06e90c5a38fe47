package node

import (
	"net"
	"time"

	"partykit/internal/loop"
)

const (
	// connectionsAtATime is how many new connections are accepted before those who
	// are in go first.
	connectionsAtATime = 8
	// atLeastEvery is how often so many are let in at least, however busy those are
	// who are in: some thousands a second. It counts up to mostAtOnce times.
	atLeastEvery = time.Millisecond
	mostAtOnce   = 10
)

// doorkeeper accepts connections as an usher lets requests in: those who are in
// go first. What it returns of TCP is a *countedConn.
type doorkeeper struct {
	net.Listener
	door *door
	pace pace
	room int
}

func newDoorkeeper(l net.Listener, d *door) *doorkeeper {
	return &doorkeeper{Listener: l, door: d, pace: pace{idle: new(loop.Idle).Wait}, room: connectionsAtATime}
}

func (d *doorkeeper) Accept() (net.Conn, error) {
	for {
		if d.room == 0 {
			d.room = d.pace.wait(connectionsAtATime)
		}
		d.room--
		conn, err := d.Listener.Accept()
		tcp, ok := conn.(*net.TCPConn)
		if err != nil || !ok {
			return conn, err
		}
		if in := d.door.enter(tcp); in != nil {
			return in, nil
		}
	}
}

// pace is how those who are in go before those who come.
type pace struct {
	idle func() // waits until nobody else has anything to do
}

// wait waits, and says how many then may come if it is so many at a time: where
// those who are in left no room for long, as many as should have come meanwhile.
func (p pace) wait(atATime int) int {
	begun := time.Now()
	p.idle()
	return atATime * min(max(1, int(time.Since(begun)/atLeastEvery)), mostAtOnce)
}
