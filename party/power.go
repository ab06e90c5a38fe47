package party

// leads reports whether a player wears the crown, or is the game's backend,
// which has the leader's authority.
func (d *decision) leads(p PlayerID) bool { return p == Backend || p != "" && d.s.Leader == p }

// acts reports whether a player stands in for a leader that lost its
// connection: it may kick, lock and set data, and nothing else (law 18).
func (d *decision) acts(p PlayerID) bool {
	if _, away := d.known.Absent[d.s.Leader]; !away {
		return false
	}
	heir := d.heir()
	if heir == nil || heir.Player != p {
		return false
	}
	_, away := d.known.Absent[p]
	return !away
}

// may says that a command is the leader's, or also the acting leader's.
func (d *decision) may(p PlayerID, acting bool) error {
	if p == Backend && (d.s.Ended || d.s.Retired) {
		return &Error{Code: Ended}
	}
	if d.leads(p) || acting && d.acts(p) {
		return nil
	}
	return &Error{Code: NotAllowed, Detail: "Only the leader of the party may do this."}
}

// promote gives the crown to another member, whose waiting sets then count.
func (d *decision) promote(c Promote) error {
	if err := d.may(c.Player, false); err != nil {
		return err
	}
	if d.s.Member(c.To) == nil {
		return &Error{Code: NotFound, Detail: "There is no such member in the party."}
	}
	if c.To != d.s.Leader {
		d.crownTo(c.To, ReasonPromoted)
	}
	return nil
}

// change sets how the party is entered. An acting leader may only lock it.
func (d *decision) change(c Change) error {
	locks := c.Openness != nil && *c.Openness == Locking && c.Inviters == nil && c.Size == nil && c.Approve == nil
	if err := d.may(c.Player, locks); err != nil {
		return err
	}
	from := Changed{d.s.Openness, d.s.inviters(), d.s.Size, d.s.Approve}
	to := from
	if c.Openness != nil {
		to.Openness = *c.Openness
	}
	if c.Inviters != nil {
		to.Inviters = *c.Inviters
	}
	if c.Size != nil {
		to.Size = *c.Size
	}
	if c.Approve != nil {
		to.Approve = *c.Approve
	}
	if c.MaxSize == 0 {
		c.MaxSize = MaxSize
	}
	switch {
	case to.Openness != InviteOnly && to.Openness != Open && to.Openness != Locking:
		return Errorf(BadRequest, "A party is invite_only, open or locked.")
	case to.Inviters != Everyone && to.Inviters != LeaderOnly:
		return Errorf(BadRequest, "Those who may invite are everyone or leader.")
	case c.Size != nil && (to.Size < 1 || to.Size > c.MaxSize):
		return Errorf(BadRequest, "A party has 1 to %d places.", c.MaxSize)
	case c.Size != nil && to.Size < d.s.Taken():
		return Errorf(TooMany, "There are %d in the party already.", d.s.Taken())
	}
	if to != from {
		d.emit(to)
	}
	return nil
}

func (s *State) inviters() Inviters {
	if s.Inviters == "" {
		return Everyone
	}
	return s.Inviters
}
