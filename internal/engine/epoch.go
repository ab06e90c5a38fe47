package engine

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// keptRuns is of how many runs it is known how far they came. A position that was
// told before the oldest of them is not believed.
const keptRuns = 64

// run is what is known of a time during which a process had the folder.
type run struct {
	Epoch string `json:"epoch"`
	// Ends is the last entry of each shard's log when the next run began; none of
	// the present run. The folder may have been put back meanwhile, or the power
	// have taken what was not on disk: then the run had come further, and the same
	// numbers come again.
	Ends []uint64 `json:"ends,omitempty"`
}

// history is what runs leave in the folder about themselves.
type history struct {
	Births string `json:"births"` // of the logs; of others than these nothing is known
	Runs   []run  `json:"runs"`   // the newest ones, the present last
}

// stands reports whether an entry of a shard that was told in the run of an epoch
// is the one that is held, or was, under that number.
func (h history) stands(epoch string, shard int, entry uint64) bool {
	i := slices.IndexFunc(h.Runs, func(r run) bool { return r.Epoch == epoch })
	switch {
	case i < 0:
		return false
	case i == len(h.Runs)-1:
		return true
	}
	return entry <= h.Runs[i].Ends[shard]
}

// epoch is that of the present run.
func (h history) epoch() string { return h.Runs[len(h.Runs)-1].Epoch }

// next is the history as another run begins, which finds logs of those births with
// those last entries.
func (h history) next(births string, ends []uint64) history {
	if h.Births != births {
		return history{Births: births, Runs: []run{{Epoch: rand.Text()}}}
	}
	runs := slices.Clone(h.Runs[max(len(h.Runs)-keptRuns+1, 0):])
	for i := range runs {
		was := runs[i].Ends
		runs[i].Ends = slices.Clone(ends)
		for shard := range min(len(was), len(ends)) { // logs may have been put back without this history
			runs[i].Ends[shard] = min(was[shard], ends[shard])
		}
	}
	return history{Births: births, Runs: append(runs, run{Epoch: rand.Text()})}
}

func (f *folder) historyPath() string { return filepath.Join(f.dir, "run.json") }

// begin notes that a run begins. Where there is no note nothing is known of what
// was before.
func (f *folder) begin(births string, ends []uint64) (history, error) {
	var before history
	data, err := os.ReadFile(f.historyPath())
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return history{}, fmt.Errorf("the note on earlier runs cannot be read: %w", err)
	case json.Unmarshal(data, &before) != nil:
		return history{}, fmt.Errorf("the note on earlier runs, %s, is damaged; remove it to go on", f.historyPath())
	}
	now := before.next(births, ends)
	return now, f.write(now)
}

// write replaces the note so that a crash leaves the old one or the new one.
func (f *folder) write(h history) error {
	data, err := json.Marshal(h)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(f.dir, "run-*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(append(data, '\n'))
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), f.historyPath()); err != nil {
		return err
	}
	return syncDir(f.dir)
}

// Epoch names this run of the storage. A sequence is told together with it: a
// folder can be put back as it once was, and the power can take what was not on
// disk yet; then the same numbers come a second time. See [Node.Stands].
func (n *Node) Epoch() string { return n.engine.history.epoch() }

// Stands reports whether a sequence of a party's that was told under an epoch is
// still of what the storage holds, or held. Of one that is not, or of which nobody
// knows, what came after it is not what comes after it now.
func (n *Node) Stands(ref Ref, epoch string, seq uint64) bool {
	shard, err := strconv.Atoi(shardOf(ref.String(), n.engine.shards))
	return err == nil && n.engine.history.stands(epoch, shard, entryOf(seq))
}
