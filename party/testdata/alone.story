# Alone again without a live link, the party leaves storage after 10 minutes.
# A new link founds it anew.
> ada invites i1
  entry 100 after 0s, revision 2
    founded the party as it was
    invited {"invite":{"id":"i1","by":"ada","byName":"Ada","byFace":1,"made":1700000000000,"expires":1700086400000}}
> bob joins i1
  entry 101 after 0s, revision 3
    joined {"member":{"player":"bob","n":2,"name":"Bob","face":2,"state":"loading","joined":1700000000000,"move":2,"from":"solobob","invite":"i1","by":"ada","session":"bob1"},"hash":"hash","uses":1}
> ada revokes i1
  entry 102 after 0s, revision 4
    revoked {"invite":"i1"}
> bob leaves
  entry 103 after 0s, revision 5
    left {"player":"bob","n":2,"reason":"failed"}
> time passes 9m59s
> party shows
  revision 5, 1 of 4
    1 Ada (ada) in, leads
    link i1 by Ada, dead, uses 1, at most 0
> time passes 1s
  entry 104 after 10m0s, revision 5
    retired {}
> party shows
  revision 5, 1 of 4, in memory
    1 Ada (ada) in, leads
    link i1 by Ada, dead, uses 1, at most 0
> time passes 24h
> ada invites i2
  entry 105 after 24h10m0s, revision 6
    founded the party as it was
    invited {"invite":{"id":"i2","by":"ada","byName":"Ada","byFace":1,"made":1700087000000,"expires":1700173400000}}
> party shows
  revision 6, 1 of 4
    1 Ada (ada) in, leads
    link i2 by Ada, live for 24h0m0s, uses 0, at most 0
