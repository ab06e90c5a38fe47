package landing

import "testing"

func TestMemoForgetsWhatWasNotUsedForLongest(t *testing.T) {
	m := newMemo[string, int](100)
	m.put("a", 1, 40)
	m.put("b", 2, 40)
	m.get("a")
	m.put("c", 3, 40) // b has to go
	m.put("c", 4, 10)
	for key, want := range map[string]int{"a": 1, "b": 0, "c": 4} {
		if got, _ := m.get(key); got != want {
			t.Errorf("%s is %d, want %d", key, got, want)
		}
	}
	if m.bytes != 50 || m.order.Len() != 2 {
		t.Errorf("%d bytes in %d values", m.bytes, m.order.Len())
	}
	m.put("too large", 5, 101)
	if _, ok := m.get("too large"); ok || m.bytes != 0 {
		t.Errorf("more is kept than may be: %d bytes", m.bytes)
	}
}
