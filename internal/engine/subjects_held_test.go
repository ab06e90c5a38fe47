package engine

import (
	"maps"
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
)

// Subjects are the subjects under which the logs and the snapshots hold
// something, with how much.
func Subjects(t testing.TB, e *Engine) map[string]uint64 {
	t.Helper()
	conn, err := e.dial()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	held := map[string]uint64{}
	names := js.StreamNames(t.Context())
	for name := range names.Name() {
		if !strings.HasPrefix(name, streamTitles[nsLog]) && !strings.HasPrefix(name, streamTitles[nsSnapshots]) {
			continue
		}
		stream, err := js.Stream(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		info, err := stream.Info(t.Context(), jetstream.WithSubjectFilter(">"))
		if err != nil {
			t.Fatal(err)
		}
		maps.Copy(held, info.State.Subjects)
	}
	if err := names.Err(); err != nil {
		t.Fatal(err)
	}
	return held
}
