# Ada's connection drops. Within her 15 s nothing happens; she comes back.
> ada invites i1
  entry 100 after 0s, revision 2
    founded the party as it was
    invited {"invite":{"id":"i1","by":"ada","byName":"Ada","byFace":1,"made":1700000000000,"expires":1700086400000}}
> bob joins i1
  entry 101 after 0s, revision 3
    joined {"member":{"player":"bob","n":2,"name":"Bob","face":2,"state":"loading","joined":1700000000000,"move":2,"from":"solobob","invite":"i1","by":"ada","session":"bob1"},"hash":"hash","uses":1}
> bob finalizes
  entry 102 after 0s, revision 4
    finalized {"player":"bob","n":2}
> ada drops
> time passes 14s
> ada returns
  entry 103 after 14s, revision 4
    resumed {"player":"ada","session":"ada1","hash":"hash2","prev":"hash"}
> time passes 1m
> party shows
  revision 4, 2 of 4
    1 Ada (ada) in, leads
    2 Bob (bob) in
    link i1 by Ada, live for 23h58m46s, uses 1, at most 0

# The next time she is away for longer: Bob leads, and goes on leading when she
# is back.
> ada drops
> time passes 15s
  entry 104 after 1m29s, revision 5
    leader {"leader":"bob","reason":"timeout"}
> ada returns
  entry 105 after 1m29s, revision 5
    resumed {"player":"ada","session":"ada1","hash":"hash2","prev":"hash"}
> time passes 1h
> party shows
  revision 5, 2 of 4
    1 Ada (ada) in
    2 Bob (bob) in, leads
    link i1 by Ada, live for 22h58m31s, uses 1, at most 0

# A server's end takes Bob along. He has 60 s to come back, with his crown.
> bob drops with its server
> time passes 59s
> party shows
  revision 5, 2 of 4
    1 Ada (ada) in
    2 Bob (bob) in, leads
    link i1 by Ada, live for 22h57m32s, uses 1, at most 0
> time passes 1s
  entry 106 after 1h2m29s, revision 6
    left {"player":"bob","n":2,"reason":"timeout"}
    leader {"leader":"ada","reason":"timeout"}
> party shows
  revision 6, 1 of 4
    1 Ada (ada) in, leads
    link i1 by Ada, live for 22h57m31s, uses 1, at most 0
