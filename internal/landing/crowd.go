package landing

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"partykit/internal/auth"
	"partykit/party"
)

const (
	// crowdBytes is how much of pages and their compressed form is kept: those of
	// about a thousand links.
	crowdBytes = 24 << 20
	// crowdPause is how long a page is served of which only what is fleeting has
	// changed: open pages are told as often.
	crowdPause = 250 * time.Millisecond
	// crowdFor is how long a page is served that tells how long something lasts
	// already, in minutes.
	crowdFor = 5 * time.Second
	// crowdWait is how long a page may take to be made.
	crowdWait = 10 * time.Second
)

// A crowdPage is what everybody sees of a link whom its party does not know.
// It is made once, whatever the crowd, and served until it is outdated: by a
// change of its party or of any game, or by time.
type crowdPage struct {
	game    string
	status  int
	header  http.Header // but for what every answer says; its values are shared
	written rendered
	zipped  []byte
	lines   []byte // header and what is said of zipped

	made, until time.Time
	games       uint64 // the games' state of which it was made
	notice      Notice
}

// crowdPages are the pages that crowds look at.
type crowdPages struct {
	games atomic.Uint64 // rises with every change of a game
	memo  *memo[crowdKey, *crowdPage]

	mu     sync.Mutex
	making map[crowdKey]*making
}

// making is a page that is being made.
type making struct {
	done chan struct{}
	page *crowdPage // once it is done
	err  error      // then; of a maker that panicked: Unavailable
}

// crowdKey is what tells such pages of one server apart. All are in English.
type crowdKey struct{ code, inside string }

func newCrowdPages() *crowdPages {
	return &crowdPages{memo: newMemo[crowdKey, *crowdPage](crowdBytes), making: map[crowdKey]*making{}}
}

// outdate has every page made anew.
func (c *crowdPages) outdate() { c.games.Add(1) }

// get returns the page if it still says what is so.
func (c *crowdPages) get(key crowdKey) (*crowdPage, bool) {
	p, ok := c.memo.get(key)
	if !ok || !c.holds(p) {
		return nil, false
	}
	now := time.Now()
	return p, now.Before(p.until) && (now.Sub(p.made) < crowdPause || p.notice.Same())
}

// holds reports whether nothing was changed since a page was made.
func (c *crowdPages) holds(p *crowdPage) bool { return p.games == c.games.Load() && p.notice.Current() }

// once has a page made that is not kept. Of many who want the same page at
// once one makes it and the others wait. No request gets a page that was outdated
// before the request came: one that was being made by then counts if it still
// holds, and every one whose making began later. What went wrong is told to all who
// waited, but for what is the maker's own: that it guessed too much.
func (c *crowdPages) once(ctx context.Context, key crowdKey, render func(context.Context) (*crowdPage, error)) (*crowdPage, error) {
	for late := true; ; late = false { // late: what is being made had begun before
		c.mu.Lock()
		m, underway := c.making[key]
		if !underway {
			m = &making{done: make(chan struct{}), err: &party.Error{Code: party.Unavailable}}
			c.making[key] = m
		}
		c.mu.Unlock()
		if !underway {
			c.run(ctx, key, m, render)
			return m.page, m.err
		}
		select {
		case <-m.done:
		case <-ctx.Done():
			return nil, &party.Error{Code: party.Unavailable}
		}
		if p, ok := c.get(key); ok {
			return p, nil
		}
		if e, _ := errors.AsType[*party.Error](m.err); !late && (e == nil || e.Code != party.RateLimited) {
			return m.page, m.err
		}
	}
}

// run makes a page for all who want it, also when who came first has gone.
func (c *crowdPages) run(ctx context.Context, key crowdKey, m *making, render func(context.Context) (*crowdPage, error)) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), crowdWait)
	defer cancel()
	defer func() {
		c.mu.Lock()
		delete(c.making, key)
		c.mu.Unlock()
		close(m.done)
	}()
	m.page, m.err = c.make(ctx, key, render)
}

// make makes a page, and keeps it if it can be known when it is outdated.
func (c *crowdPages) make(ctx context.Context, key crowdKey, render func(context.Context) (*crowdPage, error)) (*crowdPage, error) {
	games := c.games.Load()
	p, err := render(ctx)
	if err == nil && p.notice.Current != nil {
		p.games, p.made = games, time.Now()
		p.until = p.made.Add(time.Hour)
		if p.notice.Match != nil {
			p.until = p.made.Add(crowdFor)
		}
		if end := p.notice.Until; end != 0 && time.UnixMilli(int64(end)).Before(p.until) {
			p.until = time.UnixMilli(int64(end))
		}
		c.memo.put(key, p, len(p.written)+len(p.zipped)+len(p.lines))
	}
	return p, err
}

// FromMemory answers with a page that is kept who asks for it and can be known by
// no party, and leaves all else to next. It waits for nothing and takes less than
// to wait for a turn would, or to look the route up.
func (s *Server) FromMemory(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		code, ok := strings.CutPrefix(r.URL.Path, "/join/")
		if ok && r.Method == http.MethodGet && s.browser(r) == "" {
			if p, ok := s.pages.get(crowdKey{code, insideApp(r.UserAgent())}); ok {
				s.sendAtOnce(p, w, r)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// showStranger answers a browser that no party can know: it brought no cookie.
func (s *Server) showStranger(w http.ResponseWriter, r *http.Request, code string) {
	p, err := s.crowdPage(r, code)
	if err != nil {
		s.fail(w, r, code, party.Invitation{}, s.failure(err))
		return
	}
	s.send(p, w, r)
}

// showSame answers a browser that is shown what everybody is, if it is.
func (s *Server) showSame(w http.ResponseWriter, r *http.Request, code string, inv party.Invitation) bool {
	p, err := s.crowdPage(r, code)
	if err != nil || !reflect.DeepEqual(inv, p.notice.Invitation) {
		return false
	}
	s.send(p, w, r)
	return true
}

// sendAtOnce sends a page to a browser that was never here before. Where it leaves
// whole, net/http has no header to copy, sort and write.
func (s *Server) sendAtOnce(p *crowdPage, w http.ResponseWriter, r *http.Request) {
	cookie := s.cookie(auth.Browser())
	if s.whole(p, w, r, s.always+"Set-Cookie: "+cookie+"\r\n") {
		return
	}
	maps.Copy(w.Header(), s.opts.Always)
	w.Header().Set("Set-Cookie", cookie)
	writePage(p, w, r)
}

func (s *Server) send(p *crowdPage, w http.ResponseWriter, r *http.Request) {
	for name := range p.header { // what was said before of others than pages
		delete(w.Header(), name)
	}
	if !s.whole(p, w, r, "") {
		writePage(p, w, r)
	}
}

// writePage has net/http write a page.
func writePage(p *crowdPage, w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodHead { // there is no page to say it
		privately(w.Header())
	}
	maps.Copy(w.Header(), p.header)
	body := p.zipped
	if acceptsGzip(r.Header.Get("Accept-Encoding")) {
		w.Header()["Content-Encoding"] = inGzip
	} else {
		body = p.written.plain()
	}
	writeBody(w, r, p.status, body)
}

// whole has a page leave whole, if it can, and reports whether it does.
func (s *Server) whole(p *crowdPage, w http.ResponseWriter, r *http.Request, own string) bool {
	if r.Method != http.MethodGet || !acceptsGzip(r.Header.Get("Accept-Encoding")) || !s.opts.Whole(r, own, p.lines, p.zipped) {
		return false
	}
	w.WriteHeader(p.status)
	return true
}

// crowdPage returns what a link shows to strangers.
func (s *Server) crowdPage(r *http.Request, code string) (*crowdPage, error) {
	inside := insideApp(r.UserAgent())
	key := crowdKey{code, inside}
	if p, ok := s.pages.get(key); ok {
		return p, nil
	}
	return s.pages.once(r.Context(), key, func(ctx context.Context) (*crowdPage, error) {
		notice, err := s.parties.Notice(ctx, code, s.opts.ClientAddr(r))
		if err != nil {
			return nil, err
		}
		status, p := s.pageOf(code, notice.Invitation)
		made := &crowdPage{game: string(notice.Game), status: status, header: maps.Clone(p.look.headers), written: p.render(inside), notice: notice}
		if status != http.StatusOK { // else its head says the rest, see pageHeaders
			s.pageHeaders(made.header, p)
		}
		for name := range s.opts.Always {
			delete(made.header, name)
		}
		made.zipped = made.written.zipped()
		h := maps.Clone(made.header)
		h.Set("Content-Encoding", "gzip")
		h.Set("Content-Length", strconv.Itoa(len(made.zipped)))
		made.lines = inLines(h)
		return made, nil
	})
}
