package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"partykit/internal/game"
	"partykit/internal/limit"
	"partykit/internal/names"
)

// Port is the port that PartyKit listens on unless told otherwise.
const Port = 7700

const maxContact = 200 // bytes

// Config is the flag that names a configuration file. It belongs beside every
// command that has options.
type Config struct {
	Config string `name:"config" env:"PARTYKIT_CONFIG" placeholder:"FILE" type:"path" help:"Read options from this TOML file; its keys are the options' names."`
}

// Data is the option that says where the data lies.
type Data struct {
	Data string `name:"data" env:"PARTYKIT_DATA" placeholder:"FOLDER" type:"path" help:"Keep all data in this folder (dev: ./partykit-data, else: ${data_folder})."`
}

// Server holds the options of a server.
type Server struct {
	Data

	Listen       string    `name:"listen" env:"PARTYKIT_LISTEN" placeholder:"HOST:PORT" help:"Listen on this address (dev: 127.0.0.1:7700, so that nobody else can reach it; serve: :7700, which is every address)."`
	PublicURL    string    `name:"public-url" env:"PARTYKIT_PUBLIC_URL" placeholder:"URL" help:"Begin links with this, for example https://party.example.com."`
	TLSCert      string    `name:"tls-cert" env:"PARTYKIT_TLS_CERT" placeholder:"FILE" type:"path" help:"Serve HTTPS with this certificate chain (PEM)."`
	TLSKey       string    `name:"tls-key" env:"PARTYKIT_TLS_KEY" placeholder:"FILE" type:"path" help:"The private key of the certificate (PEM)."`
	TrustedProxy []Network `name:"trusted-proxy" env:"PARTYKIT_TRUSTED_PROXY" placeholder:"NETWORK" help:"Believe X-Forwarded-For from this address or network, for example 10.0.0.0/8; may be repeated."`
	Durability   string    `name:"durability" env:"PARTYKIT_DURABILITY" enum:"strict,relaxed" default:"strict" help:"strict: what was acknowledged survives a power cut. relaxed: faster, and a power cut may lose the last second."`
	Contact      string    `name:"contact" env:"PARTYKIT_CONTACT" placeholder:"TEXT" help:"Whom to ask to activate a game, shown where one is not: a name, a mail address or a web address."`
	LogLevel     string    `name:"log-level" env:"PARTYKIT_LOG_LEVEL" enum:"debug,info,warn,error" default:"${log_level}" help:"Log from this level on: ${enum}."`
}

// Dev holds the options of a server for development.
type Dev struct {
	Server
	LAN bool `name:"lan" env:"PARTYKIT_LAN" help:"Let phones and other machines in the same network in: listen on every address."`
}

// A Network is an address or a network of addresses, as netip knows it.
type Network netip.Prefix

// UnmarshalText reads "10.0.0.0/8", or "10.0.0.1" for that address alone.
func (n *Network) UnmarshalText(b []byte) error {
	s := string(b)
	if addr, err := netip.ParseAddr(s); err == nil && addr.Zone() == "" {
		addr = addr.Unmap()
		*n = Network(netip.PrefixFrom(addr, addr.BitLen()))
		return nil
	}
	p, err := netip.ParsePrefix(s)
	if err != nil || p.Addr().Is4In6() {
		return fmt.Errorf("%q is not an address or a network such as 10.0.0.0/8", s)
	}
	*n = Network(p.Masked())
	return nil
}

func (n Network) String() string { return netip.Prefix(n).String() }

// Complete fills in the defaults of `partykit serve` and checks the options.
// Its error says what is wrong and what to do.
func (s *Server) Complete() error {
	return s.complete(fmt.Sprintf(":%d", Port), DefaultData())
}

// Complete fills in the defaults of `partykit dev` and checks the options.
func (d *Dev) Complete() error {
	listen := fmt.Sprintf("127.0.0.1:%d", Port)
	if d.LAN {
		if host, _, err := net.SplitHostPort(d.Listen); err == nil && host != "" {
			return fmt.Errorf("--lan listens on every address: give --listen without a host, or leave out one of them (it is %s)", d.Listen)
		}
		listen = fmt.Sprintf(":%d", Port)
	}
	return d.complete(listen, DevData)
}

func (s *Server) complete(listen, data string) error {
	if s.Listen == "" {
		s.Listen = listen
	}
	if err := checkListen(s.Listen); err != nil {
		return err
	}
	if s.Data.Data == "" {
		s.Data.Data = data
	}
	if (s.TLSCert == "") != (s.TLSKey == "") {
		return errors.New("--tls-cert and --tls-key belong together: give both, or none to serve plain HTTP")
	}
	if s.PublicURL != "" {
		origin, err := game.ParseOrigin(s.PublicURL)
		if err != nil {
			return fmt.Errorf("--public-url is scheme and host, for example https://party.example.com: %w", err)
		}
		s.PublicURL = origin
	}
	contact, err := names.Text(s.Contact, maxContact)
	if err != nil {
		return fmt.Errorf("--contact: %w (at most %d bytes)", err, maxContact)
	}
	s.Contact = contact
	return nil
}

func checkListen(s string) error {
	_, port, err := net.SplitHostPort(s)
	if n, convErr := strconv.Atoi(port); err != nil || convErr != nil || n < 0 || n > 65535 {
		return fmt.Errorf("--listen %q is not HOST:PORT: write for example 127.0.0.1:%d, or :%d for every address", s, Port, Port)
	}
	return nil
}

// HTTPS reports whether the server itself serves HTTPS.
func (s *Server) HTTPS() bool { return s.TLSCert != "" }

// Proxies returns the trusted proxies in the form that finds a client's address.
func (s *Server) Proxies() limit.Proxies {
	var p limit.Proxies
	for _, n := range s.TrustedProxy {
		p = append(p, netip.Prefix(n))
	}
	return p
}

// Level returns the log level.
func (s *Server) Level() slog.Level {
	var l slog.Level
	if err := l.UnmarshalText([]byte(s.LogLevel)); err != nil {
		return slog.LevelInfo
	}
	return l
}

// URL returns what links begin with: the public URL if there is one, else what
// reaches a server that listens at this address, which may be on port 0 in the
// options but has a real one.
func (s *Server) URL(listening netip.AddrPort) string {
	if s.PublicURL != "" {
		return s.PublicURL
	}
	host := "localhost"
	if a := listening.Addr().Unmap(); a.IsValid() && !a.IsUnspecified() && !a.IsLoopback() {
		host = a.WithZone("").String()
	}
	return s.at(host, listening.Port())
}

// LANURL returns what reaches the server from the same network, or false when
// this machine is in none.
func (d *Dev) LANURL(listening netip.AddrPort) (string, bool) {
	addr, ok := lanAddress()
	if !ok {
		return "", false
	}
	return d.at(addr.String(), listening.Port()), true
}

func (s *Server) at(host string, port uint16) string {
	scheme, standard := "http", uint16(80)
	if s.HTTPS() {
		scheme, standard = "https", 443
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port != standard {
		host += ":" + strconv.Itoa(int(port))
	}
	return scheme + "://" + host
}

// Warnings says what is probably not meant, in a sentence each. The options are
// complete.
func (s *Server) Warnings() []string {
	var w []string
	host, _, _ := net.SplitHostPort(s.Listen)
	addr, err := netip.ParseAddr(host)
	open := host != "localhost" && (err != nil || !addr.IsLoopback())
	if open && s.PublicURL == "" {
		w = append(w, "without --public-url, links begin with the address of this machine: friends elsewhere cannot open them")
	}
	if s.HTTPS() && strings.HasPrefix(s.PublicURL, "http://") {
		w = append(w, "the server serves HTTPS but --public-url begins with http://")
	}
	if !s.HTTPS() && strings.HasPrefix(s.PublicURL, "https://") && len(s.TrustedProxy) == 0 {
		w = append(w, "--public-url is HTTPS but this server serves plain HTTP: give --tls-cert and --tls-key, or name the proxy before it with --trusted-proxy")
	}
	return w
}
