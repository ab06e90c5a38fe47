package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// kit is the system that all of this is about, secure the same with TLS, floor
// the one that messages are compared with, and bareHTTP what pages are, beside
// nginx.
const (
	kit      = "partykit"
	secure   = "partykit-tls"
	floor    = "raw-c"
	bareHTTP = "net/http"
)

// messageRows are the ways in which messages are measured.
var messageRows = []struct{ row, head string }{
	{"saturated", "saturated"}, {"paced-30000", "30,000/s"}, {"paced-6000", "6,000/s"},
}

// Tables are those that there are samples for.
func (r *Report) Tables() []Table {
	all := []Table{
		r.costs(), r.paces(), r.reliable(), r.durable(), r.trips(), r.crowds(), r.neighbours(), r.many(), r.greetings(), r.pages(), r.kills(), r.starts(), r.goals(),
	}
	return slices.DeleteFunc(all, func(t Table) bool { return len(t.Rows) == 0 })
}

// costs are what a message takes of the processor.
func (r *Report) costs() Table {
	t := Table{
		Title: "Processor time for one delivery",
		Note:  fmt.Sprintf("µs, least / median of the rounds; × floor: the least by the floor's least; the median by its median. %s players in parties of %d.", thousands(float64(r.Players)), r.Party),
		Head:  []string{"system"},
	}
	for _, m := range messageRows {
		t.Head = append(t.Head, m.head, "× floor")
	}
	for _, s := range r.Systems("saturated") {
		row := []string{s}
		for _, m := range messageRows {
			cpu, base := r.Of(m.row, s, Sample.CPU), r.Of(m.row, floor, Sample.CPU)
			switch {
			case len(cpu) == 0:
				row = append(row, "–", "–")
			case len(base) == 0:
				row = append(row, figure(cpu.Min())+" / "+figure(cpu.Median()), "–")
			default:
				row = append(row, figure(cpu.Min())+" / "+figure(cpu.Median()),
					fmt.Sprintf("%.2f; %.2f", cpu.Min()/base.Min(), cpu.Median()/base.Median()))
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// paces are how fast and how late messages are.
func (r *Report) paces() Table {
	t := Table{
		Title: "Deliveries a second, and how late they are",
		Note:  "At saturation: for one second of processor time, and as it was. At a fixed pace: latency from when a message was due; how late the generator itself was with 99 % of what it sent stands last. The best round of each.",
		Head:  []string{"system", "/s of CPU", "/s", "30,000/s: p50", "p99", "6,000/s: p50", "p99", "lost", "generator"},
	}
	for _, s := range r.Systems("saturated") {
		row := []string{s, thousands(r.Of("saturated", s, Sample.PerCPUSecond).Max()), thousands(r.Of("saturated", s, Sample.PerSecond).Max())}
		var lost float64
		for _, m := range messageRows {
			if of := r.Of(m.row, s, func(s Sample) float64 { return float64(s.Lost) }); len(of) > 0 {
				lost += of.Max()
			}
		}
		for _, m := range messageRows[1:] {
			p50, p99 := r.Of(m.row, s, p50), r.Of(m.row, s, p99)
			if len(p50) == 0 {
				row = append(row, "–", "–")
				continue
			}
			row = append(row, duration(p50.Min()), duration(p99.Min()))
		}
		late := "–"
		if of := r.Of("paced-30000", s, func(s Sample) float64 { return s.Late }); len(of) > 0 {
			late = duration(of.Min())
		}
		t.Rows = append(t.Rows, append(row, fmt.Sprint(lost), late))
	}
	return t
}

func p50(s Sample) float64 { return s.P50 }
func p99(s Sample) float64 { return s.P99 }

// reliable is what durable messages take.
func (r *Report) reliable() Table {
	t := Table{
		Title: "Reliable messages",
		Note:  "On disk, in order, before they are delivered. µs of the processor for one delivery; deliveries a second, the best round.",
		Head:  []string{"system", "least", "median", "of it user", "/s"},
	}
	for _, s := range r.Systems("reliable") {
		cpu := r.Of("reliable", s, Sample.CPU)
		user := r.Of("reliable", s, func(s Sample) float64 { return s.User / float64(s.Units) * 1e6 })
		t.Rows = append(t.Rows, []string{s, figure(cpu.Min()), figure(cpu.Median()), figure(user.Median()), thousands(r.Of("reliable", s, Sample.PerSecond).Max())})
	}
	return t
}

// writes are how many wait for the disk before one of a row is done: a link's code
// and its event; a member's event and that it is in; of who comes by a page also the
// ticket, the place, and that the ticket is spent.
var writes = map[string]int{"appends": 1, "invites": 2, "joins": 2, "arrivals": 5}

// ofAppends is how many writes of a row there are in a second, as a multiple of
// bare appends to the engine.
func (r *Report) ofAppends(row, system string) Figures {
	appends := r.Of("appends", "engine", Sample.PerSecond)
	if writes[row] == 0 {
		return nil
	}
	return over(r.Of(row, system, func(s Sample) float64 { return s.PerSecond() * float64(writes[row]) }), appends, Figures.Max)
}

// durable is what stands on disk before it is answered.
func (r *Report) durable() Table {
	t := Table{
		Title: "Links and joins",
		Note:  "On disk before they are answered, 64 players at a time, to parties of four in the end. Between opening its page and pressing Start a friend looks at it for two seconds, which are not in it. The best round. Writes are those of one that wait for the disk; the last column is how many there are in a second, as a multiple of the bare appends of the same run.",
		Head:  []string{"what", "/s", "/s of CPU", "writes", "× bare appends"},
	}
	for _, d := range []struct{ row, system, what string }{
		{"appends", "engine", "bare append to the engine"}, {"invites", kit, "link made"}, {"joins", kit, "join by a link, and finalize"},
		{"opens", kit, "invite page opened, and its live connection"},
		{"arrivals", kit, "Start pressed, place held, arrival in the game, and finalize"},
	} {
		perSecond, perCPU := r.Of(d.row, d.system, Sample.PerSecond), r.Of(d.row, d.system, Sample.PerCPUSecond)
		if len(perSecond) == 0 {
			continue
		}
		row := []string{d.what, thousands(perSecond.Max()), thousands(perCPU.Max()), "–", "–"}
		if worth := r.ofAppends(d.row, d.system); len(worth) > 0 {
			row[3], row[4] = fmt.Sprint(writes[d.row]), figure(worth.Max())
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// trips are how long one friend waits for what is durable.
func (r *Report) trips() Table {
	t := Table{
		Title: "One friend's way in",
		Note:  "One after another on a server that does nothing else, each from one message to its answer, on disk before it is given. Of p50 and p99 the median of the rounds. The page was seen for two seconds before.",
		Head:  []string{"step", "p50", "p99", "slowest"},
	}
	for _, d := range []struct{ row, what string }{
		{"trip-ticket", "Start pressed → ticket"}, {"trip-held", "Start pressed → the page shows the place as held"}, {"trip-member", "ticket → member"},
	} {
		if half := r.Of(d.row, kit, p50); len(half) > 0 {
			t.Rows = append(t.Rows, []string{d.what, duration(half.Median()), duration(r.Of(d.row, kit, p99).Median()), duration(r.Of(d.row, kit, func(s Sample) float64 { return s.Max }).Max())})
		}
	}
	return t
}

// crowds are what waiting players take, and whether others notice.
func (r *Report) crowds() Table {
	t := Table{
		Title: "A crowd that waits",
		Note:  fmt.Sprintf("What one who waits takes; and %s players who are delivered 6,000 messages a second, before the crowd came and among it. The best round of each.", thousands(float64(r.Players))),
		Head:  []string{"players", "bytes each", "CPU each, µs/s", "p50 before", "p50 among", "p99 before", "p99 among", "CPU/delivery before", "among"},
	}
	for _, n := range r.crowdSizes() {
		for _, system := range []string{kit, secure} {
			if len(r.Of(fmt.Sprint("among-", n), system, p50)) == 0 {
				continue
			}
			is := func(row string, of func(Sample) float64) float64 {
				return r.Of(fmt.Sprint(row, "-", n), system, of).Min()
			}
			players := thousands(float64(n))
			if system == secure {
				players += ", TLS"
			}
			t.Rows = append(t.Rows, []string{
				players, thousands(is("idle", Sample.BytesEach)), figure(is("idle", func(s Sample) float64 { return s.CPU() / s.Took })),
				duration(is("before", p50)), duration(is("among", p50)), duration(is("before", p99)), duration(is("among", p99)),
				figure(is("before", Sample.CPU)) + " µs", figure(is("among", Sample.CPU)) + " µs",
			})
		}
	}
	return t
}

// neighbours are two games of one server, of which one is noisy.
func (r *Report) neighbours() Table {
	times := r.beside()
	t := Table{
		Title: "A noisy neighbour",
		Note: fmt.Sprintf("%s players who are delivered 6,000 messages a second, alone and beside another game of the same server, on the same processor, whose 40 players each send 20 times what they may: %d pairs of windows, turn by turn. p99 of a tenth: in the middle one of a window's tenths of a second, which the machine's own stalls do not spoil; × alone: that by the one alone in the same pair. Of both the lower quarter / median / upper quarter of the windows, of the rest the median. The server's processor time is for both.",
			thousands(float64(r.Players)), len(times)),
		Head: []string{"", "p50", "p99", "p99 of a tenth", "× alone", "generator", "CPU/s", "lost"},
	}
	for _, d := range []struct {
		row, what string
		times     Figures
	}{{"alone", "alone", nil}, {"beside", "beside a game at 20 × its limits", times}} {
		of := func(figure func(Sample) float64) Figures { return r.Of(d.row, kit, figure) }
		if len(times) == 0 {
			continue
		}
		t.Rows = append(t.Rows, []string{
			d.what, duration(of(p50).Median()), duration(of(p99).Median()), quarters(of(tenth), duration), quarters(d.times, figure),
			duration(of(func(s Sample) float64 { return s.Late }).Median()),
			figure(of(func(s Sample) float64 { return (s.User + s.Kernel) / s.Took }).Median()),
			fmt.Sprint(of(func(s Sample) float64 { return float64(s.Lost) }).Max()),
		})
	}
	return t
}

func tenth(s Sample) float64 { return s.Tenth }

// beside is how many times as late the slowest hundredth of messages is beside a
// noisy game, in each pair of windows.
func (r *Report) beside() Figures {
	alone := map[int]float64{}
	for _, s := range r.Samples {
		if s.Row == "alone" {
			alone[s.Round] = s.Tenth
		}
	}
	var f Figures
	for _, s := range r.Samples {
		if s.Row == "beside" && alone[s.Round] > 0 {
			f = append(f, s.Tenth/alone[s.Round])
		}
	}
	slices.Sort(f)
	return f
}

// quarters are what a quarter, half and three quarters of the figures do not
// exceed.
func quarters(f Figures, write func(float64) string) string {
	if len(f) == 0 {
		return "–"
	}
	return write(f[(len(f)-1)/4]) + " / " + write(f.Median()) + " / " + write(f[len(f)-1-(len(f)-1)/4])
}

// crowdSizes are those of the crowds of which all was measured.
func (r *Report) crowdSizes() []int {
	var sizes []int
	for _, s := range r.Samples {
		size, ok := strings.CutPrefix(s.Row, "among-")
		if n, err := strconv.Atoi(size); ok && err == nil && !slices.Contains(sizes, n) {
			sizes = append(sizes, n)
		}
	}
	return sizes
}

// many are crowds of several servers.
func (r *Report) many() Table {
	t := Table{
		Title: "A crowd of several servers on this machine",
		Note:  "All of them full of players who wait; bytes resident for each of them, by server.",
		Head:  []string{"players", "servers", "least", "median", "most", "a million would take"},
	}
	each := r.Of("many", kit, Sample.BytesEach)
	if len(each) == 0 {
		return t
	}
	var players float64
	for _, n := range r.Of("many", kit, func(s Sample) float64 { return float64(s.Units) }) {
		players += n
	}
	t.Rows = append(t.Rows, []string{
		thousands(players), fmt.Sprint(len(each)), thousands(each.Min()), thousands(each.Median()), thousands(each.Max()),
		figure(each.Median()*1e6/(1<<30)) + " GiB",
	})
	return t
}

// greetings are players who connect and say hello.
func (r *Report) greetings() Table {
	t := Table{
		Title: "New players",
		Note:  fmt.Sprintf("They connect and say hello, 256 at a time, with TLS 16, until so many are there with the %s who play. The best round.", thousands(float64(r.Players))),
		Head:  []string{"players", "/s", "/s of CPU"},
	}
	for _, n := range r.crowdSizes() {
		row := fmt.Sprint("hello-", n)
		for _, s := range r.Systems(row) {
			players := thousands(float64(n))
			if s == secure {
				players += ", TLS"
			}
			t.Rows = append(t.Rows, []string{players, thousands(r.Of(row, s, Sample.PerSecond).Max()), thousands(r.Of(row, s, Sample.PerCPUSecond).Max())})
		}
	}
	return t
}

// pages are those of invites.
func (r *Report) pages() Table {
	t := Table{Title: "Invite pages", Note: "64 browsers at a time, compressed. The best round.", Head: []string{"what", "/s of CPU", "/s", "× nginx", "× Go's server"}}
	for _, d := range []struct{ row, system, what string }{
		{"pages", "nginx", "nginx, a static file of the page's size"}, {"pages", bareHTTP, "Go's HTTP server, the same bytes from a variable"},
		{"pages", kit, "invite page"}, {"pages-first", kit, "invite page, the first of its link"},
	} {
		perCPU := r.Of(d.row, d.system, Sample.PerCPUSecond)
		if len(perCPU) == 0 {
			continue
		}
		row := []string{d.what, thousands(perCPU.Max()), thousands(r.Of(d.row, d.system, Sample.PerSecond).Max())}
		for _, base := range []string{"nginx", bareHTTP} {
			ratio := "–"
			if of := over(perCPU, r.Of("pages", base, Sample.PerCPUSecond), Figures.Max); len(of) > 0 {
				ratio = fmt.Sprintf("%.2f", of.Max())
			}
			row = append(row, ratio)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// kills are the way back.
func (r *Report) kills() Table {
	t := Table{
		Title: "Back after a kill",
		Note:  "From kill -9, with the server started again at once, until everybody has resumed.",
		Head:  []string{"players", "least", "median", "most", "CPU of the new process", "sessions lost"},
	}
	took := r.Of("kill", kit, func(s Sample) float64 { return s.Took })
	if len(took) == 0 {
		return t
	}
	cpu := r.Of("kill", kit, func(s Sample) float64 { return s.User + s.Kernel })
	lost := r.Of("kill", kit, func(s Sample) float64 { return float64(s.Lost) })
	players := r.Of("kill", kit, func(s Sample) float64 { return float64(s.Units) })
	t.Rows = append(t.Rows, []string{thousands(players.Max()), duration(took.Min()), duration(took.Median()), duration(took.Max()), duration(cpu.Median()), fmt.Sprint(lost.Max())})
	return t
}

// starts are how long it takes until the server is ready.
func (r *Report) starts() Table {
	t := Table{
		Title: "Start",
		Note:  "From the start of the process until it says that it is ready. With parties stored: after kill -9; each was made by a player and has a live link.",
		Head:  []string{"folder", "least", "median", "most", "CPU"},
	}
	for _, s := range []struct{ row, what string }{{"start-empty", "empty"}, {"start-again", "as that start left it"}, {"start-stored", " parties"}} {
		took := r.Of(s.row, kit, func(s Sample) float64 { return s.Took })
		if len(took) == 0 {
			continue
		}
		if s.row == "start-stored" {
			s.what = thousands(r.Of(s.row, kit, func(s Sample) float64 { return float64(s.Units) }).Max()) + s.what
		}
		cpu := r.Of(s.row, kit, func(s Sample) float64 { return s.User + s.Kernel })
		t.Rows = append(t.Rows, []string{s.what, duration(took.Min()), duration(took.Median()), duration(took.Max()), duration(cpu.Median())})
	}
	return t
}
