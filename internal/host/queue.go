package host

import "slices"

// jobs are what waits for its turn in a party. Those of members, of the game's
// backend and of time start in the order in which they came, those of visitors
// in theirs, and where there are both they take turns. So a crowd at the door
// waits for itself, and who is in does not wait for it.
type jobs struct {
	own      []*job
	visitors []*job
	visited  bool // the last was a visitor's
	visits   int  // visitors' since everybody else last had a turn, or none waited
}

func (q *jobs) len() int { return len(q.own) + len(q.visitors) }

func (q *jobs) add(j *job) {
	of := q.of(j)
	*of = append(*of, j)
}

// again has a job be the next of its kind.
func (q *jobs) again(j *job) {
	of := q.of(j)
	*of = slices.Insert(*of, 0, j)
}

func (q *jobs) of(j *job) *[]*job {
	if j.visitor {
		return &q.visitors
	}
	return &q.own
}

// next takes the job whose turn it is, or returns nil: there is none, or there were
// so many of visitors that everybody else has a turn before the next.
func (q *jobs) next() *job {
	from := &q.own
	if q.visits < pagesAtOnce && len(q.visitors) > 0 && (len(q.own) == 0 || !q.visited) {
		from = &q.visitors
	}
	if len(*from) == 0 {
		return nil
	}
	j := (*from)[0]
	(*from)[0] = nil
	*from = (*from)[1:]
	if q.visited = j.visitor; q.visited {
		if q.visits++; len(q.visitors) == 0 {
			q.visits = 0
		}
	}
	return j
}

// take takes those out that are asked for.
func (q *jobs) take(which func(*job) bool) (taken []*job) {
	for _, of := range []*[]*job{&q.own, &q.visitors} {
		*of = slices.DeleteFunc(*of, func(j *job) bool {
			yes := which(j)
			if yes {
				taken = append(taken, j)
			}
			return yes
		})
	}
	return taken
}

// first lists the oldest of each kind that is not answered yet.
func (q *jobs) first() (found []*job) {
	for _, of := range [][]*job{q.own, q.visitors} {
		if i := slices.IndexFunc(of, func(j *job) bool { return j.done != nil }); i >= 0 {
			found = append(found, of[i])
		}
	}
	return found
}
