package party

// The limits of members' own data, in bytes.
const (
	MaxMemberKeys  = 32
	MaxMemberData  = 2 << 10  // each member
	MaxMembersData = 16 << 10 // over all members
)

// setMember replaces a member's own data: hero, team, colour. Everybody sees
// it, and it leaves with its member.
func (d *decision) setMember(c SetMember) error {
	m := d.s.Member(c.Player)
	if m == nil {
		return &Error{Code: NotFound}
	}
	data := c.Data
	if c.Patch {
		data = m.Data.Patched(c.Data)
	}
	data, err := data.Clean()
	if err != nil {
		return err
	}
	total := data.size()
	if len(data) > MaxMemberKeys || total > MaxMemberData {
		return Errorf(TooLarge, "A member's data has at most %d keys and %d bytes; this has %d and %d.", MaxMemberKeys, MaxMemberData, len(data), total)
	}
	for i := range d.s.Members {
		if other := &d.s.Members[i]; other.Player != c.Player {
			total += other.Data.size()
		}
	}
	if total > MaxMembersData {
		return Errorf(TooLarge, "The data of all members has at most %d bytes; this would make it %d.", MaxMembersData, total)
	}
	if !m.Data.Equal(data) {
		d.emit(MemberSet{c.Player, m.N, data})
	}
	return nil
}

// size is the bytes of all keys and stored values.
func (d Data) size() int {
	n := 0
	for key, value := range d {
		n += len(key) + lengthOf(value)
	}
	return n
}
