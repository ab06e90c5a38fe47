package party

// Onward is how somebody with a dead link gets into the party that the link's
// maker is in by now.
type Onward string

// The ways on.
const (
	OnwardJoin Onward = "join" // it is open: as by its id
	OnwardAsk  Onward = "ask"  // somebody there lets newcomers in
)

// Led says that somebody comes by a dead link of another party, or of this one,
// whose maker is here.
type Led struct {
	Maker PlayerID
	Died  Code // why the link is dead
	Asks  bool // the game lets who comes so ask where the party is not open
}

// died reports whether a link is dead without anybody having wished so, for
// somebody who is not kept out: then its holder may be led on (law 28). Of a link
// that the party has forgotten nobody knows whether its maker took it back.
func (d *decision) died(of Hold, why Code) (maker PlayerID, yes bool) {
	if why != Expired && why != UsedUp && why != Ended || d.s.outcast(of.Player, of.Browser) != nil {
		return "", false
	}
	i := d.s.Invite(of.Invite)
	if i == nil {
		return "", false
	}
	return i.By, (i.Revoked == 0 || i.Emptied) && (i.For == "" || i.For == of.Player)
}

// onward says how somebody whose dead link led on to this party gets in, or why
// not: its maker has to be a member, and a locked party lets nobody new ask.
func (d *decision) onward(of Hold) (Onward, error) {
	switch {
	case d.s.Ended || d.s.Member(of.Led.Maker) == nil:
		return "", &Error{Code: NotFound, Detail: "Whoever made this link is not here any more."}
	case d.s.outcast(of.Player, of.Browser) != nil:
		return "", &Error{Code: Banned}
	case d.s.Openness == Locking:
		return "", &Error{Code: Locked}
	case d.s.Openness == Open && !d.approves(of.Approve):
		if d.s.Taken() >= d.s.Size {
			return "", &Error{Code: Full}
		}
		return OnwardJoin, nil
	case !of.Led.Asks:
		return "", &Error{Code: Locked}
	}
	return OnwardAsk, nil
}

// ledOn is what somebody sees of the party that a dead link led on to, before
// it has a seat there: why the link is dead, and how to get in. No names.
func (d *decision) ledOn(v Invitation, of Hold) Invitation {
	v = Invitation{Game: v.Game, Revision: v.Revision, Problem: of.Led.Died}
	way, err := d.onward(of)
	if err != nil {
		return v
	}
	if way == OnwardAsk {
		if v.Declined = d.s.declined(of.Seat, of.Browser, d.now); v.Declined != 0 {
			return v
		}
	}
	v.Onward, v.CanAsk = way, way == OnwardAsk
	return v
}
