package config

import (
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
)

// DevData is where `partykit dev` keeps its data: beside what is developed,
// where it is seen, and deleted to start anew.
const DevData = "partykit-data"

// DefaultData returns where `partykit serve` keeps its data: what systemd says,
// else the place for a service's or a user's state on this system.
func DefaultData() string {
	return dataFolder(runtime.GOOS, os.Geteuid(), os.Getenv)
}

func dataFolder(system string, uid int, env func(string) string) string {
	home := env("HOME")
	switch {
	case env("STATE_DIRECTORY") != "": // systemd: may be a list
		return filepath.SplitList(env("STATE_DIRECTORY"))[0]
	case system == "windows" && env("ProgramData") != "":
		return filepath.Join(env("ProgramData"), "PartyKit")
	case system != "windows" && uid == 0:
		return "/var/lib/partykit"
	case system == "darwin" && home != "":
		return filepath.Join(home, "Library", "Application Support", "PartyKit")
	case env("XDG_STATE_HOME") != "":
		return filepath.Join(env("XDG_STATE_HOME"), "partykit")
	case home != "":
		return filepath.Join(home, ".local", "state", "partykit")
	}
	return DevData
}

// Folder returns the data folder that a command beside the server means, such
// as `partykit game`: the one it was given, else the one of `partykit dev` if
// there is one here, else the one of `partykit serve`.
func (d Data) Folder() string {
	if d.Data != "" {
		return d.Data
	}
	if info, err := os.Stat(DevData); err == nil && info.IsDir() {
		return DevData
	}
	return DefaultData()
}

// lanAddress returns this machine's address in the local network.
func lanAddress() (netip.Addr, bool) {
	// The address that would be used towards anywhere; nothing is sent.
	if c, err := net.Dial("udp4", "192.0.2.1:9"); err == nil {
		local := c.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap()
		c.Close()
		if local.IsPrivate() {
			return local, true
		}
	}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return netip.Addr{}, false
	}
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is4() && p.Addr().IsPrivate() {
			return p.Addr(), true
		}
	}
	return netip.Addr{}, false
}
