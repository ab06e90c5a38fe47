package api

import (
	"maps"
	"net/http"
	"reflect"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"partykit/party"
)

// Version of the API; its paths begin with /v1.
const Version = "1.0.0"

// document is the OpenAPI document before its operations.
func (s *server) document() *huma.OpenAPI {
	return &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{
			Title: "PartyKit for a game's own backend", Version: Version,
			Description: "Reads and steers the parties of one game: that of the server key. Guide: docs/http-api.md. Times are Unix milliseconds.",
			License:     &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"},
		},
		Servers:  []*huma.Server{{URL: "/", Description: "The server that serves this document."}},
		Security: []map[string][]string{{"serverKey": {}}},
		Tags: []*huma.Tag{
			{Name: "game", Description: "The game of the key."},
			{Name: "parties", Description: "Parties: look, make, settings, landing info."},
			{Name: "data", Description: "The party's data, with revisions."},
			{Name: "match", Description: "Where the party plays."},
			{Name: "members", Description: "Promote, take out, readmit."},
			{Name: "ready", Description: "Ready checks."},
			{Name: "asks", Description: "Who asks to be let in."},
			{Name: "invites", Description: "Links into a party."},
			{Name: "messages", Description: "Messages into a party."},
			{Name: "players", Description: "Where players are."},
			{Name: "tokens", Description: "Who players are."},
			{Name: "reports", Description: "What players report of one another."},
		},
		Components: &huma.Components{
			Schemas: huma.NewMapRegistry("#/components/schemas/", schemaName),
			SecuritySchemes: map[string]*huma.SecurityScheme{"serverKey": {
				Type: "http", Scheme: "bearer", Description: "A server key of the game: partykit game keys ID new.",
			}},
		},
	}
}

// names are those of PRODUCT's words where the type's own name would say less.
var schemaNames = map[reflect.Type]string{
	reflect.TypeFor[party.Snapshot]():    "Party",
	reflect.TypeFor[party.MemberView]():  "Member",
	reflect.TypeFor[party.SeatView]():    "HeldSeat",
	reflect.TypeFor[party.InviteView]():  "Invite",
	reflect.TypeFor[party.InviteStats](): "InviteStats",
	reflect.TypeFor[party.OutcastView](): "Outcast",
	reflect.TypeFor[party.AskView]():     "Ask",
	reflect.TypeFor[party.Match]():       "PartyMatch",
}

func schemaName(t reflect.Type, hint string) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if name, ok := schemaNames[t]; ok {
		return name
	}
	return huma.DefaultSchemaNamer(t, hint)
}

// fields describes what the party's own types have no room for.
var fields = map[string]string{
	"Party.id": "Its id.", "Party.game": "The game's id.",
	"Party.revision":     "Rises with every durable change that members can see.",
	"Party.size":         "Places.",
	"Party.openness":     "Who may enter beside those who hold a seat.",
	"Party.inviters":     "Who may make links.",
	"Party.approve":      "Whether a member lets each newcomer in.",
	"Party.leader":       "The leader's player id; empty when nobody is in.",
	"Party.members":      "In the order of joining.",
	"Party.held":         "Places held for browsers that are opening the game.",
	"Party.line":         "How many wait for a seat.",
	"Party.asks":         "Who asks to be let in.",
	"Party.data":         "The party's data.",
	"Party.dataRevision": "Rises with every change of the data.",
	"Party.landing":      "What the invite page shows.",
	"Party.invites":      "Live links, without their codes.",
	"Party.match":        "Where it plays now; absent: nowhere.",
	"Party.ready":        "The ready check under way.",
	"Party.outcasts":     "Who is kept out.",

	"Member.id": "The player's id.", "Member.n": "Its number in the party, never given to anybody else.",
	"Member.name": "Unique in the party.", "Member.face": "Seeds the drawn face.",
	"Member.state": "Whether it has finished loading.", "Member.joined": "When, in Unix milliseconds.",
	"Member.invite": "The link it came by.", "Member.by": "Who made that link; -backend is the game's backend.",
	"Member.data": "Its own data.", "Member.follow": "Whether it follows into the match; absent: not answered.",
	"Member.presence": "Whether its connection stands.", "Member.loading": "What it does while loading.",

	"Loading.phase": "Such as downloading.", "Loading.message": "For people.", "Loading.progress": "0 to 1.", "Loading.stalled": "No progress for 10 s.", "Loading.seconds": "Until it arrives, as measured.",

	"HeldSeat.n": "The number its player will have.", "HeldSeat.name": "The name it will have.", "HeldSeat.face": "Seeds the drawn face.",
	"HeldSeat.invite": "The link it came by.", "HeldSeat.by": "Who made that link.", "HeldSeat.since": "When, in Unix milliseconds.",
	"HeldSeat.offer":  "Free for who was next in line, until then.",
	"HeldSeat.player": "Whose it is, where that is known.",
	"HeldSeat.letIn":  "For who asked to be let in, and has not pressed Start since.",

	"Ask.player": "Who asks, from inside the game; absent of an invite page, where nobody knows who will play.", "Ask.n": "The number its player would have.", "Ask.name": "Its name.", "Ask.face": "Seeds the drawn face.", "Ask.since": "When, in Unix milliseconds.", "Ask.invite": "The link it came by.",

	"Outcast.n": "Its number in the party.", "Outcast.name": "Its name.", "Outcast.banned": "For good; else kicked.",

	"Field.id":    "title, description, image, partySize and partyMaxSize are known; any other is shown as label and value. At most 63 bytes.",
	"Field.label": "At most 63 bytes.", "Field.value": "At most 511 bytes.",

	"PartyMatch.id": "Its id.", "PartyMatch.connection": "What the game needs to connect.", "PartyMatch.joinable": "Whether newcomers can join it.",
	"PartyMatch.free": "Free seats in it.", "PartyMatch.since": "When, in Unix milliseconds.",

	"Ready.by": "Who asked; -backend is the game's backend.", "Ready.since": "When, in Unix milliseconds.", "Ready.until": "When it ends.",
	"Ready.keep": "Answers outlive changes of roster and data.", "Ready.answers": "Those given.",
	"Party.travel":  "Where the leader takes the party: to another game of the studio. Absent: nowhere.",
	"TravelView.id": "Of this travel.", "TravelView.to": "The other game's id.", "TravelView.title": "The other game's name.",
	"TravelView.by": "The player who takes the party there.", "TravelView.since": "When it began, in Unix milliseconds.", "TravelView.until": "Until when members may come along.",
	"TravelView.answers": "Who comes along and who does not.",
	"Reply.n":            "Whose.", "Reply.yes": "Which.",

	"Report.id": "Its id; ids sort by time.", "Report.game": "The game.", "Report.party": "The party they were in.", "Report.at": "When, in Unix milliseconds.",
	"Report.by": "Who reports.", "Report.about": "Who is reported.", "Report.reason": "Why, in the words of who reports.",
	"Report.chat":   "The newest lines of the party's chat then, at most 20, oldest first.",
	"Person.player": "Its id; absent for a seat that nobody had taken yet.", "Person.n": "Its number in the party.", "Person.name": "What it was called then.",
	"Line.n": "Whose, by number.", "Line.name": "What the writer was called.", "Line.text": "The line.", "Line.at": "When, in Unix milliseconds.",

	"Landing.fields": "All of them.", "Data.data": "Values by key.", "Invites.invites": "This page of them.",
	"MadeParty.party": "The party, as it is now.", "MadeParty.invite": "Its first link.",
}

// inviteFields are those of a link, which stand in three schemas.
var inviteFields = map[string]string{
	"id": "Its public id.", "by": "Who made it; -backend is the game's backend.", "made": "When, in Unix milliseconds.", "expires": "When it ends; 0: when nobody is left.",
	"maxUses": "Players that may come by it; 0 is any number.", "uses": "Players that came by it.", "message": "Shown on the invite page.",
	"for": "The one player that may use it.", "onLeave": "What becomes of it when its maker leaves.",
	"opens": "How often its page was looked at.", "starts": "How often Start was pressed.",
}

// requests are the schemas of what callers send: nothing else may stand in them.
var requests = []string{"NewParty", "NewInvite", "Settings", "Landing", "Field", "Match", "NewReady", "NewMessage"}

// enums are the closed lists of the party's own types.
var enums = map[string][]any{
	"Party.openness": {party.InviteOnly, party.Open, party.Locking},
	"Party.inviters": {party.Everyone, party.LeaderOnly},
	"Member.state":   {party.Loads, party.In}, "Member.follow": {party.Yes, party.No},
	"Member.presence": {party.Connected, party.Away, party.Reconnecting},
}

// describe completes the document with what the handlers' types do not say.
func describe(document *huma.OpenAPI) {
	schemas := document.Components.Schemas.Map()
	for name, schema := range schemas {
		if !slices.Contains(requests, name) {
			schema.AdditionalProperties = nil // later versions may say more
		}
		for field, p := range schema.Properties {
			if p.Format == "int32" {
				p.Format = "int64" // unsigned ones reach higher
			}
			at := name + "." + field
			if text := fields[at]; text != "" {
				p.Description = text
			}
			if name == "Invite" || name == "InviteStats" || name == "MadeInvite" {
				if text := inviteFields[field]; text != "" {
					p.Description = text
				}
			}
			if list := enums[at]; list != nil {
				p.Enum = list
			}
		}
	}
	for _, p := range party.Problems {
		code := schemas["Problem"].Properties["code"]
		code.Enum = append(code.Enum, p.Code)
	}
	for _, item := range document.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Put, item.Post, item.Patch, item.Delete} {
			if op != nil {
				complete(op)
			}
		}
	}
}

// complete says of an operation what is so of all of them.
func complete(op *huma.Operation) {
	delete(op.Responses, "422") // told as 400
	for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
		r := op.Responses[status]
		if r.Headers == nil {
			r.Headers = map[string]*huma.Param{}
		}
		if status != "401" {
			r.Headers["RateLimit"] = header("What is left of the game's requests: r of them now, all again after t seconds.")
			r.Headers["RateLimit-Policy"] = header("The game's requests: q at once, which come back within w seconds.")
		}
		if status == "429" {
			r.Headers["Retry-After"] = header("Seconds until the same request may succeed.")
		}
		if op.Method != http.MethodGet && status[0] == '2' {
			r.Headers["Idempotency-Replayed"] = header("true: this is the answer that the same request got before.")
		}
	}
	if op.Method != http.MethodGet {
		op.Parameters = append(op.Parameters, &huma.Param{
			Name: keyHeader, In: "header", Schema: &huma.Schema{Type: huma.TypeString, MaxLength: new(maxKey)},
			Description: "Chosen by the caller, a new one for each thing to do. Sent again within 24 hours, the same request happens once and is answered the same.",
		})
	}
}

func header(text string) *huma.Param {
	return &huma.Param{Description: text, Schema: &huma.Schema{Type: huma.TypeString}}
}
