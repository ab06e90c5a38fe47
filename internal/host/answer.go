package host

import (
	"slices"

	"partykit/party"
	"partykit/protocol"
)

// keptAnswers is how many answers of a session are kept here for repetitions.
// The party's log keeps as many of those that changed something.
const keptAnswers = 16

// answers are a session's newest commands and what they were answered.
type answers struct {
	high uint64 // highest command id seen in this process
	kept []answered
}

// answered remembers the frame that answered a command; nil while under way.
type answered struct {
	id    uint64
	frame []byte
}

func (a *answers) find(id uint64) *answered {
	if i := slices.IndexFunc(a.kept, func(x answered) bool { return x.id == id }); i >= 0 {
		return &a.kept[i]
	}
	return nil
}

// begin notes a command. One that is repeated, or too old, is answered here.
func (s *session) begin(id uint64) (isNew bool) {
	if a := s.answers.find(id); a != nil {
		if a.frame != nil {
			s.send(false, a.frame)
		}
		return false
	}
	if id <= s.answers.high {
		s.fail(id, &party.Error{Code: party.StaleCommand}, nil)
		return false
	}
	s.answers.high = id
	s.answers.kept = append(s.answers.kept, answered{id: id})
	if extra := len(s.answers.kept) - keptAnswers; extra > 0 {
		s.answers.kept = slices.Delete(s.answers.kept, 0, extra)
	}
	return true
}

// answer sends the answer of a command and keeps it for a repetition.
func (s *session) answer(ok protocol.OK) { s.answerFrame(ok.ID, protocol.Encode(ok)) }

func (s *session) fail(id uint64, err error, ask *protocol.Ask) {
	s.answerFrame(id, protocol.Encode(protocol.Error{T: protocol.TError, ID: id, Failure: s.h.Failure(err), Invite: ask}))
}

func (s *session) answerFrame(id uint64, data []byte) {
	if a := s.answers.find(id); a != nil {
		a.frame = data
	}
	s.send(false, data)
}

// refuse answers a frame that is not taken as a command; its id stays unused.
func (s *session) refuse(id uint64, err error) {
	s.tell(protocol.Error{T: protocol.TError, ID: id, Failure: s.h.Failure(err)})
}

// Failure is an error as every surface tells it.
func (h *Host) Failure(err error) protocol.Failure {
	e := failure(err)
	f := protocol.Failure{
		Code: e.Code, Message: e.Message(), RetryAfter: e.RetryAfter.Seconds(), Next: e.Next,
		Docs: h.o.PublicURL + "/docs/errors#" + string(e.Code),
	}
	if e.Current != nil {
		f.Data, f.Revision = e.Current.Data, e.Current.Revision
	}
	return f
}
