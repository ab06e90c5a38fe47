package wire

import (
	"crypto/tls"
	"errors"
	"net"
	"os"

	"partykit/bench/target"
)

// secure is a codec whose bytes are encrypted by a TLS connection that was set
// up over a socket, and from then on sees only what the load generator reads
// and writes.
type secure struct {
	target.Codec
	conn  *tls.Conn
	seam  *seam
	plain []byte // decrypted; from used on not used yet
	used  int
	out   []byte
}

// seam stands between TLS and its socket, and comes between the two once the
// connection is handed over.
type seam struct {
	net.Conn
	over    bool // it was
	in, out []byte
}

// Read fails in a way that may be tried again when nothing is left.
func (s *seam) Read(b []byte) (int, error) {
	switch {
	case !s.over:
		return s.Conn.Read(b)
	case len(s.in) == 0:
		return 0, os.ErrDeadlineExceeded
	}
	n := copy(b, s.in)
	s.in = s.in[n:]
	return n, nil
}

func (s *seam) Write(b []byte) (int, error) {
	if !s.over {
		return s.Conn.Write(b)
	}
	s.out = append(s.out, b...)
	return len(b), nil
}

// seal appends what is on the wire for plain.
func (s *secure) seal(b, plain []byte) []byte {
	s.seam.out = b
	if _, err := s.conn.Write(plain); err != nil {
		panic("wire: " + err.Error()) // into memory, of a connection that is open
	}
	return s.seam.out
}

func (s *secure) AppendSend(b, payload []byte) []byte {
	s.out = s.Codec.AppendSend(s.out[:0], payload)
	return s.seal(b, s.out)
}

func (s *secure) AppendKeepalive(b []byte) []byte {
	s.out = s.Codec.AppendKeepalive(s.out[:0])
	return s.seal(b, s.out)
}

// Read keeps what is not a whole record, or not a whole frame, itself.
func (s *secure) Read(b []byte, sink *target.Sink) (used int, err error) {
	s.plain = append(s.plain[:0], s.plain[s.used:]...)
	s.used, s.seam.in = 0, b
	for err == nil {
		if cap(s.plain)-len(s.plain) < 512 {
			s.plain = append(s.plain, make([]byte, 4096)...)[:len(s.plain)]
		}
		var n int
		n, err = s.conn.Read(s.plain[len(s.plain):cap(s.plain)])
		s.plain = s.plain[:len(s.plain)+n]
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return 0, err
	}
	said := len(sink.Reply)
	s.used, err = s.Codec.Read(s.plain, sink)
	if len(sink.Reply) > said {
		s.out = append(s.out[:0], sink.Reply[said:]...)
		sink.Reply = s.seal(sink.Reply[:said], s.out)
	}
	return len(b), err
}
