package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"partykit/internal/config"
	"partykit/internal/engine"
	"partykit/internal/node"
)

// patience is how long a shutdown may take.
const patience = 20 * time.Second

// serve runs a server until the context ends. started is called when it answers.
func serve(s *surroundings, o config.Server, dev bool, publicURL func(netAddr) string, started func(*node.Node)) error {
	log := slog.New(slog.NewTextHandler(s.stderr, &slog.HandlerOptions{Level: o.Level()}))
	for _, w := range o.Warnings() {
		if !dev {
			log.Warn(w)
		}
	}
	var certificate *tls.Certificate
	if o.HTTPS() {
		c, err := tls.LoadX509KeyPair(o.TLSCert, o.TLSKey)
		if err != nil {
			return fmt.Errorf("the certificate cannot be used: %w. Check --tls-cert and --tls-key: PEM files that belong together", err)
		}
		certificate = &c
	}
	// TCP's own probes would find nothing out: who is silent for two minutes is let go
	// anyway, and to ask for them takes four system calls for each connection.
	l, err := (&net.ListenConfig{KeepAlive: -1}).Listen(s.ctx, "tcp", o.Listen)
	if err != nil {
		return listenError(o.Listen, err)
	}
	defer l.Close()
	address, err := url.Parse(publicURL(l.Addr().(*net.TCPAddr)))
	if err != nil {
		return err
	}
	m := paceCollector(os.DirFS("/")) // opening a large folder takes more of it than anything later
	n, err := node.Open(s.ctx, node.Options{
		Data: o.Data.Data, Durability: engine.Durability(o.Durability), PublicURL: address, Contact: o.Contact,
		TrustedProxies: o.Proxies(), Dev: dev, Version: Version(), Certificate: certificate, Logger: log,
	})
	if err != nil {
		if s.ctx.Err() != nil {
			return nil // stopped while it started
		}
		return dataError(o.Data.Data, err)
	}
	running, stop := context.WithCancel(s.ctx)
	defer stop()
	go m.tidy(running, time.Tick(lookEvery))
	go makeRoom(running, time.Tick(writesEvery), n.Writes)
	ended := make(chan error, 1)
	go func() { ended <- n.Serve(l) }()
	started(n)
	log.Info("serving", "url", n.URL(), "listen", l.Addr().String(), "version", Version())
	select {
	case <-s.ctx.Done():
	case err = <-ended:
		ended <- nil
	}
	log.Info("stopping")
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), patience)
	defer cancel()
	err = errors.Join(err, n.Close(ctx), <-ended)
	log.Info("stopped")
	return err
}

type netAddr = *net.TCPAddr

func listenError(listen string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		_, port, _ := net.SplitHostPort(listen)
		return fmt.Errorf("port %s is in use, perhaps by another partykit. Stop that one, or choose another port, for example --listen 127.0.0.1:7701", port)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("this user may not listen on %s. Choose a port above 1023 with --listen", listen)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("%s is not an address of this machine. Choose another with --listen", listen)
	}
	return fmt.Errorf("cannot listen on %s: %w. Choose another address with --listen", listen, err)
}

// dataError says what is wrong with a data folder, and the way out.
func dataError(dir string, err error) error {
	if _, ok := errors.AsType[*engine.LockedError](err); ok {
		return fmt.Errorf("another partykit is running on the data folder %s. Stop that one, or choose another folder with --data", dir)
	}
	return fmt.Errorf("%s. The data folder is %s; choose another with --data", strings.TrimSuffix(err.Error(), "."), dir)
}
