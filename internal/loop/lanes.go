package loop

// Lanes hold what waits, in the order in which it came, each in the lane of a
// name. Lanes take turns, so that a name with very much waits for itself. The zero
// Lanes are empty.
type Lanes[T any] struct {
	byName map[string]*lane[T]
	turns  []*lane[T] // those where something waits
}

// lane is what waits under one name.
type lane[T any] struct {
	name  string
	waits []T
}

// Empty reports whether nothing waits.
func (s *Lanes[T]) Empty() bool { return len(s.turns) == 0 }

// Len is how much waits under a name.
func (s *Lanes[T]) Len(name string) int {
	if x := s.byName[name]; x != nil {
		return len(x.waits)
	}
	return 0
}

// Add has something wait under a name.
func (s *Lanes[T]) Add(name string, one T) {
	x := s.byName[name]
	if x == nil {
		if s.byName == nil {
			s.byName = map[string]*lane[T]{}
		}
		x = &lane[T]{name: name}
		s.byName[name] = x
		s.turns = append(s.turns, x)
	}
	x.waits = append(x.waits, one)
}

// Next takes up to so many out of the lane whose turn it is. There must be some.
// They are the caller's to clear: until then memory holds them. A name under which
// nothing waits is forgotten.
func (s *Lanes[T]) Next(most int) []T {
	x := s.turns[0]
	s.turns = s.turns[1:]
	n := min(len(x.waits), most)
	next := x.waits[:n:n]
	if x.waits = x.waits[n:]; len(x.waits) > 0 {
		s.turns = append(s.turns, x)
	} else {
		delete(s.byName, x.name)
	}
	return next
}
