package node

import (
	"context"
	"net/http"
	"net/netip"
	"time"

	"partykit/internal/auth"
	"partykit/internal/game"
	"partykit/internal/gateway"
	"partykit/internal/host"
	"partykit/internal/landing"
	"partykit/internal/limit"
	"partykit/internal/outbound"
	"partykit/internal/webhook"
	"partykit/party"
)

// fetchTime bounds a request for a game's key set.
const fetchTime = 5 * time.Second

// openParts opens the registry, the host and the gateway on the storage.
func (n *Node) openParts(ctx context.Context) error {
	watch, cancel := context.WithCancel(context.WithoutCancel(ctx))
	n.watching = cancel
	keys, err := serverKeys(ctx, n.storage)
	if err != nil {
		return err
	}
	n.keys = keys
	n.games, err = game.Open(watch, configStore{n.storage}, game.Options{Dev: n.opts.Dev, Sealer: keys, Logger: n.log})
	if err != nil {
		return err
	}
	n.host = host.New(host.Options{
		Node: n.storage, Name: "node", Version: n.opts.Version,
		Keys: keys, Identities: auth.NewIdentities(outbound.Client(fetchTime, n.opts.Dev)), Games: n.games, PublicURL: n.URL(), Contact: n.opts.Contact,
		NewGuest: n.perMinute(func(s *game.Settings) int { return s.Guests }), Unlimited: n.unlimited, Logger: n.log,
	})
	n.games.OnActivation(func(id string) { n.host.Activation(party.GameID(id)) })
	n.sender = webhook.New(webhook.Options{
		Node: n.storage, Games: n.games, Sealer: keys, Client: outbound.Client(webhook.Timeout, n.opts.Dev), Version: n.opts.Version, Logger: n.log,
	})
	n.gateway = gateway.New(gateway.Options{
		Games: n.games, Hello: n.hello, ClientAddr: n.clientAddr, Acquire: n.connections(),
		Failure:      n.host.Failure,
		NotActivated: func(id string) *party.Error { return host.NotActivated(id, n.opts.Contact) },
		PublicURL:    n.opts.PublicURL, Dev: n.opts.Dev, Logger: n.log.With("part", "gateway"),
	})
	return nil
}

// hello passes a client of the gateway to the host.
func (n *Node) hello(ctx context.Context, c gateway.Caller) (gateway.Session, error) {
	s, err := n.host.Hello(ctx, host.Caller{Game: party.GameID(c.Game), Hello: c.Hello, Address: c.Address, Origin: c.Origin, Spare: c.Spare, Conn: c.Conn})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// newLanding makes the invite pages.
func (n *Node) newLanding() *landing.Server {
	return landing.New(parties{n.host}, n.games, landing.Options{
		PublicURL: n.opts.PublicURL, Contact: n.opts.Contact, ClientAddr: n.clientAddr,
		AllowStart: n.perMinute(func(s *game.Settings) int { return s.Starts }), AllowPage: n.openPages(), Whole: whole, Always: n.always(), Logger: n.log.With("part", "landing"),
	})
}

func (n *Node) clientAddr(r *http.Request) netip.Addr {
	a, _ := limit.Proxies(n.opts.TrustedProxies).Client(r.RemoteAddr, r.Header.Values("X-Forwarded-For"))
	return a
}

// parties is the host as the invite pages want it.
type parties struct{ *host.Host }

func (p parties) Game(ctx context.Context, code, browser string, from netip.Addr) (string, error) {
	id, err := p.GameOf(ctx, code, browser, from)
	return string(id), err
}

func (p parties) Start(ctx context.Context, code, browser string, from netip.Addr) (landing.Started, error) {
	ticket, err := p.Host.Start(ctx, code, browser, from)
	return landing.Started{Ticket: ticket}, err
}

func (p parties) Notice(ctx context.Context, code string, from netip.Addr) (landing.Notice, error) {
	n, err := p.Host.Notice(ctx, code, from)
	return landing.Notice(n), err
}

func (p parties) OpenPage(ctx context.Context, code, browser string, from netip.Addr) (landing.Page, error) {
	page, err := p.Host.OpenPage(ctx, code, browser, from)
	if err != nil {
		return nil, err
	}
	return page, nil
}
