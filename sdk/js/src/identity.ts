// Who the player is, in the words of its game: a token of the game's own, or
// what gives one.
import type { Identity } from "./partykit";

/** The token as it is now; undefined for a guest. */
export async function tokenOf(identity: Identity | undefined): Promise<string | undefined> {
  return (typeof identity === "function" ? await identity() : identity) || undefined;
}
