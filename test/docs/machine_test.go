package docs_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"partykit/test/built"
)

// bin is the folder of the built program, for as long as the tests run.
var bin string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if bin, err = os.MkdirTemp("", "partykit-docs"); err != nil {
			panic(err)
		}
		defer os.RemoveAll(bin)
		return m.Run()
	}())
}

// build builds the program, once.
var build = sync.OnceValues(func() (string, error) { return built.Build(bin) })

// machine is a machine with the program on it, and nothing else: a folder to
// work in, a port.
type machine struct {
	t      *testing.T
	dir    string
	port   string
	url    string // of the server that runs
	client *http.Client

	args   []string
	server *exec.Cmd
}

func newMachine(t *testing.T) machine {
	t.Helper()
	_, port, _ := net.SplitHostPort(built.FreeAddress(t))
	return machine{t: t, dir: t.TempDir(), port: port, client: &http.Client{}}
}

// program is the command with an environment of its own.
func (m *machine) program(args ...string) *exec.Cmd {
	m.t.Helper()
	path, err := build()
	if err != nil {
		m.t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Dir = m.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + m.dir, "STATE_DIRECTORY=" + filepath.Join(m.dir, "state")}
	switch {
	case slices.Contains(args, "--lan"):
		cmd.Env = append(cmd.Env, "PARTYKIT_LISTEN=:"+m.port)
	case args[0] == "dev":
		cmd.Env = append(cmd.Env, "PARTYKIT_LISTEN=127.0.0.1:"+m.port)
	}
	return cmd
}

// partykit runs a command that must succeed, and returns what it says.
func (m *machine) partykit(args ...string) []byte {
	m.t.Helper()
	out, err := m.program(args...).CombinedOutput()
	if err != nil {
		m.t.Fatalf("partykit %q: %v\n%s", args, err, out)
	}
	return out
}

// start runs a server in the place of the one before, until it is ready.
func (m *machine) start(args ...string) {
	m.t.Helper()
	if m.server != nil {
		m.stop()
	}
	m.args = args
	m.url = "http://localhost:" + m.port
	if slices.Contains(args, "--tls-cert") {
		m.url = "https://localhost:" + m.port
	}
	cmd := m.program(args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	m.server = cmd
	t := m.t
	t.Cleanup(func() {
		if cmd.Process != nil && cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
		if t.Failed() {
			t.Logf("partykit %q:\n%s", args, &out)
		}
	})
	built.Start(t, cmd, m.client, m.url)
}

// stop ends the server as Ctrl-C does.
func (m *machine) stop() {
	m.t.Helper()
	if err := m.server.Process.Signal(os.Interrupt); err != nil {
		m.t.Fatal(err)
	}
	if err := m.server.Wait(); err != nil {
		m.t.Fatalf("partykit %q did not end in order: %v", m.args, err)
	}
	m.server = nil
}

// kill ends it as a power switch does, and starts it again.
func (m *machine) kill() {
	m.t.Helper()
	_ = m.server.Process.Signal(syscall.SIGKILL)
	_ = m.server.Wait()
	m.server = nil
	m.start(m.args...)
}

// answers checks the status of an address.
func (m *machine) answers(url string, status int) {
	m.t.Helper()
	r, err := m.client.Get(url)
	if err != nil {
		m.t.Error(err)
		return
	}
	r.Body.Close()
	if r.StatusCode != status {
		m.t.Errorf("%s: status %d, want %d", url, r.StatusCode, status)
	}
}

// certify puts a certificate for localhost where the server will look for one,
// and trusts it.
func (m *machine) certify() {
	m.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		m.t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		m.t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		m.t.Fatal(err)
	}
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})
	write(m.t, filepath.Join(m.dir, "cert.pem"), string(certPEM))
	write(m.t, filepath.Join(m.dir, "key.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(certPEM)
	m.client = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
}
