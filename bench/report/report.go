package report

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"time"
)

// A Report is one run of bench.
type Report struct {
	Made    time.Time `json:"made"`
	Version string    `json:"version"` // of PartyKit, as it tells
	Machine Machine   `json:"machine"`
	Rounds  int       `json:"rounds"`
	Players int       `json:"players"` // connections of each system while messages were measured
	Party   int       `json:"party"`   // players in a party
	Missing []Missing `json:"missing,omitempty"`
	Samples []Sample  `json:"samples"`
}

// Machine is where it was made. Absolute figures mean little on another.
type Machine struct {
	CPU     string  `json:"cpu"`
	Cores   int     `json:"cores"`
	MiB     int     `json:"mib"`
	Kernel  string  `json:"kernel"`
	Go      string  `json:"go"`
	Load    float64 `json:"load"`    // the system's load average when it began
	LoadEnd float64 `json:"loadEnd"` // and when it ended
}

// Missing is a system that could not be measured.
type Missing struct {
	System string `json:"system"`
	Why    string `json:"why"`
}

// A Sample is one measured run of one system in one round. Times are seconds.
type Sample struct {
	Row    string  `json:"row"`
	System string  `json:"system"`
	Round  int     `json:"round"`
	Took   float64 `json:"took"`
	User   float64 `json:"user"`   // processor time of the server
	Kernel float64 `json:"kernel"` // and of the kernel for it
	Units  int64   `json:"units"`  // deliveries, joins, pages: what the row counts
	Lost   int64   `json:"lost,omitempty"`
	P50    float64 `json:"p50,omitempty"` // latency
	P99    float64 `json:"p99,omitempty"`
	P999   float64 `json:"p999,omitempty"`
	Max    float64 `json:"max,omitempty"`
	Late   float64 `json:"late,omitempty"`  // of 99 % of what the generator sent
	Tenth  float64 `json:"tenth,omitempty"` // P99 of the middle one of its tenths of a second
	Bytes  int64   `json:"bytes,omitempty"` // resident, beyond what the server had before
}

// CPU is the processor time for one unit, in microseconds.
func (s Sample) CPU() float64 { return (s.User + s.Kernel) / float64(s.Units) * 1e6 }

// PerSecond is how many units there were a second.
func (s Sample) PerSecond() float64 { return float64(s.Units) / s.Took }

// PerCPUSecond is how many units a second of processor time was good for.
func (s Sample) PerCPUSecond() float64 { return float64(s.Units) / (s.User + s.Kernel) }

// BytesEach is the memory of one unit.
func (s Sample) BytesEach() float64 { return float64(s.Bytes) / float64(s.Units) }

// Of returns a figure of all samples of one system in one row; nil: there are
// none.
func (r *Report) Of(row, system string, figure func(Sample) float64) Figures {
	var f Figures
	for _, s := range r.Samples {
		if s.Row == row && s.System == system && s.Units > 0 {
			f = append(f, figure(s))
		}
	}
	slices.Sort(f)
	return f
}

// Systems returns who has samples in a row, in the order they were measured.
func (r *Report) Systems(row string) []string {
	var names []string
	for _, s := range r.Samples {
		if s.Row == row && !slices.Contains(names, s.System) {
			names = append(names, s.System)
		}
	}
	return names
}

// Figures are what several rounds gave, smallest first.
type Figures []float64

// Min is the smallest, of which noise has taken least.
func (f Figures) Min() float64 { return f[0] }

// Max is the largest.
func (f Figures) Max() float64 { return f[len(f)-1] }

// Median is the middle one, or between the middle two.
func (f Figures) Median() float64 { return (f[(len(f)-1)/2] + f[len(f)/2]) / 2 }

// Write stores a report as JSON.
func (r *Report) Write(file string) error {
	b, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(b, '\n'), 0o644)
}

// Read loads a report.
func Read(file string) (*Report, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	r := new(Report)
	if err := json.Unmarshal(b, r); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return r, nil
}
