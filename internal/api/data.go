package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"partykit/party"
)

// Data is a party's data.
type Data struct {
	Data     party.Data `json:"data"`
	Revision uint64     `json:"dataRevision" doc:"Rises with every change of the data; the ETag holds it."`
}

type (
	dataAnswer struct {
		ETag string `header:"ETag" doc:"The data's revision, for If-Match."`
		Body Data
	}
	changeData struct {
		InParty
		IfMatch string     `header:"If-Match" doc:"Do it only if the data is still what had this ETag; * is whatever it is."`
		Body    party.Data `doc:"Values by key. With PATCH, null removes a key."`
	}
)

func (s *server) registerData() {
	huma.Register(s.huma, of(http.MethodGet, "/data", "getData", "data", "Read the party's data", ""), s.getData)
	huma.Register(s.huma, of(http.MethodPut, "/data", "setData", "data", "Replace the party's data",
		"Sets it as the leader would, and tells all members.", http.StatusPreconditionFailed, http.StatusRequestEntityTooLarge),
		func(ctx context.Context, in *changeData) (*dataAnswer, error) {
			return s.changeData(ctx, in, party.SetData{Player: party.Backend, Data: in.Body})
		})
	huma.Register(s.huma, of(http.MethodPatch, "/data", "patchData", "data", "Change some of the party's data",
		"Sets the keys that are given and leaves the others.", http.StatusPreconditionFailed, http.StatusRequestEntityTooLarge),
		func(ctx context.Context, in *changeData) (*dataAnswer, error) {
			return s.changeData(ctx, in, party.PatchData{Player: party.Backend, Patch: in.Body})
		})
}

func (s *server) getData(ctx context.Context, in *InParty) (*dataAnswer, error) {
	return s.dataAnswer(s.o.Parties.Look(ctx, gameOf(ctx), in.Party))
}

func (s *server) changeData(ctx context.Context, in *changeData, cmd party.Command) (*dataAnswer, error) {
	if in.IfMatch != "" && in.IfMatch != "*" {
		revision, ok := revisionOf(in.IfMatch)
		if !ok {
			return nil, s.problem(party.Errorf(party.BadRequest, `If-Match holds one ETag as the data came with it, such as "3".`))
		}
		cmd = party.If{Revision: revision, Then: cmd}
	}
	return s.dataAnswer(s.o.Parties.Do(ctx, gameOf(ctx), in.Party, cmd))
}

// dataAnswer tells the data, or why not. A failed If-Match has the status that
// HTTP gives it, and brings the data as it is.
func (s *server) dataAnswer(v party.Snapshot, err error) (*dataAnswer, error) {
	if err == nil {
		return &dataAnswer{etagOf(v.DataRev), Data{v.Data, v.DataRev}}, nil
	}
	p := s.problem(err)
	if e, ok := errors.AsType[*party.Error](err); ok && e.Current != nil {
		p.Status, p.Title = http.StatusPreconditionFailed, http.StatusText(http.StatusPreconditionFailed)
		p.headers["ETag"] = etagOf(e.Current.Revision)
	}
	return nil, p
}

// etagOf names a revision of a party's data.
func etagOf(revision uint64) string { return `"` + strconv.FormatUint(revision, 10) + `"` }

// revisionOf reads what etagOf wrote.
func revisionOf(etag string) (revision uint64, ok bool) {
	if len(etag) < 3 {
		return 0, false
	}
	revision, err := strconv.ParseUint(etag[1:len(etag)-1], 10, 64)
	return revision, err == nil && etag == etagOf(revision)
}
