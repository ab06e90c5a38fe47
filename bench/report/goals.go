package report

import (
	"fmt"
	"slices"
)

// A goal is a figure that PartyKit aims at.
type goal struct {
	what  string
	want  float64
	least bool // at least; else at most
	is    func(r *Report) Figures
}

// times is a system's cost as a multiple of the floor's: at saturation of the
// least, at a fixed pace of the medians.
func (r *Report) times(row, system string) Figures {
	ours, theirs := r.Of(row, system, Sample.CPU), r.Of(row, floor, Sample.CPU)
	if row == "saturated" {
		return over(ours, theirs, Figures.Min)
	}
	return over(ours, theirs, Figures.Median)
}

// over divides one figure by another; nil if either is not known.
func over(a, b Figures, of func(Figures) float64) Figures {
	if len(a) == 0 || len(b) == 0 {
		return nil
	}
	return Figures{of(a) / of(b)}
}

// ofFloor is what PartyKit's messages cost.
func ofFloor(row string) func(*Report) Figures {
	return func(r *Report) Figures { return r.times(row, kit) }
}

// less is how many times as much another system takes for a delivery at
// saturation.
func less(system string) func(*Report) Figures {
	return func(r *Report) Figures {
		return over(r.Of("saturated", system, Sample.CPU), r.Of("saturated", kit, Sample.CPU), Figures.Min)
	}
}

// best is the greatest of a row's figure.
func best(row string, figure func(Sample) float64) func(*Report) Figures {
	return func(r *Report) Figures {
		if f := r.Of(row, kit, figure); len(f) > 0 {
			return Figures{f.Max()}
		}
		return nil
	}
}

// ready is how many milliseconds a start takes, with so many parties stored at
// least.
func ready(row string, parties int64) func(*Report) Figures {
	return func(r *Report) Figures {
		f := r.Of(row, kit, func(s Sample) float64 { return s.Took * 1000 })
		if len(f) == 0 || int64(r.Of(row, kit, func(s Sample) float64 { return float64(s.Units) }).Min()) < parties {
			return nil
		}
		return Figures{f.Median()}
	}
}

// greeted is how many players say hello, where they are the most.
func greeted(r *Report) Figures {
	sizes := r.crowdSizes()
	if len(sizes) == 0 {
		return nil
	}
	return best(fmt.Sprint("hello-", slices.Max(sizes)), Sample.PerCPUSecond)(r)
}

// trip is how many milliseconds all but one of a hundred friends wait at most for
// a step.
func trip(row string) func(*Report) Figures {
	return func(r *Report) Figures {
		if f := r.Of(row, kit, p99); len(f) > 0 {
			return Figures{f.Median() * 1000}
		}
		return nil
	}
}

// goals are those that bench can tell.
var goals = []goal{
	{"volatile message at saturation, × floor", 0.75, false, ofFloor("saturated")},
	{"paced, 30,000 deliveries a second, × floor", 1.6, false, ofFloor("paced-30000")},
	{"paced, 6,000 deliveries a second, × floor", 1.4, false, ofFloor("paced-6000")},
	{"p50 at 30,000 deliveries a second, × floor", 1.5, false, func(r *Report) Figures {
		return over(r.Of("paced-30000", kit, p50), r.Of("paced-30000", floor, p50), Figures.Median)
	}},
	{"deliveries for one second of processor time", 230_000, true, best("saturated", Sample.PerCPUSecond)},
	{"times less processor time than centrifuge", 3.5, true, less("centrifuge")},
	{"times less processor time than Colyseus", 4, true, less("colyseus")},
	{"times less processor time than socket.io", 5, true, less("socket.io")},
	{"times less processor time than partyserver", 10, true, less("partyserver")},
	{"reliable message, µs of the processor for one delivery", 14, false, func(r *Report) Figures { return r.Of("reliable", kit+"-reliable", Sample.CPU) }},
	{"bytes resident of an idle player, at 19,000", 2048, false, func(r *Report) Figures { return r.Of("idle-19000", kit, Sample.BytesEach) }},
	{"p99 of the middle one of a window's tenths of a second, beside a game at 20 × its limits, × alone", 1.1, false, func(r *Report) Figures {
		if f := r.beside(); len(f) > 0 {
			return Figures{f.Median()}
		}
		return nil
	}},
	{"players who connect and say hello, for one second of processor time", 8000, true, greeted},
	{"links made a second", 3000, true, best("invites", Sample.PerSecond)},
	{"joins by a link a second", 1000, true, best("joins", Sample.PerSecond)},
	{"joins by a page a second: Start, hold, arrive, finalize", 1000, true, best("arrivals", Sample.PerSecond)},
	{"writes of joins by a link, × as many bare appends", 0.7, true, func(r *Report) Figures { return r.ofAppends("joins", kit) }},
	{"writes of joins by a page, × as many bare appends", 0.7, true, func(r *Report) Figures { return r.ofAppends("arrivals", kit) }},
	{"Start pressed → place held, ms, p99", 20, false, trip("trip-held")},
	{"ticket → member, ms, p99", 20, false, trip("trip-member")},
	{"invite pages for one second of processor time, × nginx", 0.45, true, func(r *Report) Figures {
		return over(r.Of("pages", kit, Sample.PerCPUSecond), r.Of("pages", "nginx", Sample.PerCPUSecond), Figures.Max)
	}},
	{"invite pages for one second of processor time, × Go's HTTP server and the same bytes", 0.75, true, func(r *Report) Figures {
		return over(r.Of("pages", kit, Sample.PerCPUSecond), r.Of("pages", bareHTTP, Sample.PerCPUSecond), Figures.Max)
	}},
	{"invite pages rendered anew, for one second of processor time", 5000, true, best("pages-first", Sample.PerCPUSecond)},
	{"ready with an empty folder, ms, median", 100, false, ready("start-empty", 0)},
	{"ready with a million stored parties after kill -9, ms, median", 10_000, false, ready("start-stored", 1_000_000)},
}

// goals compares what was measured with what is aimed at.
func (r *Report) goals() Table {
	t := Table{Title: "Goals", Note: "At saturation the least counts, of which noise has taken least. At a fixed pace the median: on a busy machine messages come in bunches, which makes the least too good. Figures without × are of this machine.", Head: []string{"goal", "aim", "measured", "met"}}
	for _, g := range goals {
		f := g.is(r)
		if len(f) == 0 {
			continue
		}
		want := fmt.Sprint(g.want)
		if g.want >= 1000 {
			want = whole(g.want)
		}
		is, aim, met := f.Min(), "≤ "+want, "no"
		if g.least {
			aim = "≥ " + want
		}
		if g.least && is >= g.want || !g.least && is <= g.want {
			met = "yes"
		}
		t.Rows = append(t.Rows, []string{g.what, aim, figure(is), met})
	}
	return t
}
