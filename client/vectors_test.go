package client

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partykit/party"
	"partykit/protocol"
)

// TestEventVectors runs the cases that every SDK runs.
func TestEventVectors(t *testing.T) {
	files, err := filepath.Glob("../conformance/events/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var v struct {
				About         string
				Before, After party.Snapshot
				Frame         json.RawMessage
			}
			var compact bytes.Buffer // raw values are compared as bytes
			if err := json.Compact(&compact, b); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(compact.Bytes(), &v); err != nil {
				t.Fatal(err)
			}
			before, _ := json.Marshal(v.Before)
			c := &Client{
				party: v.Before, changed: make(chan struct{}), inbox: newInbox(), commands: newOutbox(1), messages: newOutbox(1),
				opts: Options{Resume: &protocol.Resume{}},
			}
			if err := c.text(v.Frame); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(v.After, c.Snapshot()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", v.About, diff)
			}
			if after, _ := json.Marshal(v.Before); string(after) != string(before) {
				t.Error("the snapshot before was changed")
			}
		})
	}
}
