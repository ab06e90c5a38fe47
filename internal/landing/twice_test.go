package landing

import (
	"bytes"
	"compress/gzip"
	"io"
	"testing"

	"partykit/party"
)

// TestKeptPagesAreTheRightOnes asks for many pages twice: what comes out of
// memory must be what is rendered anew.
func TestKeptPagesAreTheRightOnes(t *testing.T) {
	invitations := []party.Invitation{lively(), arriving(party.HeldStage), arriving(party.LoadingNow), dead(party.Full), dead(party.Expired), dead(party.NotFound), inLine(3, 5), onward(party.OnwardJoin), askable(party.Locked), approving(), hostileInvitation("x")}
	for _, change := range []func(*party.Invitation){
		func(inv *party.Invitation) { inv.Taken++ },
		func(inv *party.Invitation) { inv.Inviter.Face++ },
		func(inv *party.Invitation) { inv.Members[1].Loading.Progress = new(0.43) },
		func(inv *party.Invitation) { inv.Landing[0].Value = "Level 4" },
		func(inv *party.Invitation) { inv.Expires++ },
		func(inv *party.Invitation) { inv.Match = &party.PublicMatch{Since: 1, Joinable: true, Free: 1} },
	} {
		inv := lively()
		change(&inv)
		invitations = append(invitations, inv)
	}
	x := newSetup(t, party.Invitation{})
	for round := range 2 {
		for i, inv := range invitations {
			x.parties.inv = inv
			_, p := x.server.pageOf(testCode, inv)
			plain := p.render("").plain()
			z, err := gzip.NewReader(x.do("GET", "/join/"+testCode, header("Accept-Encoding", "gzip")).Body)
			if err != nil {
				t.Fatal(err)
			}
			if unpacked, err := io.ReadAll(z); err != nil || !bytes.Equal(unpacked, plain) {
				t.Errorf("round %d, page %d is not the one rendered anew (%v)", round, i, err)
			}
		}
	}
}
