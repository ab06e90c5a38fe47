// What this client has set in its party: party data and landing info. The
// leader's counts and others' waits, on the server; here it is only remembered,
// so that a hello can restate it after a reconnect or a reload.
import type { Slot } from "./guest";
import type { Party } from "./partykit";
import type { Session } from "./session";

export class Sets {
  readonly #slot: Slot;
  readonly #session: () => Session;

  constructor(slot: Slot, session: () => Session) {
    this.#slot = slot;
    this.#session = session;
  }

  /** The player has stopped leading a party, or left it: what that party had was its own, and goes with it. */
  led({ data, landing }: Pick<Party, "data" | "landing">): void {
    const { own } = this.#slot.guest;
    if (Object.keys(data).length) own.data = data;
    if (landing.length) own.landing = [...landing];
    this.#slot.save();
  }

  /** The player came by an invite into others' company: what it had set was for another time. */
  forget(): void {
    this.#slot.guest.own = {};
    this.#slot.save();
  }

  /** Says again what a hello with a ticket left out, because the ticket led nowhere else. */
  restate(): void {
    const { data, landing } = this.#slot.guest.own;
    const failed = () => {}; // what was set before this page was loaded has nobody to tell
    if (data) this.#session().command("data", { set: data }).catch(failed);
    if (landing) this.#session().command("landing", { fields: landing }).catch(failed);
  }
}
