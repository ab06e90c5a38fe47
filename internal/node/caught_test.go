package node

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestAPanicIsLoggedAndAnswered(t *testing.T) {
	var log bytes.Buffer
	n := &Node{opts: Options{PublicURL: &url.URL{Scheme: "https"}}, log: slog.New(slog.NewTextHandler(&log, nil))}
	serve := func(fn http.HandlerFunc) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		n.caught(fn).ServeHTTP(w, httptest.NewRequest("GET", "/join/secretcode", nil))
		return w
	}
	if w := serve(func(http.ResponseWriter, *http.Request) { panic(errors.New("Ada wrote this")) }); w.Code != http.StatusInternalServerError || w.Header().Get("Strict-Transport-Security") == "" {
		t.Errorf("answered with %d %v", w.Code, w.Header())
	}
	none := []int{}
	serve(func(http.ResponseWriter, *http.Request) { _ = none[len(none)] })
	for _, want := range []string{"level=ERROR", "errorString", "index out of range", "caught_test.go"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log does not say %q:\n%s", want, &log)
		}
	}
	for _, secret := range []string{"Ada wrote", "secretcode"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log tells %q:\n%s", secret, &log)
		}
	}
	log.Reset()
	defer func() {
		if recover() != http.ErrAbortHandler || log.Len() > 0 {
			t.Errorf("an aborted answer is no panic of ours:\n%s", &log)
		}
	}()
	serve(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
}
