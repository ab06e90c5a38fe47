//go:build linux

package peers

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partykit/bench/target"
	"partykit/bench/wire"
)

// frame is a frame of a server's.
func frame(op byte, payload string) string {
	return string([]byte{0x80 | op, byte(len(payload))}) + payload
}

// sent is the payload of a frame of a client's.
func sent(t *testing.T, b []byte) string {
	t.Helper()
	if len(b) < 6 || b[1]&0x80 == 0 || int(b[1]&0x7f) != len(b)-6 {
		t.Fatalf("not a short frame of a client's: %q", b)
	}
	for i := range b[6:] {
		b[6+i] ^= b[2+i%4]
	}
	return string(b[6:])
}

func codecs() map[string]func() target.Codec {
	return map[string]func() target.Codec{
		"socket.io":   func() target.Codec { return socketCodec{} },
		"colyseus":    func() target.Codec { return colyseusCodec{} },
		"partyserver": func() target.Codec { return plainCodec{} },
		"centrifuge":  func() target.Codec { return &centrifugeCodec{channel: []byte("7"), commands: 2} },
	}
}

// The bytes are what each server was seen to take and to send.
func TestCodecs(t *testing.T) {
	const (
		publication = "\x0e\x22\x0c\x12\x017\x22\x07\x22\x05hello" // {push: {channel: "7", pub: {data: "hello"}}}
		published   = "\x04\x08\x03\x42\x00"                       // {id: 3, publish: {}}
	)
	for _, tt := range []struct {
		name, codec string
		own         string // sent before
		in          string
		want        string // delivered, with commas between
		reply       string // the payload of the frame that answers
		wrong       string // a part of the error
	}{
		{name: "a message", codec: "socket.io", in: frame(wire.Binary, "\x83\xa4type\x02\xa4data\x92\xa1m\xc4\x05hello\xa3nsp\xa1/"), want: "hello"},
		{name: "a ping", codec: "socket.io", in: frame(wire.Text, "2"), reply: "3"},
		{name: "another event", codec: "socket.io", in: frame(wire.Binary, "\x83\xa4type\x02\xa4data\x92\xa1x\xc4\x05hello\xa3nsp\xa1/"), wrong: "not a message"},
		{name: "a wrong length", codec: "socket.io", in: frame(wire.Binary, "\x83\xa4type\x02\xa4data\x92\xa1m\xc4\x04hello\xa3nsp\xa1/"), wrong: "not a message"},
		{name: "a message", codec: "colyseus", in: frame(wire.Binary, "\x11\x00hello"), want: "hello"},
		{name: "an error", codec: "colyseus", in: frame(wire.Binary, "\x0b\xcd\x0e\x02\xa4what"), wrong: "not a message"},
		{name: "two messages", codec: "partyserver", in: frame(wire.Binary, "hello") + frame(wire.Binary, "there"), want: "hello,there"},
		{name: "a ping of the WebSocket's", codec: "partyserver", in: frame(wire.Ping, "still there?"), reply: "still there?"},
		{name: "the end", codec: "partyserver", in: frame(wire.Close, "\x03\xe9bye"), wrong: "1001 bye"},
		{name: "a message", codec: "centrifuge", in: frame(wire.Binary, publication), want: "hello"},
		{name: "one's own, and another's like it", codec: "centrifuge", own: "hello", in: frame(wire.Binary, publication+published+publication), want: "hello"},
		{name: "a ping", codec: "centrifuge", in: frame(wire.Binary, "\x00"), reply: "\x00"},
		{name: "a refusal", codec: "centrifuge", in: frame(wire.Binary, "\x07\x08\x03\x12\x03\x12\x01!"), wrong: "refused"},
		{name: "half a message", codec: "centrifuge", in: frame(wire.Binary, publication[:9]), wrong: "Protocol Buffers"},
	} {
		t.Run(tt.codec+": "+tt.name, func(t *testing.T) {
			codec := codecs()[tt.codec]()
			if tt.own != "" {
				codec.AppendSend(nil, []byte(tt.own))
			}
			var sink target.Sink
			used, err := codec.Read([]byte(tt.in+"\x82"), &sink)
			if tt.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wrong) {
					t.Errorf("the error is %v; want %q in it", err, tt.wrong)
				}
				return
			}
			if err != nil || used != len(tt.in) {
				t.Errorf("used %d of %d bytes: %v", used, len(tt.in), err)
			}
			if got := string(bytes.Join(sink.Payloads, []byte(","))); got != tt.want {
				t.Errorf("delivered %q, want %q", got, tt.want)
			}
			reply := ""
			if len(sink.Reply) > 0 {
				reply = sent(t, sink.Reply)
			}
			if reply != tt.reply {
				t.Errorf("replied %q, want %q", reply, tt.reply)
			}
		})
	}
}

func TestWhatClientsSend(t *testing.T) {
	got := map[string]string{}
	for name, codec := range codecs() {
		got[name] = sent(t, codec().AppendSend(nil, []byte("hello")))
	}
	want := map[string]string{
		"socket.io":   "\x83\xa4type\x02\xa4data\x92\xa1m\xc4\x05hello\xa3nsp\xa1/",
		"colyseus":    "\x11\x00hello",
		"partyserver": "hello",
		"centrifuge":  "\x0e\x08\x03\x3a\x0a\x0a\x017\x12\x05hello", // {id: 3, publish: {channel: "7", data: "hello"}}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Whatever a server sends, a codec uses no more than there is, and delivers
// nothing that was not there.
func FuzzCodecs(f *testing.F) {
	f.Add([]byte(frame(wire.Binary, "\x0e\x22\x0c\x12\x017\x22\x07\x22\x05hello")))
	f.Add([]byte(frame(wire.Binary, "\x83\xa4type\x02\xa4data\x92\xa1m\xc4\x05hello\xa3nsp\xa1/")))
	f.Add([]byte(frame(wire.Binary, "\x11\x00hello") + frame(wire.Ping, "")))
	f.Add([]byte(frame(wire.Binary, "\x22\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")))
	f.Fuzz(func(t *testing.T, b []byte) {
		for name, codec := range codecs() {
			var sink target.Sink
			used, _ := codec().Read(bytes.Clone(b), &sink)
			if used < 0 || used > len(b) {
				t.Errorf("%s used %d of %d bytes", name, used, len(b))
			}
			for _, payload := range sink.Payloads {
				if !bytes.Contains(b[:used], payload) {
					t.Errorf("%s delivered %q", name, payload)
				}
			}
		}
	})
}
