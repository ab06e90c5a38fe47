package landing

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"partykit/internal/auth"
	"partykit/internal/game"
	"partykit/internal/limit"
	"partykit/party"
)

const (
	cardRest  = 30 * time.Second // between two drawings for one invite
	cardQueue = 8                // requests that wait for their card to be drawn
	cardShare = 4                // of them of one game, so that another's are drawn, too
	cardWait  = 2 * time.Second  // the longest wait; preview robots give up soon
	cardBytes = 32 << 20         // of all cards kept
)

// card answers with the picture that chat programs show of a link.
func (s *Server) card(w http.ResponseWriter, r *http.Request) {
	code, ok := auth.ParseCode(r.PathValue("code"))
	inv := party.Invitation{Problem: party.NotFound}
	if ok {
		var err error
		if inv, err = s.parties.Invitation(r.Context(), code, "", s.opts.ClientAddr(r)); err != nil {
			s.refuse(w, s.failure(err))
			return
		}
	}
	g, _ := s.gameOf(inv)
	cover, _ := s.games.Art(g.ID, game.CoverName)
	c := s.cards.get(r.Context(), subjectOf(inv, g, cover))
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=60")
	h.Set("X-Robots-Tag", "noindex")
	writePicture(w, r, c.kind, c.version, c.body)
}

// A subject is what a card shows. Cards of equal subjects are the same.
type subject struct {
	key     string // whose card: an invite's, or one that all dead links of a game share
	game    game.Game
	cover   game.Picture
	inviter *party.Person
	title   string // instead of the inviter, for a dead link
	taken   int
	size    int
}

func subjectOf(inv party.Invitation, g game.Game, cover game.Picture) subject {
	x := subject{game: g, cover: cover}
	if inv.Problem != "" && inv.Problem != party.Full || inv.Inviter.Name == "" {
		x.title = troubleOf(&party.Error{Code: inv.Problem}, "").Title
		if inv.Problem == "" {
			x.title = "You are invited"
		}
		x.key = "dead " + g.ID + " " + string(inv.Problem)
		return x
	}
	x.key = "invite " + string(inv.Invite)
	x.inviter = &party.Person{Name: clean(inv.Inviter.Name), Face: inv.Inviter.Face}
	x.taken, x.size = inv.Taken, inv.Size
	return x
}

// state tells subjects with one key apart.
func (x subject) state() string {
	background, accent := stageOf(x.game)
	return fmt.Sprintf("%q %q %v %v %q %v %d %d", x.cover.Hash, x.game.Name, background, accent, x.title, x.inviter, x.taken, x.size)
}

// A picture is an encoded image.
type picture struct {
	kind    string
	body    []byte
	version string
}

// cards draws and keeps cards, one drawing at a time. Whoever would have to wait
// too long gets the game's cover instead.
type cards struct {
	turn chan struct{}        // holds a token while a card is drawn
	wait chan struct{}        // holds a token for each waiting request
	each limit.Counts[string] // how many of them are a game's
	memo *memo[string, drawn]
}

type drawn struct {
	state   string
	picture picture
	at      time.Time
}

func newCards() *cards {
	return &cards{turn: make(chan struct{}, 1), wait: make(chan struct{}, cardQueue), memo: newMemo[string, drawn](cardBytes)}
}

// get returns the card of a subject: the kept one if it is right, or was drawn
// less than 30 s ago; else a new one.
func (c *cards) get(ctx context.Context, x subject) picture {
	state := x.state()
	if p, ok := c.kept(x.key, state); ok {
		return p
	}
	if !c.each.Take(x.game.ID, cardShare) {
		return coverOf(x)
	}
	defer c.each.Give(x.game.ID)
	select {
	case c.wait <- struct{}{}:
		defer func() { <-c.wait }()
	default:
		return coverOf(x)
	}
	patience := time.NewTimer(cardWait)
	defer patience.Stop()
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-patience.C:
		return coverOf(x)
	case <-ctx.Done():
		return coverOf(x)
	}
	if p, ok := c.kept(x.key, state); ok { // drawn while this request waited
		return p
	}
	p, err := drawCard(x)
	if err != nil {
		return coverOf(x)
	}
	c.memo.put(x.key, drawn{state, p, time.Now()}, len(p.body))
	return p
}

func (c *cards) kept(key, state string) (picture, bool) {
	d, ok := c.memo.get(key)
	if !ok || d.state != state && time.Since(d.at) >= cardRest {
		return picture{}, false
	}
	return d.picture, true
}

// coverOf is the card that needs no drawing.
func coverOf(x subject) picture {
	if len(x.cover.Data) == 0 {
		return picture{kind: icon.kind, body: icon.body, version: fingerprint(icon.body)}
	}
	return picture{kind: x.cover.Type, body: x.cover.Data, version: x.cover.Hash}
}
