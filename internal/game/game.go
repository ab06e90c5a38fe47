package game

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"partykit/internal/names"
)

const (
	maxName     = 64 // bytes of a game's name
	maxURL      = 2048
	maxOrigins  = 32
	maxPictures = 32
)

// ErrInvalid marks an error that says what is wrong with a game and what would
// be right, in words for the person who wrote it.
var ErrInvalid = errors.New("not a valid game")

// A Game is what this server knows about a game. Its id is public.
type Game struct {
	ID          string             `json:"id"`
	Name        string             `json:"name"`
	Studio      string             `json:"studio,omitempty"`     // slug; games of one studio can travel
	Background  string             `json:"background,omitempty"` // #rrggbb; empty: drawn from the id
	Accent      string             `json:"accent,omitempty"`     // #rrggbb; empty: drawn from the id
	Launch      Launch             `json:"launch"`
	Origins     []string           `json:"origins,omitempty"` // scheme://host[:port] each, as browsers send them
	Active      bool               `json:"active"`
	Provisional bool               `json:"provisional,omitempty"` // made by dev at first use
	Art         map[string]Picture `json:"art,omitempty"`         // by name; see Registry.SetArt
	Settings    Settings           `json:"settings,omitzero"`
	NameFilter  names.Filter       `json:"nameFilter,omitzero"` // what is not wanted in players' names
	Identity    Identity           `json:"identity,omitzero"`   // see Registry.SetIdentity
	Webhook     Webhook            `json:"webhook,omitzero"`    // see Registry.SetWebhook
}

// Launch says how a game is started.
type Launch struct {
	Web string `json:"web"` // http(s) URL
}

var (
	idShape   = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)
	nameShape = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,39}$`) // of a picture
)

// ValidID reports whether id has the shape of a game's id: 1 to 40 lower-case
// letters, digits and inner dashes.
func ValidID(id string) bool { return idShape.MatchString(id) }

// Validate reports the first thing that is wrong with the game, as an error
// that is [ErrInvalid].
func (g Game) Validate() error {
	if err := g.validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return nil
}

func (g Game) validate() error {
	if !ValidID(g.ID) {
		return errors.New("the id must be 1 to 40 of a–z, 0–9 and -, and not begin with -")
	}
	if clean, err := names.Text(g.Name, maxName); err != nil {
		return fmt.Errorf("the name: %w (at most %d bytes)", err, maxName)
	} else if clean == "" || clean != g.Name {
		return errors.New("the name must be one line of visible text without space around it")
	}
	if g.Studio != "" && !idShape.MatchString(g.Studio) {
		return errors.New("the studio must be 1 to 40 of a–z, 0–9 and -, and not begin with -")
	}
	if _, err := ParseColor(g.Background); g.Background != "" && err != nil {
		return fmt.Errorf("the background: %w", err)
	}
	if _, err := ParseColor(g.Accent); g.Accent != "" && err != nil {
		return fmt.Errorf("the accent: %w", err)
	}
	if err := checkLaunch(g.Launch.Web); err != nil {
		return fmt.Errorf("the launch URL %w", err)
	}
	if len(g.Origins) > maxOrigins {
		return fmt.Errorf("%d origins are more than %d", len(g.Origins), maxOrigins)
	}
	for _, o := range g.Origins {
		if canonical, err := ParseOrigin(o); err != nil {
			return err
		} else if canonical != o {
			return fmt.Errorf("the origin %q must be written as browsers send it, %q", o, canonical)
		}
	}
	if len(g.Art) > maxPictures {
		return fmt.Errorf("%d pictures are more than %d", len(g.Art), maxPictures)
	}
	for name := range g.Art {
		if !nameShape.MatchString(name) {
			return errBadArtName
		}
	}
	if err := g.Identity.validate(); err != nil {
		return err
	}
	if err := g.Webhook.validate(); err != nil {
		return err
	}
	return g.Settings.Validate()
}

// normal is the game with what people write in several ways written in one:
// origins as browsers send them, each once, the launch URL's if none is given,
// colours in lower case.
func (g Game) normal() Game {
	g.Name = strings.TrimSpace(g.Name)
	g.Background, g.Accent = strings.ToLower(g.Background), strings.ToLower(g.Accent)
	origins := make([]string, 0, len(g.Origins))
	for _, o := range g.Origins {
		if canonical, err := ParseOrigin(o); err == nil {
			o = canonical
		}
		if !slices.Contains(origins, o) {
			origins = append(origins, o)
		}
	}
	if len(origins) == 0 {
		if o, err := originOf(g.Launch.Web); err == nil {
			origins = append(origins, o)
		}
	}
	g.Origins = origins
	return g
}

// LaunchURL returns the address that starts the game with a ticket: the launch
// URL with partykit=TICKET in its fragment, after what stands there already. A
// fragment never leaves the browser, so no server sees or logs the ticket.
func (g Game) LaunchURL(ticket string) string {
	part := "partykit=" + url.QueryEscape(ticket)
	page, fragment, _ := strings.Cut(g.Launch.Web, "#")
	if fragment != "" {
		part = fragment + "&" + part
	}
	return page + "#" + part
}

// AllowsOrigin reports whether a browser's Origin header names one of the
// game's origins. The opaque origin "null" never does. In dev there are more:
// see [Registry.AllowsOrigin].
func (g Game) AllowsOrigin(origin string) bool { return slices.Contains(g.Origins, origin) }
