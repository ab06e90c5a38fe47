package storms

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/coder/websocket"
)

// A friend opens the streamer's link: the page, and its live connection.
type friend struct {
	cookie string
	ws     *websocket.Conn

	mu    sync.Mutex
	shows shown
	more  chan struct{} // something came
	over  error
}

// shown is what a page shows, as far as the storm asks for it.
type shown struct {
	Problem string `json:"problem"`
	Count   string `json:"count"`
	You     *struct {
		Stage string `json:"stage"`
		Title string `json:"title"`
	} `json:"you"`
	Door *struct {
		Do string `json:"do"`
	} `json:"door"`
	People []struct {
		Name string `json:"name"`
	} `json:"people"`
}

// visit opens the page and its connection, and shows it.
func visit(ctx context.Context, pages *http.Client, link string) (*friend, error) {
	f := &friend{more: make(chan struct{}, 1)}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, link, nil)
	if err != nil {
		return nil, err
	}
	answer, err := pages.Do(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	switch {
	case err != nil:
		return nil, err
	case answer.StatusCode != http.StatusOK && answer.StatusCode != http.StatusConflict:
		return nil, fmt.Errorf("the page answers %s", answer.Status)
	case !strings.Contains(string(body), "invites you to") && !strings.Contains(string(body), "is full"):
		return nil, fmt.Errorf("the page does not say what it is: %.200s", body)
	case len(answer.Cookies()) != 1:
		return nil, fmt.Errorf("the page sets %d cookies", len(answer.Cookies()))
	}
	f.cookie = answer.Cookies()[0].Name + "=" + answer.Cookies()[0].Value
	origin, _, _ := strings.Cut(link, "/join/")
	f.ws, _, err = websocket.Dial(ctx, link+"/live", &websocket.DialOptions{
		HTTPHeader: http.Header{"Origin": {origin}, "Cookie": {f.cookie}},
	})
	if err != nil {
		return nil, err
	}
	go f.listen(ctx)
	return f, f.say(ctx, `{"visible":true}`)
}

func (f *friend) say(ctx context.Context, what string) error {
	return f.ws.Write(ctx, websocket.MessageText, []byte(what))
}

func (f *friend) listen(ctx context.Context) {
	for {
		_, data, err := f.ws.Read(ctx)
		var now shown
		if err == nil {
			err = json.Unmarshal(data, &now)
		}
		f.mu.Lock()
		if err == nil {
			f.shows = now
		}
		f.over = err
		f.mu.Unlock()
		select {
		case f.more <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// until waits for the page to show what is asked for, and returns it.
func (f *friend) until(ctx context.Context, right func(shown) bool) (shown, error) {
	for {
		f.mu.Lock()
		now, err := f.shows, f.over
		f.mu.Unlock()
		if right(now) || err != nil {
			return now, err
		}
		select {
		case <-f.more:
		case <-ctx.Done():
			return now, fmt.Errorf("the page shows %+v: %w", now, ctx.Err())
		}
	}
}
