package host

// remember notes something that is known, in the place of any other when there are
// most already: what is not remembered is read again.
func remember[K comparable, V any](known map[K]V, most int, k K, v V) {
	for other := range known {
		if len(known) < most {
			break
		}
		delete(known, other)
	}
	known[k] = v
}
