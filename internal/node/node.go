// Package node puts the parts together: one running PartyKit server in one
// process. It is the only package that knows all concrete parts; what they do
// stands in them.
package node

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync/atomic"
	"time"

	"partykit/internal/auth"
	"partykit/internal/control"
	"partykit/internal/engine"
	"partykit/internal/game"
	"partykit/internal/gateway"
	"partykit/internal/host"
	"partykit/internal/webhook"
)

// DemoID is the id of the demo game, which dev registers and serves.
const DemoID = "demo"

// lastRequests is how long a shutdown waits for requests under way.
const lastRequests = 3 * time.Second

// Options of a node. Data and PublicURL are required.
type Options struct {
	Data       string // the data folder; held by one process at a time
	Durability engine.Durability
	// PublicURL is where browsers reach this server: scheme and host, no path.
	// Links are made from it.
	PublicURL      *url.URL
	Contact        string         // whom to ask to activate a game
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed
	// Dev serves the demo game, lets games of this machine register themselves
	// and does not limit loopback.
	Dev         bool
	Version     string
	Certificate *tls.Certificate // serve TLS with it
	Logger      *slog.Logger
}

// Node is a running server.
type Node struct {
	opts    Options
	log     *slog.Logger
	engine  *engine.Engine
	storage *engine.Node
	keys    *auth.Keys
	games   *game.Registry
	host    *host.Host
	sender  *webhook.Sender
	gateway *gateway.Gateway
	server  *http.Server
	control *http.Server

	watching context.CancelFunc
	pages    context.CancelFunc // ends the open invite pages, which a shutdown of the HTTP server leaves alone
	draining atomic.Bool
	most     int // connections that this process has room for
	door     *door
}

// Open opens the data folder and everything on it. It fails with an
// *engine.LockedError when another process holds the folder.
func Open(ctx context.Context, o Options) (_ *Node, err error) {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	n := &Node{opts: o, log: o.Logger, most: room()}
	defer func() {
		if err != nil {
			n.Close(context.WithoutCancel(ctx))
		}
	}()
	if n.engine, err = engine.Open(ctx, engine.Options{Dir: o.Data, Durability: o.Durability, Logger: o.Logger}); err != nil {
		return nil, err
	}
	if n.storage, err = n.engine.Connect("node"); err != nil {
		return nil, err
	}
	if err := n.openParts(ctx); err != nil {
		return nil, err
	}
	if o.Dev {
		if err := n.registerDemo(ctx); err != nil {
			return nil, err
		}
	}
	if err := n.openControl(); err != nil {
		return nil, err
	}
	requests, cancel := context.WithCancel(context.WithoutCancel(ctx))
	n.pages = cancel
	n.server = &http.Server{
		Handler:           n.routes(),
		BaseContext:       func(net.Listener) context.Context { return requests },
		ConnContext:       withConn,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second, // of a request; a WebSocket has its own times
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(o.Logger.With("part", "http").Handler(), slog.LevelDebug),
	}
	n.door = &door{
		most: n.most, ofOne: n.ofAddress(), log: o.Logger.With("part", "door"),
		exempt: func(a netip.Addr) bool { return n.unlimited(a) || n.trusted(a) },
		relieve: func() { // which closes those that wait for another request
			n.server.SetKeepAlivesEnabled(false)
			n.server.SetKeepAlivesEnabled(true)
		},
	}
	if o.Certificate != nil {
		n.server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*o.Certificate}, MinVersion: tls.VersionTLS12}
	}
	return n, nil
}

func (n *Node) openControl() error {
	l, err := control.Listen(n.opts.Data)
	if err != nil {
		return err
	}
	n.control = &http.Server{Handler: control.Handler(stores(n.games, n.storage)), ReadHeaderTimeout: 10 * time.Second}
	go n.control.Serve(l)
	return nil
}

// Games is the registry of this node's games.
func (n *Node) Games() *game.Registry { return n.games }

// URL is where browsers reach this node.
func (n *Node) URL() string { return n.opts.PublicURL.String() }

// Writes is how many writes are under way in the storage.
func (n *Node) Writes() int { return n.storage.Writes() }

// Handler serves everything that this node serves.
func (n *Node) Handler() http.Handler { return n.server.Handler }

// Serve answers on a listener until Close; then it returns nil.
func (n *Node) Serve(l net.Listener) error {
	serve := func(l net.Listener) error { return n.server.Serve(wholeListener{l, n.log}) }
	if n.opts.Certificate != nil {
		serve = func(l net.Listener) error { return n.server.ServeTLS(l, "", "") }
	}
	if err := serve(newDoorkeeper(l, n.door)); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Close ends in order: no new requests, every client is told to come back,
// parties are stored, the storage is closed and the folder released. ctx bounds
// how long it waits for others. What was not opened is left out.
func (n *Node) Close(ctx context.Context) error {
	n.draining.Store(true)
	var errs []error
	if n.control != nil {
		errs = append(errs, n.control.Close())
	}
	if n.gateway != nil {
		n.gateway.Leave()
	}
	if n.host != nil {
		errs = append(errs, n.host.Drain(ctx))
	}
	if n.gateway != nil { // while the loops, which write for it, still run
		errs = append(errs, n.gateway.Close(ctx))
	}
	if n.server != nil {
		short, cancel := context.WithTimeout(ctx, lastRequests)
		if err := n.server.Shutdown(short); err != nil {
			errs = append(errs, n.server.Close())
		}
		cancel()
		n.pages()
	}
	if n.host != nil {
		n.host.Stop()
	}
	if n.sender != nil {
		n.sender.Close()
	}
	if n.watching != nil {
		n.watching()
	}
	if n.storage != nil {
		n.storage.Close()
	}
	if n.engine != nil {
		errs = append(errs, n.engine.Close())
	}
	return errors.Join(errs...)
}
