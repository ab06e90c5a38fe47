package engine

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// folder is a data folder that this process holds alone.
type folder struct {
	dir  string
	lock *os.File
}

// openFolder makes the folder if need be and takes its lock, which the system
// releases when the process ends, however it ends.
func openFolder(dir string) (*folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the data folder cannot be made: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the data folder cannot be written: %w", err)
	}
	if err := tryLock(lock); err != nil {
		lock.Close()
		if errors.Is(err, errLocked) {
			return nil, &LockedError{Dir: dir}
		}
		return nil, fmt.Errorf("the data folder cannot be locked: %w", err)
	}
	return &folder{dir: dir, lock: lock}, nil
}

func (f *folder) close() error { return f.lock.Close() }

// run is what a process leaves in the folder about itself.
type run struct {
	Durability Durability `json:"durability"`
	Clean      bool       `json:"clean"`      // it ended in order
	Generation string     `json:"generation"` // another when a tail may have been lost
}

func (f *folder) runPath() string { return filepath.Join(f.dir, "run.json") }

// begin notes that a run begins. Where the one before ended without a word at
// a level that can lose a tail, or left no note, sequence numbers may be used a
// second time, and a new generation begins.
func (f *folder) begin(d Durability) (run, error) {
	var before run
	data, err := os.ReadFile(f.runPath())
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return run{}, fmt.Errorf("the last run's note cannot be read: %w", err)
	case json.Unmarshal(data, &before) != nil:
		return run{}, fmt.Errorf("the last run's note %s is damaged; remove it to go on", f.runPath())
	}
	now := run{Durability: d, Generation: before.Generation}
	if !before.Clean && before.Durability != Strict {
		now.Generation = rand.Text()
	}
	return now, f.write(now)
}

func (f *folder) end(r run) error {
	r.Clean = true
	return f.write(r)
}

// write replaces the note so that a crash leaves the old one or the new one.
func (f *folder) write(r run) error {
	data, err := json.Marshal(r)
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
	if err := os.Rename(tmp.Name(), f.runPath()); err != nil {
		return err
	}
	return syncDir(f.dir)
}

// budget is how many bytes the storage may take when nobody said: what a
// volume has for it, less a fifth, rounded down to a power of two so that it
// does not change with every start. A disk that runs full would stop the
// server's storage for good; a limit below only refuses what is new.
func (f *folder) budget() int64 {
	free, err := freeBytes(f.dir)
	if err != nil {
		return 0
	}
	var used int64
	filepath.WalkDir(f.dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if info, err := d.Info(); err == nil {
				used += info.Size()
			}
		}
		return nil
	})
	room := (free + used) / 5 * 4
	budget := int64(64 << 20)
	for budget <= room/2 {
		budget *= 2
	}
	return budget
}
