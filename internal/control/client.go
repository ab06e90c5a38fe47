package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"

	"partykit/internal/game"
)

// ErrNotRunning says that no server runs on a data folder.
var ErrNotRunning = errors.New("no server is running on this data folder")

// Client asks a server.
type Client struct{ http http.Client }

// Dial returns a client of the server that runs on a data folder, or
// ErrNotRunning.
func Dial(ctx context.Context, dir string) (*Client, error) {
	path, err := find(dir)
	if err != nil {
		return nil, err
	}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}
	probe, err := dial(ctx, "", "")
	switch {
	case errors.Is(err, syscall.ENOENT), errors.Is(err, syscall.ECONNREFUSED):
		return nil, ErrNotRunning // none, or what one that was killed left
	case err != nil:
		return nil, fmt.Errorf("the server's control socket cannot be opened: %w", err)
	}
	probe.Close()
	return &Client{http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}}, nil
}

// Local returns a client that asks the stores of this process.
func Local(s Stores) *Client {
	return &Client{http.Client{Transport: local{Handler(s)}}}
}

// local answers requests without a network.
type local struct{ handler http.Handler }

func (l local) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := &recorded{header: http.Header{}, status: http.StatusOK}
	l.handler.ServeHTTP(w, r)
	return &http.Response{StatusCode: w.status, Status: http.StatusText(w.status), Header: w.header, Body: io.NopCloser(&w.body)}, nil
}

// recorded is an answer on its way.
type recorded struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *recorded) Header() http.Header         { return w.header }
func (w *recorded) WriteHeader(status int)      { w.status = status }
func (w *recorded) Write(b []byte) (int, error) { return w.body.Write(b) }

// List returns all games, in the order of their ids.
func (c *Client) List(ctx context.Context) (games []game.Game, err error) {
	return games, c.do(ctx, "GET", "/games", nil, &games)
}

// Show returns a game.
func (c *Client) Show(ctx context.Context, id string) (g game.Game, err error) {
	return g, c.do(ctx, "GET", "/games/"+url.PathEscape(id), nil, &g)
}

// Add registers a game.
func (c *Client) Add(ctx context.Context, g game.Game) (added game.Game, err error) {
	return added, c.do(ctx, "POST", "/games", g, &added)
}

// Set changes a game.
func (c *Client) Set(ctx context.Context, id string, change Change) (g game.Game, err error) {
	return g, c.do(ctx, "PATCH", "/games/"+url.PathEscape(id), change, &g)
}

// Activate makes the kit active for a game.
func (c *Client) Activate(ctx context.Context, id string) (g game.Game, err error) {
	return g, c.do(ctx, "POST", "/games/"+url.PathEscape(id)+"/activate", nil, &g)
}

// Deactivate makes the kit inactive for a game.
func (c *Client) Deactivate(ctx context.Context, id string) (g game.Game, err error) {
	return g, c.do(ctx, "POST", "/games/"+url.PathEscape(id)+"/deactivate", nil, &g)
}

// SetArt stores a picture of a game.
func (c *Client) SetArt(ctx context.Context, id, name string, upload []byte) (p game.Picture, err error) {
	return p, c.do(ctx, "PUT", "/games/"+url.PathEscape(id)+"/art/"+url.PathEscape(name), upload, &p)
}

// RemoveArt removes a picture of a game.
func (c *Client) RemoveArt(ctx context.Context, id, name string) error {
	return c.do(ctx, "DELETE", "/games/"+url.PathEscape(id)+"/art/"+url.PathEscape(name), nil, &struct{}{})
}

func (c *Client) do(ctx context.Context, method, path string, body, into any) error {
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case []byte:
		reader = bytes.NewReader(b)
	default:
		encoded, err := json.Marshal(b)
		if err != nil {
			return err
		}
		reader = bytes.NewReader(encoded)
	}
	request, err := http.NewRequestWithContext(ctx, method, "http://control"+path, reader)
	if err != nil {
		return err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return fmt.Errorf("asking the server: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		var f failure
		if err := json.NewDecoder(response.Body).Decode(&f); err != nil {
			return fmt.Errorf("the server answered %s: is it of another version?", response.Status)
		}
		return &remoteError{f.Error, kinds[f.Kind]}
	}
	return json.NewDecoder(response.Body).Decode(into)
}

// remoteError is an error of the other side.
type remoteError struct {
	text string
	kind error
}

func (e *remoteError) Error() string { return e.text }
func (e *remoteError) Unwrap() error { return e.kind }
