package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"partykit/internal/abuse"
	"partykit/party"
)

// Reports are what players report of one another. abuse.Reports is one.
type Reports interface {
	// List returns those of a game, newest first, with ids that sort by time.
	List(ctx context.Context, game string) ([]abuse.Report, error)
	// Close forgets one. It fails with abuse.ErrNotFound.
	Close(ctx context.Context, game, id string) error
}

// ReportList is a page of reports.
type ReportList struct {
	Reports []abuse.Report `json:"reports" doc:"This page of them."`
	Next    string         `json:"next,omitempty" doc:"There are more: ask again with this as after."`
}

// ClosedReport is a report that is forgotten.
type ClosedReport struct {
	Closed string `json:"closed" doc:"Its id."`
}

type (
	listReports struct {
		Limit int    `query:"limit" minimum:"1" maximum:"20" default:"10" doc:"At most so many."`
		After string `query:"after" maxLength:"64" doc:"Go on after this one, with older ones."`
	}
	reportsAnswer struct{ Body ReportList }
	closeReport   struct {
		Report string `path:"report" doc:"The report's id."`
	}
	closedAnswer struct{ Body ClosedReport }
)

func (s *server) registerReports() {
	huma.Register(s.huma, operation(http.MethodGet, "/v1/reports", "listReports", "reports", "List what players reported",
		"What players of the game reported of one another, newest first, with the last lines of their party's chat. Kept for 90 days, the newest 1,000."), s.listReports)
	huma.Register(s.huma, operation(http.MethodDelete, "/v1/reports/{report}", "closeReport", "reports", "Close a report",
		"Forgets a report that was dealt with.", http.StatusNotFound), s.closeReport)
}

func (s *server) listReports(ctx context.Context, in *listReports) (*reportsAnswer, error) {
	list, err := s.o.Reports.List(ctx, string(gameOf(ctx)))
	if err != nil {
		return nil, s.problem(s.reportError(err))
	}
	page := ReportList{Reports: []abuse.Report{}}
	for _, r := range list {
		switch {
		case in.After != "" && r.ID >= in.After:
		case len(page.Reports) == in.Limit:
			page.Next = page.Reports[in.Limit-1].ID
			return &reportsAnswer{page}, nil
		default:
			page.Reports = append(page.Reports, r)
		}
	}
	return &reportsAnswer{page}, nil
}

func (s *server) closeReport(ctx context.Context, in *closeReport) (*closedAnswer, error) {
	if err := s.o.Reports.Close(ctx, string(gameOf(ctx)), in.Report); err != nil {
		return nil, s.problem(s.reportError(err))
	}
	return &closedAnswer{ClosedReport{in.Report}}, nil
}

func (s *server) reportError(err error) *party.Error {
	if errors.Is(err, abuse.ErrNotFound) {
		return &party.Error{Code: party.NotFound, Detail: "There is no report of that id. They are kept for 90 days, the newest 1,000 of a game."}
	}
	s.log.Warn("reports cannot be read", "err", err)
	return &party.Error{Code: party.Unavailable}
}
