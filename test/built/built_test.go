package built

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os/exec"
	"testing"
	"time"
)

// A server that ends before it is ready is not waited for.
func TestAServerThatEnds(t *testing.T) {
	server := exec.Command("false")
	if err := start(t.Context(), server, http.DefaultClient, "http://"+FreeAddress(t)); err == nil {
		t.Error("it is ready")
	}
	if err := server.Wait(); err == nil {
		t.Error("it did not end by itself")
	}
}

// A server that accepts connections and says nothing is waited for no longer
// than one is patient.
func TestAServerThatHangs(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	server := exec.Command("sleep", "1000")
	defer func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := start(ctx, server, http.DefaultClient, "http://"+l.Addr().String()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it ends with %v", err)
	}
}
