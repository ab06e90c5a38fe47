# What Bob sets waits with him and counts when Ada leaves. Cleo never set any
# and takes his over.
> ada sets level=meadow mode=race
  entry 0 after 0s, revision 2
    data {"data":{"level":"meadow","mode":"race"},"revision":1}
> ada titles Meadow
  entry 0 after 0s, revision 3
    landing {"fields":[{"id":"title","label":"","value":"Meadow"}]}
> ada invites i1
  entry 100 after 0s, revision 4
    founded the party as it was
    invited {"invite":{"id":"i1","by":"ada","byName":"Ada","byFace":1,"made":1700000000000,"expires":1700086400000}}
> bob joins i1
  entry 101 after 0s, revision 5
    joined {"member":{"player":"bob","n":2,"name":"Bob","face":2,"state":"loading","joined":1700000000000,"move":2,"from":"solobob","invite":"i1","by":"ada","session":"bob1"},"hash":"hash","uses":1}
> bob finalizes
  entry 102 after 0s, revision 6
    finalized {"player":"bob","n":2}
> cleo joins i1
  entry 103 after 0s, revision 7
    joined {"member":{"player":"cleo","n":3,"name":"Cleo","face":2,"state":"loading","joined":1700000000000,"move":3,"from":"solocleo","invite":"i1","by":"ada","session":"cleo1"},"hash":"hash","uses":2}
> bob sets level=ruins
  refused, not_allowed: Only the leader of the party may do this.
> bob keeps Ruins level=ruins
> ada leaves
  entry 104 after 0s, revision 8
    left {"player":"ada","n":1,"reason":"left"}
    leader {"leader":"bob","reason":"left"}
    data {"data":{"level":"ruins"},"revision":2}
    landing {"fields":[{"id":"title","label":"","value":"Ruins"}]}
> party shows
  revision 8, 2 of 4
    2 Bob (bob) in, leads
    3 Cleo (cleo) loading
    link i1 by Ada, live for 24h0m0s, uses 2, at most 0
    data level="ruins";, landing [{title  Ruins}]
> bob leaves
  entry 105 after 0s, revision 9
    left {"player":"bob","n":2,"reason":"left"}
    leader {"leader":"cleo","reason":"left"}
> party shows
  revision 9, 1 of 4
    3 Cleo (cleo) loading, leads
    link i1 by Ada, live for 24h0m0s, uses 2, at most 0
    data level="ruins";, landing [{title  Ruins}]
