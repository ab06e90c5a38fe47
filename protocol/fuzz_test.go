package protocol

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"partykit/party"
)

// seed adds the frames of a file of vectors; those that are padded to a limit
// are left to the tests.
func seed(f *testing.F, name string) {
	for _, v := range vectors(f, name) {
		if v.Pad == 0 {
			f.Add(v.frame(f))
		}
	}
}

// coded checks that a refusal has one of the two codes that a decoder gives,
// and tells nothing but valid text.
func coded(t *testing.T, err error) {
	e, ok := errors.AsType[*party.Error](err)
	if !ok || e.Code != party.BadRequest && e.Code != party.TooLarge || !utf8.ValidString(e.Message()) {
		t.Fatalf("refused with %q", err)
	}
}

// strict checks that what was taken is one JSON object for any other parser.
func strict(t *testing.T, frame []byte) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(frame, &object); err != nil || !utf8.Valid(frame) || len(frame) > MaxText {
		t.Fatalf("took what others do not: %v", err)
	}
}

func FuzzDecodeHello(f *testing.F) {
	seed(f, "hello.json")
	f.Fuzz(func(t *testing.T, frame []byte) {
		hello, err := DecodeHello(frame)
		if err != nil {
			coded(t, err)
			return
		}
		strict(t, frame)
		again, err := DecodeHello(Encode(struct {
			T string `json:"t"`
			Hello
		}{THello, hello}))
		if err != nil && len(frame) < MaxText/8 { // escaping may make it longer
			t.Fatalf("encoded again it is refused: %v", err)
		}
		if err == nil && again.Key != hello.Key {
			t.Fatalf("encoded again the key is %q, was %q", again.Key, hello.Key)
		}
	})
}

// unanswered are the frames that need no id.
var unanswered = []string{TPing, TLoading, TAway}

func FuzzDecodeCommand(f *testing.F) {
	seed(f, "command.json")
	f.Fuzz(func(t *testing.T, frame []byte) {
		command, err := DecodeCommand(frame)
		if err != nil {
			coded(t, err)
			return
		}
		strict(t, frame)
		if command.ID > MaxVarint || command.ID == 0 && !slices.Contains(unanswered, command.T) {
			t.Fatalf("took the id %d", command.ID)
		}
		again, err := DecodeCommand(Encode(command))
		if err != nil && len(frame) < MaxText/8 {
			t.Fatalf("encoded again it is refused: %v", err)
		}
		if err == nil && (again.T != command.T || again.ID != command.ID) {
			t.Fatalf("encoded again it is %+v, was %+v", again, command)
		}
	})
}

func FuzzDecodeMessage(f *testing.F) {
	seed(f, "message.json")
	f.Fuzz(func(t *testing.T, frame []byte) {
		m, err := DecodeMessage(frame)
		if err != nil {
			coded(t, err)
			return
		}
		if again := AppendMessage(nil, m); !bytes.Equal(again, frame) {
			t.Fatalf("two frames mean the same: %x and %x", frame, again)
		}
		if len(m.Payload) > MaxPayload || m.Peer < 0 {
			t.Fatalf("took %d bytes for %d", len(m.Payload), m.Peer)
		}
	})
}

func FuzzDecodeAck(f *testing.F) {
	seed(f, "ack.json")
	f.Fuzz(func(t *testing.T, frame []byte) {
		id, seq, ok := DecodeAck(frame)
		if ok && !bytes.Equal(AppendAck(nil, id, seq), frame) {
			t.Fatalf("two frames mean the same: %x and %x", frame, AppendAck(nil, id, seq))
		}
	})
}

func TestMessagesRoundTrip(t *testing.T) {
	for _, m := range []Message{
		{Channel: 255, Flags: FlagJSON, Peer: 1, Payload: []byte(`{}`)},
		{Peer: 127, Payload: []byte{0}}, {Peer: 128, Payload: []byte{}},
		{Reliable: true, ID: MaxVarint, Flags: FlagJSON | FlagDirect, Payload: make([]byte, MaxPayload)},
	} {
		prefix := []byte("before")
		b := AppendMessage(prefix, m)
		got, err := DecodeMessage(b[len(prefix):])
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(m, got); diff != "" {
			t.Error(diff)
		}
	}
	b := AppendMessage(nil, Message{Payload: []byte("abc")})
	if m, _ := DecodeMessage(b); &m.Payload[0] != &b[len(b)-3] {
		t.Error("the payload was copied")
	}
}

// What a refusal says is shown to people and may be logged at the edge: it
// repeats nothing of what the sender wrote but a short type.
func TestRefusalsRepeatNoSecrets(t *testing.T) {
	const secret = "9f86d081884c7d659a2feaa0c55ad015"
	for _, frame := range []string{
		`{"t":"hello","v":1,"key":"` + secret + `","key":"` + secret + `"}`,
		`{"t":"hello","v":"` + secret + `"}`,
		`{"t":"hello","v":1,"resume":"` + secret + `"}`,
		`{"t":"hello","v":1,"key":"` + secret + "\xff" + `"}`,
		`{"t":"hello","v":1,"key":"` + secret + `"}` + secret,
		`{"t":"hello","v":1,"key":` + secret + `}`,
	} {
		_, err := DecodeHello([]byte(frame))
		if err == nil {
			t.Errorf("took %s", frame)
		} else if bytes.Contains([]byte(err.Error()), []byte(secret[:8])) {
			t.Errorf("the refusal of %s repeats it: %v", frame, err)
		}
	}
}

func TestErrorsFindTheirRequest(t *testing.T) {
	frame := Encode(Error{T: TError, ID: 7, Failure: Failure{Code: party.RateLimited, Message: "wait", RetryAfter: 1.5}})
	const want = `{"t":"error","id":7,"code":"rate_limited","message":"wait","retryAfter":1.5}`
	if string(frame) != want {
		t.Errorf("got %s, want %s", frame, want)
	}
	defer func() {
		if recover() == nil {
			t.Error("a frame of ours that cannot be encoded goes unnoticed")
		}
	}()
	Encode(func() {})
}
