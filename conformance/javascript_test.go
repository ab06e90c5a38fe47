package conformance

import (
	"os"
	"os/exec"
	"testing"
)

// TestJavaScript runs the stories with the JavaScript SDK, as the server serves
// it, in Node.
func TestJavaScript(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("node is not installed: the stories of the JavaScript SDK need Node 20 or newer (Debian: apt-get install nodejs npm)")
	}
	run := exec.CommandContext(t.Context(), node, "--experimental-vm-modules", "--experimental-websocket", "--test", "../sdk/js/test/stories.mjs")
	run.Env = append(os.Environ(), "SERVER="+newServer(t), "NODE_NO_WARNINGS=1")
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
