# Two browsers race for the last use, and a third for the last place.
> ada invites i1 max=1
  entry 100 after 0s, revision 2
    founded the party as it was
    invited {"invite":{"id":"i1","by":"ada","byName":"Ada","byFace":1,"made":1700000000000,"expires":1700086400000,"max":1}}
> browser1 holds i1 as=CalmHeron
  entry 101 after 0s, revision 3
    held {"seat":{"id":"browser1","n":2,"name":"CalmHeron","face":7,"invite":"i1","by":"ada","since":1700000000000}}
> browser2 holds i1 as=CalmHeron
  refused, used_up: This link has been used as often as its maker allowed. Ask your friend for a new one.
> cleo joins i1
  refused, used_up: This link has been used as often as its maker allowed. Ask your friend for a new one.

# The first one's page is closed; its seat lapses and gives the use back.
> browser1 closes
> time passes 89s
> browser2 holds i1 as=CalmHeron
  refused, used_up: This link has been used as often as its maker allowed. Ask your friend for a new one.
> time passes 1s
  entry 102 after 1m30s, revision 4
    lapsed {"seat":"browser1","n":2}
> browser2 holds i1 as=CalmHeron
  entry 103 after 1m30s, revision 5
    held {"seat":{"id":"browser2","n":3,"name":"CalmHeron","face":7,"invite":"i1","by":"ada","since":1700000090000}}
> bob joins i1 seat=browser2
  entry 104 after 1m30s, revision 6
    joined {"member":{"player":"bob","n":3,"name":"CalmHeron","face":7,"state":"loading","joined":1700000090000,"move":3,"from":"solobob","seat":"browser2","invite":"i1","by":"ada","session":"bob1"},"hash":"hash","uses":1}
> cleo joins i1
  refused, used_up: This link has been used as often as its maker allowed. Ask your friend for a new one.
> ada invites i2
  entry 105 after 1m30s, revision 7
    invited {"invite":{"id":"i2","by":"ada","byName":"Ada","byFace":1,"made":1700000090000,"expires":1700086490000}}
> cleo joins i2
  entry 106 after 1m30s, revision 8
    joined {"member":{"player":"cleo","n":4,"name":"Cleo","face":2,"state":"loading","joined":1700000090000,"move":5,"from":"solocleo","invite":"i2","by":"ada","session":"cleo1"},"hash":"hash","uses":1}
> dora joins i2
  entry 107 after 1m30s, revision 9
    joined {"member":{"player":"dora","n":5,"name":"Dora","face":2,"state":"loading","joined":1700000090000,"move":6,"from":"solodora","invite":"i2","by":"ada","session":"dora1"},"hash":"hash","uses":2}
> eve joins i2
  refused, full: The party is full. Wait in line for a place, or try again later.
> party shows
  revision 9, 4 of 4
    1 Ada (ada) in, leads
    3 CalmHeron (bob) loading
    4 Cleo (cleo) loading
    5 Dora (dora) loading
    link i1 by Ada, live for 23h58m30s, uses 1, at most 1
    link i2 by Ada, live for 24h0m0s, uses 2, at most 0
