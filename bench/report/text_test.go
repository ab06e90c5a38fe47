package report

import (
	"strings"
	"testing"
)

// What could not be measured is said where the figures are.
func TestTextNamesWhatIsMissing(t *testing.T) {
	var b strings.Builder
	r := Report{Missing: []Missing{{"colyseus", "npm ci: exit status 1\nnpm error and what npm says"}}}
	if err := r.Text(&b); err != nil {
		t.Fatal(err)
	}
	if want := "Could not be measured:\ncolyseus: npm ci: exit status 1\n"; !strings.HasSuffix(b.String(), want) {
		t.Errorf("%q does not end with %q", b.String(), want)
	}
}
