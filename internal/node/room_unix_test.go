//go:build unix

package node

import "testing"

func TestConnectionsLeaveFiles(t *testing.T) {
	for files, want := range map[int]int{200: 100, 1024: 512, 4096: 3584, 20_000: 19_488, 1_000_000: 975_000} {
		if got := roomOf(files); got != want {
			t.Errorf("of %d files %d are for connections, want %d", files, got, want)
		}
	}
}
