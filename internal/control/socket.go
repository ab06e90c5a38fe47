package control

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
)

const (
	socketName = "control.sock"
	// pointerName is a file that says where the socket lies when the folder's
	// own path is too long for one.
	pointerName = "control.path"
	// maxPath is the longest path of a Unix socket that every system takes.
	maxPath = 100
)

// Listen opens the control socket of a data folder, which this process must
// hold the lock of: what an earlier process left is removed. Only this user can
// open it. Closing the listener removes it.
func Listen(dir string) (net.Listener, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	pointer := filepath.Join(dir, pointerName)
	path := filepath.Join(dir, socketName)
	if len(path) > maxPath {
		if path, err = outside(dir); err != nil {
			return nil, err
		}
		if err := os.WriteFile(pointer, []byte(path+"\n"), 0o600); err != nil {
			return nil, fmt.Errorf("the control socket's pointer cannot be written: %w", err)
		}
	} else if err := os.Remove(pointer); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("an old control socket cannot be removed: %w", err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("the control socket cannot be made: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// find returns where the control socket of a data folder is, if there is one.
func find(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	pointed, err := os.ReadFile(filepath.Join(dir, pointerName))
	if err == nil {
		return strings.TrimSpace(string(pointed)), nil
	}
	path := filepath.Join(dir, socketName)
	if len(path) > maxPath {
		return "", ErrNotRunning
	}
	return path, nil
}

// outside returns a socket path for a folder whose own is too long: in a folder
// of this user alone, under the runtime directory.
func outside(dir string) (string, error) {
	base := os.Getenv("XDG_RUNTIME_DIR")
	if base == "" {
		base = os.TempDir()
	}
	private := filepath.Join(base, fmt.Sprintf("partykit-%d", os.Getuid()))
	if err := os.Mkdir(private, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("the folder for the control socket cannot be made: %w", err)
	}
	// Somebody else may have made it first, or a link in its place.
	info, err := os.Lstat(private)
	if err != nil {
		return "", err
	}
	if !info.IsDir() || info.Mode().Perm() != 0o700 || !ownedByUs(info) {
		return "", fmt.Errorf("%s must be a folder of this user alone (mode 0700): remove it, or use a data folder with a shorter path", private)
	}
	sum := sha256.Sum256([]byte(dir))
	return filepath.Join(private, hex.EncodeToString(sum[:8])+".sock"), nil
}
