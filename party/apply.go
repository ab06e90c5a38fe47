package party

import "slices"

// Apply folds an entry of the log into the state; seq is its place in the log,
// 0 for a party that lives in memory only.
func (s *State) Apply(seq uint64, e Entry) {
	for _, event := range e.Events {
		s.evolve(event, e.At)
	}
	s.Revision = e.Rev
	if e.First != 0 {
		s.Told = e.First - 1 + uint64(len(e.Notices()))
	}
	s.Seq = max(s.Seq, seq)
	if e.By != nil {
		s.answered(*e.By, seq)
	}
	s.forget(e.At)
	s.Kept = s.Horizon(e.At)
}

// visible reports whether members can see the event (law 13).
func visible(e Event) bool {
	switch e.(type) {
	case Founded, Resumed, Retired, Counted:
		return false
	}
	return true
}

func (s *State) evolve(e Event, at Time) {
	switch e := e.(type) {
	case Founded:
		*s = *e.State.Clone()
	case SeatHeld:
		s.Seats = append(slices.DeleteFunc(s.Seats, func(x Seat) bool { return x.ID == e.Seat.ID }), e.Seat)
		s.LastN = max(s.LastN, e.Seat.N)
		s.Alone = at
	case SeatLapsed:
		s.Seats = slices.DeleteFunc(s.Seats, func(x Seat) bool { return x.ID == e.Seat })
		s.Alone = at
	case Queued:
		s.Line = append(s.Line, e.Visitor)
		s.LastN = max(s.LastN, e.Visitor.N)
	case Unqueued:
		if i := s.inLine(e.Seat); i > 0 {
			s.Line = slices.Concat(s.Line[:i-1], s.Line[i:])
		}
	case Asked:
		s.Asks = append(s.Asks, e.Visitor)
		s.LastN = max(s.LastN, e.Visitor.N)
	case AskAnswered:
		s.askAnswered(e, at)
	case Joined:
		s.joined(e, at)
	case Resumed:
		s.resumed(e, at)
	case Finalized:
		if m := s.Member(e.Player); m != nil {
			m.State = In
		}
	case Left:
		s.left(e, at)
	case Crowned:
		s.Leader = e.Leader
	case DataSet:
		s.Data, s.DataRev = e.Data, e.Revision
	case LandingSet:
		s.Landing = e.Fields
	case Invited:
		s.Invites = append(s.Invites, e.Invite)
		s.Alone = at
	case Adopted:
		s.Invites = append(slices.DeleteFunc(s.Invites, func(i Invite) bool { return i.ID == e.Invite.ID }), e.Invite)
		s.Alone = at
	case Counted:
		if i := s.Invite(e.Invite); i != nil {
			i.Opens += e.Opens
			i.Starts += e.Starts
		}
	case InviteRevoked:
		if i := s.Invite(e.Invite); i != nil {
			i.Revoked, i.Went, i.Emptied = at, e.Went, i.UntilEmpty && s.Taken() == 0
		}
		s.Alone = at
	case Changed:
		s.Openness, s.Inviters, s.Size, s.Approve = e.Openness, e.Inviters, e.Size, e.Approve
		s.Alone = at
	case CastOut:
		s.castOut(e.Outcast)
	case Readmitted:
		s.Outcasts = slices.DeleteFunc(s.Outcasts, func(o Outcast) bool { return o.N == e.N })
	case MemberSet:
		if m := s.Member(e.Player); m != nil {
			m.Data = e.Data
		}
	case MatchSet:
		s.matchSet(e)
	case Followed:
		if m := s.Member(e.Player); m != nil {
			m.Follow = e.Answer
		}
	case ReadyAsked:
		s.Ready = &e.Ready
	case ReadyAnswered:
		s.Ready.Answers = replied(s.Ready.Answers, e.N, e.Yes)
	case ReadyEnded:
		s.Ready = nil
	case TravelSet:
		s.Travel = e.Travel
	case Boarded:
		s.Travel.Answers = replied(s.Travel.Answers, e.N, e.Yes)
	case Renamed:
		if m := s.Member(e.Player); m != nil {
			m.Name = e.Name
		}
	case Identified:
		s.identified(e)
	case EndedEvent:
		s.Ended = true
	case Retired:
		s.Retired = true
	}
}

func (s *State) joined(e Joined, when Time) {
	m := e.Member
	beyond := s.beyond(m.Seat)
	s.Seats = slices.DeleteFunc(s.Seats, func(x Seat) bool { return m.Seat != "" && x.ID == m.Seat })
	at := len(s.Members)
	if i := slices.IndexFunc(s.Members, func(x Member) bool { return x.N == e.Before }); i >= 0 {
		at = i
	}
	s.Members = slices.Insert(s.Members, at, m)
	s.LastN = max(s.LastN, m.N)
	s.Alone = when
	s.open(m.Session, m.Player, e.Hash, "")
	if i := s.Invite(m.Invite); i != nil {
		i.count(Use{m.Player, m.Seat}, beyond)
		s.forgetPlayers()
	}
}

// count counts a player once; a seat that started again moves its use, and one
// beyond the maximum takes none (law 9).
func (i *Invite) count(u Use, beyond bool) {
	if i.counted(u.Player) {
		return
	}
	if old := find(i.Used, func(x *Use) bool { return u.Seat != "" && x.Seat == u.Seat }); old != nil {
		old.Player = u.Player
		return
	}
	if !beyond {
		i.Uses++
	}
	i.Used = append(i.Used, u)
}

// forgetPlayers keeps the counted players of all links within bounds, oldest
// first out of the longest list.
func (s *State) forgetPlayers() {
	total := 0
	longest := &s.Invites[0]
	for i := range s.Invites {
		total += len(s.Invites[i].Used)
		if len(s.Invites[i].Used) > len(longest.Used) {
			longest = &s.Invites[i]
		}
	}
	if total > keptPlayers {
		longest.Used = slices.Delete(longest.Used, 0, 1)
	}
}

func (s *State) resumed(e Resumed, at Time) {
	m := s.Member(e.Player)
	if m == nil {
		return
	}
	if m.Session != e.Session {
		if old := s.Session(m.Session); old != nil {
			old.Gone = at
		}
		m.Session = e.Session
	}
	m.Move = max(m.Move, e.Move)
	if e.From != "" {
		m.From = e.From
	}
	s.open(e.Session, e.Player, e.Hash, e.Prev)
}

// open begins a session, or takes up one that is still known with the commands
// it has applied: coming back must not make them new (law 12).
func (s *State) open(id SessionID, p PlayerID, hash, prev string) {
	session := s.Session(id)
	if session == nil {
		s.Sessions = append(s.Sessions, Session{ID: id})
		session = &s.Sessions[len(s.Sessions)-1]
	}
	session.Player, session.Hash, session.Prev, session.Gone = p, hash, prev, 0
}

func (s *State) left(e Left, at Time) {
	if m := s.Member(e.Player); m != nil {
		if session := s.Session(m.Session); session != nil {
			session.Gone = at
		}
	}
	s.Members = slices.DeleteFunc(s.Members, func(m Member) bool { return m.Player == e.Player })
	s.Alone = at
}

// answered remembers where a command was applied; the first command under a
// new resume token ends the one before it.
func (s *State) answered(id CommandID, seq uint64) {
	session := s.Session(id.Session)
	if session == nil {
		return
	}
	session.High = max(session.High, id.Counter)
	session.Prev = ""
	session.Answers = append(session.Answers, Answer{id.Counter, seq})
	if extra := len(session.Answers) - keptAnswers; extra > 0 {
		session.Answers = slices.Delete(session.Answers, 0, extra)
	}
}

// forget drops what is no longer promised: answers of sessions long gone, why
// links died more than a day ago, and who was declined for long enough.
func (s *State) forget(now Time) {
	s.Declined = slices.DeleteFunc(s.Declined, func(r Refusal) bool { return now >= r.At.Add(DeclineTime) })
	s.Sessions = slices.DeleteFunc(s.Sessions, func(x Session) bool {
		return x.Gone != 0 && now >= x.Gone.Add(KeepSession)
	})
	s.Invites = slices.DeleteFunc(s.Invites, func(i Invite) bool {
		dead := i.Revoked
		if dead == 0 && !i.Live(now) {
			dead = i.Expires
		}
		return dead != 0 && now >= dead.Add(KeepDead)
	})
	if extra := len(s.Invites) - MaxLinks; extra > 0 {
		i := slices.IndexFunc(s.Invites, func(i Invite) bool { return !i.Live(now) })
		s.Invites = slices.Delete(s.Invites, i, i+1)
	}
}
