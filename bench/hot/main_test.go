package main

import "testing"

func TestReadsWhatABenchmarkPrints(t *testing.T) {
	text := []byte("pkg: x\nBenchmarkView-2   \t    2000\t      1501 ns/op\t  12.5 bytes/player\t    1488 B/op\t       5 allocs/op\nPASS\n")
	space, allocations, err := memory(text)
	if space != "1488" || allocations != "5" || err != nil {
		t.Errorf("read %s bytes and %s allocations, %v", space, allocations, err)
	}
	if _, _, err := memory([]byte("no tests to run")); err == nil {
		t.Error("nothing was read as something")
	}
}

func TestReadsWhatValgrindCounts(t *testing.T) {
	n, err := references([]byte("==12== \n==12== I   refs:      1,229,268,348\n"))
	if n != 1229268348 || err != nil {
		t.Errorf("read %d, %v", n, err)
	}
	if _, err := references([]byte("==12== Killed")); err == nil {
		t.Error("nothing was read as something")
	}
}

func TestWhatIsCheapRunsMoreOften(t *testing.T) {
	for each, want := range map[int64]int{-20: 200_000, 0: 200_000, 1_000: 50_000, 2_000_000: 200} {
		if got := iterations(each); got != want {
			t.Errorf("what takes %d instructions runs %d times, want %d", each, got, want)
		}
	}
}
