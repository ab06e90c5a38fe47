package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Text writes the tables for a terminal.
func (r *Report) Text(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "%d cores, %s, load %.1f to %.1f\n", r.Machine.Cores, r.Machine.CPU, r.Machine.Load, r.Machine.LoadEnd)
	for _, row := range []string{"saturated", "paced-30000", "paced-6000"} {
		systems := r.Systems(row)
		if len(systems) == 0 {
			continue
		}
		floor := r.Of(row, systems[0], Sample.CPU)
		fmt.Fprintf(t, "\n%s\tmin\tmedian\t× floor\tmedians\tuser\t/s\tbusy\tp50\tp99\tlost\t\n", row)
		for _, s := range systems {
			cpu := r.Of(row, s, Sample.CPU)
			if cpu == nil || floor == nil {
				continue
			}
			user := r.Of(row, s, func(s Sample) float64 { return s.User / float64(s.Units) * 1e6 })
			rate := r.Of(row, s, Sample.PerSecond)
			busy := r.Of(row, s, func(s Sample) float64 { return (s.User + s.Kernel) / s.Took })
			p50 := r.Of(row, s, func(s Sample) float64 { return s.P50 * 1e6 })
			p99 := r.Of(row, s, func(s Sample) float64 { return s.P99 * 1e6 })
			lost := r.Of(row, s, func(s Sample) float64 { return float64(s.Lost) })
			fmt.Fprintf(t, "%s\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\t%.0f\t%.2f\t%.0f\t%.0f\t%.0f\t\n", s, cpu.Min(), cpu.Median(),
				cpu.Min()/floor.Min(), cpu.Median()/floor.Median(), user.Min(), rate.Max(), busy.Median(), p50.Min(), p99.Min(), lost.Max())
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if len(r.Missing) > 0 {
		fmt.Fprintln(w, "\nCould not be measured:")
	}
	for _, m := range r.Missing {
		why, _, _ := strings.Cut(m.Why, "\n")
		fmt.Fprintf(w, "%s: %s\n", m.System, why)
	}
	return nil
}
