package loop

// lanes are tasks of games, which take turns.
type lanes struct {
	byGame map[string]*lane
	turns  []*lane // those with tasks
}

// lane is the tasks of one game.
type lane struct {
	game  string
	tasks []func()
}

func newLanes() lanes { return lanes{byGame: map[string]*lane{}} }

func (s *lanes) empty() bool { return len(s.turns) == 0 }

func (s *lanes) add(game string, task func()) {
	x := s.byGame[game]
	if x == nil {
		x = &lane{game: game}
		s.byGame[game] = x
		s.turns = append(s.turns, x)
	}
	x.tasks = append(x.tasks, task)
}

// next takes up to so many tasks of the game whose turn it is. A game without tasks
// is forgotten. There must be some.
func (s *lanes) next(most int) []func() {
	x := s.turns[0]
	s.turns = s.turns[1:]
	n := min(len(x.tasks), most)
	tasks := x.tasks[:n:n]
	if x.tasks = x.tasks[n:]; len(x.tasks) > 0 {
		s.turns = append(s.turns, x)
	} else {
		delete(s.byGame, x.game)
	}
	return tasks
}
