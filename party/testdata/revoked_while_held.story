# A revoke stops new seats. Who holds one may still enter, but a browser that
# had not looked at the page for long enough may not.
> ada invites i1
  entry 100 after 0s, revision 2
    founded the party as it was
    invited {"invite":{"id":"i1","by":"ada","byName":"Ada","byFace":1,"made":1700000000000,"expires":1700086400000}}
> browser1 holds i1 as=CalmHeron
  entry 101 after 0s, revision 3
    held {"seat":{"id":"browser1","n":2,"name":"CalmHeron","face":7,"invite":"i1","by":"ada","since":1700000000000}}
> ada revokes i1
  entry 102 after 0s, revision 4
    revoked {"invite":"i1"}
> browser2 holds i1 as=BraveOtter
  refused, revoked: This link was taken back. Ask your friend for a new one.
> cleo joins i1 seat=browser2 as=Cleo
  refused, revoked: This link was taken back. Ask your friend for a new one.
> bob joins i1 seat=browser1
  entry 103 after 0s, revision 5
    joined {"member":{"player":"bob","n":2,"name":"CalmHeron","face":7,"state":"loading","joined":1700000000000,"move":3,"from":"solobob","seat":"browser1","invite":"i1","by":"ada","session":"bob1"},"hash":"hash","uses":1}
> bob fails
  entry 104 after 0s, revision 6
    left {"player":"bob","n":2,"reason":"failed"}
> bob joins i1 seat=browser1
  refused, revoked: This link was taken back. Ask your friend for a new one.
> party shows
  revision 6, 1 of 4
    1 Ada (ada) in, leads
    link i1 by Ada, dead, uses 1, at most 0
