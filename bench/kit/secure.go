//go:build linux

package kit

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"partykit/bench/target"
)

// Secure is PartyKit that ends TLS itself, with a certificate of its own.
func Secure() *target.System {
	trust := &tls.Config{ServerName: "127.0.0.1", MinVersion: tls.VersionTLS13, RootCAs: x509.NewCertPool()}
	certificate := func(cache string) string { return filepath.Join(cache, "certificate.pem") }
	key := func(cache string) string { return filepath.Join(cache, "key.pem") }
	s := System(false)
	s.Name, s.About = "partykit-tls", "the same, and ends TLS itself"
	s.Prepare = func(ctx context.Context, cache string) error {
		made, err := certify(certificate(cache), key(cache))
		if err != nil {
			return err
		}
		trust.RootCAs.AddCert(made)
		return build(ctx, cache)
	}
	s.Command = func(cache, dir, addr string) *exec.Cmd {
		cmd := command(cache, dir, addr)
		cmd.Args = append(cmd.Args, "--tls-cert", certificate(cache), "--tls-key", key(cache))
		return cmd
	}
	s.Setup = func(ctx context.Context, p *target.Process) error { return setup(ctx, p, trust) }
	s.Form = func(ctx context.Context, addr string, size int) ([]*target.Link, error) {
		return form(ctx, addr, size, func() target.Codec { return volatileCodec{} }, trust)
	}
	return s
}

// certify makes a certificate of loopback that is good for a day.
func certify(certificate, key string) (*x509.Certificate, error) {
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	made, err := x509.CreateCertificate(rand.Reader, about, about, &secret.PublicKey, secret)
	if err != nil {
		return nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(secret)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: made}), 0o600); err != nil {
		return nil, err
	}
	if err := os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600); err != nil {
		return nil, err
	}
	return x509.ParseCertificate(made)
}
