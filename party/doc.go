// Package party is the core of PartyKit: what a party is and what may happen
// to it. It is pure. Decide says which events a command causes, Apply folds an
// entry of events into a state, and neither reads a clock, draws a number or
// touches the world: the time, ids, codes and everything else a decision needs
// are handed in. The same log therefore gives the same party on every node.
//
// # The laws
//
// Tests cite them by number.
//
//  1. A party with members has exactly one leader, and it is a member.
//  2. Members stand in the order of joining. A player is a member at most once.
//  3. Held seats and members together never exceed the size. Who is told full
//     is told at the hold or when joining without one, never after.
//  4. The crown goes by order of joining among members that are in and
//     connected, then loading and connected, then the rest. It moves when the
//     leader leaves, or has been away for 15 s (60 s when a server's end
//     dropped it) while somebody connected can take it. It never comes back by
//     itself.
//  5. Only the leader's data and landing info count. What another member set
//     waits with it and becomes the party's whole set when it becomes leader;
//     a leader that never set any takes the party's over.
//  6. A member that came by invite is loading until it finalizes. Only the
//     first finalize counts. Leaving before is the same as failing to load.
//  7. A seat is held while its page is open, for 60 min at most, and for 90 s
//     once it is closed. Then it lapses and gives its use back.
//  8. A connected member is never dropped. A disconnected one is after 120 s
//     while loading, after 60 s once in.
//  9. An invite's uses, counted and reserved, never exceed its maximum. A
//     player counts once, however often it joins. A browser that starts again
//     moves its use to the guest that redeems it, and the former guest leaves.
//     Who is let in where the link is used up (law 24) takes no use.
//  10. After a revoke or an expiry no new seat is granted by that link; seats
//     already held may still enter.
//  11. With nobody left a party rests while a link lives or a seat is held; who
//     then comes leads it with the data and landing info it had. Without, it
//     has ended, and nobody enters any more.
//  12. A command applies at most once: a repeated one changes nothing and finds
//     its answer; one older than the kept answers is stale.
//  13. The revision rises with every durable change that members can see, and
//     with nothing else.
//  14. A membership carries the number of the move that made it. An entry with
//     a lower number than the player has elsewhere is removed.
//  15. A name is unique within its party, among members and held seats.
//  16. A party alone for 10 min without a live link and without a held seat
//     needs no log any more: it retires, and its member goes on in memory.
//  17. What a command refuses changes nothing.
//  18. Only the leader changes the party's settings, promotes, bans, sets the
//     match and asks who is ready. While the leader is away, the member that
//     would come next acts: it may kick, lock and set data. The game's backend
//     may all that the leader may, take out the leader too, and is no member.
//  19. Who was kicked or banned, and the browser that took the seat, does not
//     come back in by any link, until readmitted.
//  20. A ready check asks every member that is in. Its answers begin anew when
//     roster or data change, unless it keeps them; the last answer ends it, or
//     the leaving of the last that was missing.
//  21. A match asks the members to follow and moves nobody; leaving the party
//     does not leave the match.
//  22. A locked party lets nobody new in; an open one also by its id. With
//     nobody left there is nobody to ask: a lock and the approving of newcomers
//     hold while somebody is in the party, and who comes to a resting one by
//     its link leads it, locked as it was.
//  23. Who was told full may wait in line. A freed seat is held for 30 s for
//     who is first; the line is left by closing the page. Of one address at most
//     two stand in line, and two ask.
//  24. Where the link alone does not do (locked, used up, expired less than a
//     day ago, or newcomers are approved) one may ask to join: once for each
//     browser, for 60 s, five at once. Any of those who may invite answers. Who
//     is declined may not ask again for 10 min, whatever the link.
//  25. A link made for one player opens for nobody else, and lets that player
//     back in after a kick. What a link requires of a game is checked before
//     the join. A link that lives until nobody is left ends then, and one may
//     end when its maker leaves.
//  26. A guest that its game names becomes that player where it stands: same
//     place, number, crown, data, links and uses. If that player is a member
//     already, the guest's place goes to it; who is kept out stays out.
//  27. A party travels to another game of its studio by consent: who says yes
//     has a seat in one new party there for 5 min. It arrives as it was: same
//     order, names and leader, whoever comes first.
//  28. Who holds a link that died of itself may be led on to the party that its
//     maker is in by then: into an open one as by its id, else by asking there,
//     unless it is locked. Who is kept out of either party is not, and none is
//     named before there is a seat. Of a link that its party has forgotten nobody
//     knows whether it was taken back: it leads nowhere.
package party
