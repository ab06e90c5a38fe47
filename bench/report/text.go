package report

import (
	"fmt"
	"io"
	"strings"
)

// Text writes all that was measured, for a terminal.
func (r *Report) Text(w io.Writer) error { return r.write(w, Table.Text) }

// Markdown writes it for the documentation.
func (r *Report) Markdown(w io.Writer) error { return r.write(w, Table.Markdown) }

func (r *Report) write(w io.Writer, table func(Table, io.Writer) error) error {
	if _, err := fmt.Fprintln(w, r.Where()); err != nil {
		return err
	}
	for _, t := range r.Tables() {
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
		if err := table(t, w); err != nil {
			return err
		}
	}
	if len(r.Missing) == 0 {
		return nil
	}
	var b strings.Builder
	b.WriteString("\nCould not be measured:\n")
	for _, m := range r.Missing {
		why, _, _ := strings.Cut(m.Why, "\n")
		fmt.Fprintf(&b, "%s: %s\n", m.System, why)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Where says in a sentence what was measured, when, and on which machine.
func (r *Report) Where() string {
	m := r.Machine
	return fmt.Sprintf("PartyKit %s on %s, %d rounds; %d cores of %s, %d GiB, Linux %s, Go %s; load %.1f when it began, %.1f when it ended.",
		r.Version, r.Made.Format("2 January 2006"), r.Rounds, m.Cores, m.CPU, (m.MiB+512)/1024, m.Kernel, m.Go, m.Load, m.LoadEnd)
}
