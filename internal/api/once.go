package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"partykit/internal/game"
	"partykit/party"
)

// KeepAnswers is how long a request with an Idempotency-Key is known.
const KeepAnswers = 24 * time.Hour

// finish is how long a request with a key goes on at most. It is longer than any
// write of the engine's, so that what has an effect has an answer to keep.
const finish = 30 * time.Second

const (
	keyHeader = "Idempotency-Key"
	maxKey    = 255 // bytes
)

// kept is what is stored of a request that was answered. An answer that tells a
// code is not stored: it is made again from the key, the same.
type kept struct {
	Request string            `json:"request"` // hash of what was asked
	Status  int               `json:"status,omitempty"`
	Header  map[string]string `json:"header,omitempty"`
	Body    []byte            `json:"body,omitempty"`
}

// once runs a request; one with an Idempotency-Key that was answered before is
// answered again, and does nothing; one that is being answered is waited for.
// Only what succeeded is remembered.
func (s *server) once(w http.ResponseWriter, r *http.Request, g game.Game, routes http.Handler) {
	c := &call{game: g}
	r = r.WithContext(withCall(r.Context(), c))
	key := r.Header.Get(keyHeader)
	if key == "" || r.Method == http.MethodGet || r.Method == http.MethodHead {
		routes.ServeHTTP(w, r)
		return
	}
	if len(key) > maxKey {
		s.refuse(w, party.Errorf(party.BadRequest, "An Idempotency-Key has at most %d bytes.", maxKey))
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.refuse(w, unreadable(err))
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	name := digest("key", g.ID, key)
	request := digest("request", r.Method, r.URL.EscapedPath(), r.URL.RawQuery, string(body), r.Header.Get("If-Match"))
	c.seed = digest("seed", name, request)

	leave, err := s.underway.enter(r.Context(), name)
	if err != nil {
		s.refuse(w, err)
		return
	}
	defer leave()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), finish) // also if the caller hangs up
	defer cancel()
	r = r.WithContext(ctx)
	old, err := s.answered(r, g.ID, name)
	switch {
	case err != nil:
		s.refuse(w, err)
		return
	case old != nil && old.Request != request:
		s.refuse(w, party.Errorf(party.BadRequest, "That Idempotency-Key was used for another request. Use a new one for each."))
		return
	case old != nil && old.Status != 0:
		for name, value := range old.Header {
			w.Header().Set(name, value)
		}
		w.Header().Set("Idempotency-Replayed", "true")
		w.WriteHeader(old.Status)
		w.Write(old.Body)
		return
	}
	answer := &recorded{ResponseWriter: w, status: http.StatusOK}
	routes.ServeHTTP(answer, r)
	if old != nil || answer.status >= 300 {
		return
	}
	k := kept{Request: request}
	if !c.secret {
		k.Status, k.Body, k.Header = answer.status, answer.body.Bytes(), map[string]string{}
		for _, name := range []string{"Content-Type", "Location", "ETag"} {
			if v := w.Header().Get(name); v != "" {
				k.Header[name] = v
			}
		}
	}
	s.keep(r, g.ID, name, k)
}

func (s *server) answered(r *http.Request, game, name string) (*kept, error) {
	value, err := s.o.Answers.Get(r.Context(), game, name)
	if err != nil {
		s.log.Warn("an answer cannot be looked up", "err", err)
		return nil, &party.Error{Code: party.Unavailable}
	}
	if value == nil {
		return nil, nil
	}
	var k kept
	if err := json.Unmarshal(value, &k); err != nil {
		return nil, err
	}
	return &k, nil
}

// keep remembers an answer that was given. What it made is named by the same
// seed if that fails.
func (s *server) keep(r *http.Request, game, name string, k kept) {
	value, err := json.Marshal(k)
	if err == nil {
		err = s.o.Answers.Put(r.Context(), game, name, value, KeepAnswers)
	}
	if err != nil {
		s.log.Warn("an answer was not kept", "err", err)
	}
}

// recorded is an answer on its way that is written down too.
type recorded struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (w *recorded) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorded) Write(b []byte) (int, error) {
	w.body.Write(b)
	return w.ResponseWriter.Write(b)
}

func (w *recorded) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func unreadable(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return party.Errorf(party.TooLarge, "A request has at most %d bytes.", maxBody)
	}
	return party.Errorf(party.BadRequest, "The request was cut off.")
}

// digest is 64 hex digits; lengths are hashed too, so that parts cannot run
// into each other.
func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		io.WriteString(h, strconv.Itoa(len(p))+" "+p)
	}
	return hex.EncodeToString(h.Sum(nil))
}
