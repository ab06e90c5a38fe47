# Names are unique in a party, among members and held seats.
> ada invites i1
  entry 100 after 0s, revision 2
    founded the party as it was
    invited {"invite":{"id":"i1","by":"ada","byName":"Ada","byFace":1,"made":1700000000000,"expires":1700086400000}}
> browser1 holds i1 as=ADA
  entry 101 after 0s, revision 3
    held {"seat":{"id":"browser1","n":2,"name":"ADA 2","face":7,"invite":"i1","by":"ada","since":1700000000000}}
> bob joins i1 seat=browser1
  entry 102 after 0s, revision 4
    joined {"member":{"player":"bob","n":2,"name":"ADA 2","face":7,"state":"loading","joined":1700000000000,"move":2,"from":"solobob","seat":"browser1","invite":"i1","by":"ada","session":"bob1"},"hash":"hash","uses":1}
> cleo joins i1
  entry 103 after 0s, revision 5
    joined {"member":{"player":"cleo","n":3,"name":"Cleo","face":2,"state":"loading","joined":1700000000000,"move":3,"from":"solocleo","invite":"i1","by":"ada","session":"cleo1"},"hash":"hash","uses":2}
> cleo renames Ada
  entry 104 after 0s, revision 6
    renamed {"player":"cleo","n":3,"name":"Ada 3"}
> cleo renames Cleo
  entry 105 after 0s, revision 7
    renamed {"player":"cleo","n":3,"name":"Cleo"}
> party shows
  revision 7, 3 of 4
    1 Ada (ada) in, leads
    2 ADA 2 (bob) loading
    3 Cleo (cleo) loading
    link i1 by Ada, live for 24h0m0s, uses 2, at most 0
