# From a link to the same level: Ada invites, Bob's browser looks at the page,
# Bob loads, and is in.
> ada sets level=meadow
  entry 0 after 0s, revision 2
    data {"data":{"level":"meadow"},"revision":1}
> ada titles Meadow
  entry 0 after 0s, revision 3
    landing {"fields":[{"id":"title","label":"","value":"Meadow"}]}
> ada invites i1 max=2
  entry 100 after 0s, revision 4
    founded the party as it was
    invited {"invite":{"id":"i1","by":"ada","byName":"Ada","byFace":1,"made":1700000000000,"expires":1700086400000,"max":2}}
> browser1 holds i1 as=CalmHeron
  entry 101 after 0s, revision 5
    held {"seat":{"id":"browser1","n":2,"name":"CalmHeron","face":7,"invite":"i1","by":"ada","since":1700000000000}}
> party shows
  revision 5, 2 of 4
    1 Ada (ada) in, leads
    2 CalmHeron holds a seat by i1
    link i1 by Ada, live for 24h0m0s, uses 0, at most 2
    data level="meadow";, landing [{title  Meadow}]
> time passes 20s
> bob joins i1 seat=browser1
  entry 102 after 20s, revision 6
    joined {"member":{"player":"bob","n":2,"name":"CalmHeron","face":7,"state":"loading","joined":1700000020000,"move":2,"from":"solobob","seat":"browser1","invite":"i1","by":"ada","session":"bob1"},"hash":"hash","uses":1}
> party shows
  revision 6, 2 of 4
    1 Ada (ada) in, leads
    2 CalmHeron (bob) loading
    link i1 by Ada, live for 23h59m40s, uses 1, at most 2
    data level="meadow";, landing [{title  Meadow}]
> time passes 30s
> bob finalizes
  entry 103 after 50s, revision 7
    finalized {"player":"bob","n":2}
> bob finalizes
  nothing to do
> party shows
  revision 7, 2 of 4
    1 Ada (ada) in, leads
    2 CalmHeron (bob) in
    link i1 by Ada, live for 23h59m10s, uses 1, at most 2
    data level="meadow";, landing [{title  Meadow}]
