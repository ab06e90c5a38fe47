package control

import (
	"context"
	"net/http"
	"net/url"

	"partykit/internal/abuse"
	"partykit/internal/game"
)

func handleReports(mux *http.ServeMux, games *game.Registry, reports abuse.Reports) {
	mux.HandleFunc("GET /games/{id}/reports", func(w http.ResponseWriter, r *http.Request) {
		if _, ok := games.Get(r.PathValue("id")); !ok {
			answer(w, nil, game.ErrNotFound)
			return
		}
		list, err := reports.List(r.Context(), r.PathValue("id"))
		answer(w, list, err)
	})
	mux.HandleFunc("DELETE /games/{id}/reports/{report}", func(w http.ResponseWriter, r *http.Request) {
		if _, ok := games.Get(r.PathValue("id")); !ok {
			answer(w, nil, game.ErrNotFound)
			return
		}
		answer(w, struct{}{}, reports.Close(r.Context(), r.PathValue("id"), r.PathValue("report")))
	})
}

// Reports lists what players of a game reported of one another, newest first.
func (c *Client) Reports(ctx context.Context, id string) (list []abuse.Report, err error) {
	return list, c.do(ctx, "GET", "/games/"+url.PathEscape(id)+"/reports", nil, &list)
}

// CloseReport forgets a report that was dealt with.
func (c *Client) CloseReport(ctx context.Context, id, report string) error {
	return c.do(ctx, "DELETE", "/games/"+url.PathEscape(id)+"/reports/"+url.PathEscape(report), nil, &struct{}{})
}
