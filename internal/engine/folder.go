package engine

import (
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
