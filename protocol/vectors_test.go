package protocol

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partykit/party"
)

// vector is one case of conformance/frames; its README explains the members.
type vector struct {
	About string          `json:"about"`
	Text  string          `json:"text"`
	Hex   string          `json:"hex"`
	Pad   int             `json:"pad"`
	Value json.RawMessage `json:"value"`
	Code  party.Code      `json:"code"`
	ID    uint64          `json:"id"`
}

func (v vector) frame(t testing.TB) []byte {
	t.Helper()
	b, err := hex.DecodeString(v.Hex)
	if err != nil {
		t.Fatalf("%s: %v", v.About, err)
	}
	if v.Hex != "" {
		return append(b, make([]byte, v.Pad)...)
	}
	return append([]byte(v.Text), bytes.Repeat([]byte(" "), v.Pad)...)
}

func vectors(t testing.TB, name string) []vector {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "conformance", "frames", name))
	if err != nil {
		t.Fatal(err)
	}
	var list []vector
	if err := json.Unmarshal(b, &list); err != nil || len(list) == 0 {
		t.Fatalf("%s: %d cases, %v", name, len(list), err)
	}
	return list
}

// check compares what became of a case with what should have.
func (v vector) check(t *testing.T, value any, id uint64, err error) {
	t.Helper()
	var code party.Code
	if e, ok := errors.AsType[*party.Error](err); ok {
		code = e.Code
	} else if err != nil {
		t.Errorf("%s: fails with %v, which has no code", v.About, err)
	}
	if code != v.Code {
		t.Errorf("%s: got %v, want %q", v.About, err, v.Code)
		return
	}
	if v.Code != "" {
		if v.ID != 0 && id != v.ID {
			t.Errorf("%s: the error is for request %d, want %d", v.About, id, v.ID)
		}
		return
	}
	if diff := cmp.Diff(generic(t, v.Value), generic(t, value)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", v.About, diff)
	}
}

// generic is a value as any JSON parser sees it.
func generic(t *testing.T, v any) any {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var out any
	if err := d.Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestHelloVectors(t *testing.T) {
	for _, v := range vectors(t, "hello.json") {
		hello, err := DecodeHello(v.frame(t))
		v.check(t, hello, 0, err)
	}
}

func TestCommandVectors(t *testing.T) {
	for _, v := range vectors(t, "command.json") {
		command, err := DecodeCommand(v.frame(t))
		v.check(t, command, command.ID, err)
	}
}

// Every command of the protocol has a vector, and those that need no id have
// one that brings none.
func TestEveryCommandHasAVector(t *testing.T) {
	taken := map[string]bool{}
	for _, v := range vectors(t, "command.json") {
		if command, err := DecodeCommand(v.frame(t)); err == nil {
			taken[command.T] = true
			if command.ID == 0 != slices.Contains(unanswered, command.T) {
				t.Errorf("%s: %q has the id %d", v.About, command.T, command.ID)
			}
		}
	}
	for _, row := range table(t, "command") {
		for _, name := range quoted(row[0]) {
			if !taken[name] {
				t.Errorf("conformance/frames/command.json has no %s", name)
			}
		}
	}
}

func TestMessageVectors(t *testing.T) {
	for _, v := range vectors(t, "message.json") {
		frame := v.frame(t)
		m, err := DecodeMessage(frame)
		v.check(t, struct {
			Reliable bool   `json:"reliable,omitempty"`
			Channel  byte   `json:"channel,omitempty"`
			Flags    byte   `json:"flags,omitempty"`
			ID       uint64 `json:"id,omitempty"`
			Peer     int    `json:"peer,omitempty"`
			Payload  string `json:"payload,omitempty"`
		}{m.Reliable, m.Channel, m.Flags, m.ID, m.Peer, hex.EncodeToString(m.Payload)}, m.ID, err)
		if err == nil && !bytes.Equal(AppendMessage(nil, m), frame) {
			t.Errorf("%s: encoded again it is %x", v.About, AppendMessage(nil, m))
		}
	}
}

func TestAckVectors(t *testing.T) {
	for _, v := range vectors(t, "ack.json") {
		id, seq, ok := DecodeAck(v.frame(t))
		var err error
		if !ok {
			err = &party.Error{Code: party.BadRequest}
		}
		v.check(t, map[string]uint64{"id": id, "seq": seq}, 0, err)
	}
}
