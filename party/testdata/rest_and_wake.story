# With nobody left the party rests while its link lives. Who comes leads it
# with the data it had.
> ada sets level=meadow
  entry 0 after 0s, revision 2
    data {"data":{"level":"meadow"},"revision":1}
> ada invites i1 expires=1h
  entry 100 after 0s, revision 3
    founded the party as it was
    invited {"invite":{"id":"i1","by":"ada","byName":"Ada","byFace":1,"made":1700000000000,"expires":1700003600000}}
> ada leaves
  entry 101 after 0s, revision 4
    left {"player":"ada","n":1,"reason":"left"}
    leader {"leader":"","reason":"left"}
> party shows
  revision 4, 0 of 4, rests
    link i1 by Ada, live for 1h0m0s, uses 0, at most 0
    data level="meadow";, landing []
> time passes 30m
> bob joins i1
  entry 102 after 30m0s, revision 5
    joined {"member":{"player":"bob","n":2,"name":"Bob","face":2,"state":"loading","joined":1700001800000,"move":2,"from":"solobob","invite":"i1","by":"ada","session":"bob1"},"hash":"hash","uses":1}
    leader {"leader":"bob","reason":"joined"}
> party shows
  revision 5, 1 of 4
    2 Bob (bob) loading, leads
    link i1 by Ada, live for 30m0s, uses 1, at most 0
    data level="meadow";, landing []
> bob finalizes
  entry 103 after 30m0s, revision 6
    finalized {"player":"bob","n":2}
> bob leaves
  entry 104 after 30m0s, revision 7
    left {"player":"bob","n":2,"reason":"left"}
    leader {"leader":"","reason":"left"}
> time passes 30m
  entry 105 after 1h0m0s, revision 8
    ended {}
> party shows
  revision 8, 0 of 4, ended
    link i1 by Ada, dead, uses 1, at most 0
    data level="meadow";, landing []
> cleo joins i1
  refused, ended: That party is over. Ask your friend for a new link.
