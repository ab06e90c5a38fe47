# Bob's browser starts again and the new tab is another guest: it takes the
# use over, and Bob leaves. The link was for one.
> ada invites i1 max=1
  entry 100 after 0s, revision 2
    founded the party as it was
    invited {"invite":{"id":"i1","by":"ada","byName":"Ada","byFace":1,"made":1700000000000,"expires":1700086400000,"max":1}}
> browser1 holds i1 as=CalmHeron
  entry 101 after 0s, revision 3
    held {"seat":{"id":"browser1","n":2,"name":"CalmHeron","face":7,"invite":"i1","by":"ada","since":1700000000000}}
> bob joins i1 seat=browser1
  entry 102 after 0s, revision 4
    joined {"member":{"player":"bob","n":2,"name":"CalmHeron","face":7,"state":"loading","joined":1700000000000,"move":2,"from":"solobob","seat":"browser1","invite":"i1","by":"ada","session":"bob1"},"hash":"hash","uses":1}
> bob finalizes
  entry 103 after 0s, revision 5
    finalized {"player":"bob","n":2}
> browser1 holds i1 as=CalmHeron
  nothing to do
> cleo joins i1 seat=browser1 as=Cleo
  entry 104 after 0s, revision 6
    left {"player":"bob","n":2,"reason":"replaced"}
    joined {"member":{"player":"cleo","n":3,"name":"Cleo","face":2,"state":"loading","joined":1700000000000,"move":3,"from":"solocleo","seat":"browser1","invite":"i1","by":"ada","session":"cleo1"},"hash":"hash","uses":1}
> party shows
  revision 6, 2 of 4
    1 Ada (ada) in, leads
    3 Cleo (cleo) loading
    link i1 by Ada, live for 24h0m0s, uses 1, at most 1
> bob joins i1
  refused, used_up: This link has been used as often as its maker allowed. Ask your friend for a new one.

# The same guest once more is the same member.
> cleo joins i1 seat=browser1 as=Cleo
  entry 105 after 0s, revision 6
    resumed {"player":"cleo","session":"cleo1","hash":"hash","move":5,"from":"solocleo"}
> party shows
  revision 6, 2 of 4
    1 Ada (ada) in, leads
    3 Cleo (cleo) loading
    link i1 by Ada, live for 24h0m0s, uses 1, at most 1
