package wire

import (
	"bytes"
	"crypto/tls"
	"net"
	"net/http/httptest"
	"testing"

	"partykit/bench/target"
)

// lines is a codec whose messages end with a line; "?" is answered.
type lines struct{}

func (lines) AppendSend(b, payload []byte) []byte { return append(append(b, payload...), '\n') }
func (lines) AppendKeepalive(b []byte) []byte     { return append(b, "still here\n"...) }
func (lines) Read(b []byte, s *target.Sink) (used int, err error) {
	for {
		i := bytes.IndexByte(b[used:], '\n')
		if i < 0 {
			return used, nil
		}
		line := b[used : used+i]
		used += i + 1
		if string(line) == "?" {
			s.Reply = append(s.Reply, "!\n"...)
			continue
		}
		s.Deliver(line)
	}
}

// What the server encrypts is read however it comes in pieces, and what the
// codec says arrives there.
func TestSecureSpeaksTLSWithoutASocket(t *testing.T) {
	web := httptest.NewTLSServer(nil) // for its certificate
	defer web.Close()
	ours, theirs := net.Pipe()
	between := &seam{Conn: ours}
	client := tls.Client(between, &tls.Config{InsecureSkipVerify: true})
	server := tls.Server(theirs, web.TLS)
	shaken := make(chan error)
	go func() { shaken <- server.Handshake() }()
	if err := client.Handshake(); err != nil {
		t.Fatal(err)
	}
	if err := <-shaken; err != nil {
		t.Fatal(err)
	}
	c := &Client{Conn: client, seam: between}
	link := c.Link(lines{})
	if link.Conn != ours {
		t.Error("it hands over another connection than its socket")
	}

	go func() {
		server.Write([]byte("one\n?\ntw"))
		server.Write([]byte("o\n"))
	}()
	var got [][]byte
	var sink target.Sink
	for b := make([]byte, 1); len(got) < 2; {
		if _, err := ours.Read(b); err != nil {
			t.Fatal(err)
		}
		sink.Reset()
		if used, err := link.Codec.Read(b, &sink); err != nil || used != 1 {
			t.Fatal(used, err)
		}
		for _, p := range sink.Payloads {
			got = append(got, bytes.Clone(p))
		}
		if len(sink.Reply) > 0 {
			go ours.Write(bytes.Clone(sink.Reply))
			if answer := hear(t, server); answer != "!\n" {
				t.Errorf("%q was answered", answer)
			}
		}
	}
	if string(bytes.Join(got, []byte("|"))) != "one|two" {
		t.Errorf("read %q", got)
	}
	go ours.Write(link.Codec.AppendKeepalive(link.Codec.AppendSend([]byte(nil), []byte("hello"))))
	if said := hear(t, server) + hear(t, server); said != "hello\nstill here\n" {
		t.Errorf("%q was said", said)
	}
}

func hear(t *testing.T, c *tls.Conn) string {
	t.Helper()
	b := make([]byte, 100)
	n, err := c.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(b[:n])
}
