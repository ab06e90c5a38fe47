package protocol

import (
	"testing"

	"partykit/party"
)

func BenchmarkDecodeVolatile(b *testing.B) {
	frame := AppendMessage(nil, Message{Channel: 3, Peer: 0, Payload: make([]byte, 64)})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DecodeMessage(frame); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendVolatile(b *testing.B) {
	m := Message{Channel: 3, Peer: 2, Payload: make([]byte, 64)}
	out := make([]byte, 0, 128)
	b.ReportAllocs()
	for b.Loop() {
		out = AppendMessage(out[:0], m)
	}
}

func BenchmarkDecodeCommand(b *testing.B) {
	frame := []byte(`{"t":"data","id":7,"patch":{"level":"meadow","wave":12}}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DecodeCommand(frame); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeEvent(b *testing.B) {
	e := party.Entry{Rev: 8, Events: []party.Event{party.Finalized{Player: "gabc", N: 2}}}
	b.ReportAllocs()
	for b.Loop() {
		Encode(Event{T: TEvent, Seq: 42, Rev: e.Rev, At: e.At, Events: e.View()})
	}
}
