// What this client has set in its party: party data and landing info. The
// leader's counts and others' waits, on the server; here it is only remembered,
// so that a hello can restate it after a reconnect or a reload.
import type { Slot } from "./guest";
import { checkData } from "./limits";
import type { DataOptions, Party, PartyData } from "./partykit";
import type { Session } from "./session";

export class Sets {
  readonly #slot: Slot;
  readonly #session: () => Session;
  readonly #party: () => Party;
  #unanswered = 0;

  constructor(slot: Slot, session: () => Session, party: () => Party) {
    this.#slot = slot;
    this.#session = session;
    this.#party = party;
  }

  async updateData(data: PartyData, options?: DataOptions): Promise<void> {
    const set = checkData(data);
    await this.#ask(set, { set }, options);
  }

  async patchData(patch: PartyData, options?: DataOptions): Promise<void> {
    const { own } = this.#slot.guest;
    const clean = checkData(patch);
    // The leader changes what all see, another member only what it has waiting.
    const base = this.#leading && !this.#unanswered ? this.#party().data : (own.data ?? {});
    const merged = Object.entries({ ...base, ...clean }).filter(([key]) => clean[key] !== null);
    await this.#ask(Object.fromEntries(merged), { patch: clean }, options);
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

  get #leading(): boolean {
    return this.#party().members.some((member) => member.self && member.leader);
  }

  async #ask(own: PartyData, command: { set: PartyData } | { patch: PartyData }, { ifRevision }: DataOptions = {}): Promise<void> {
    const before = this.#slot.guest.own.data;
    this.#slot.guest.own.data = own;
    this.#unanswered++;
    try {
      await this.#session().command("data", { ...command, if: ifRevision });
    } catch (error) {
      if (this.#slot.guest.own.data === own) restore(this.#slot, before);
      throw error;
    } finally {
      this.#unanswered--;
    }
  }
}

/** A refused set is not restated. */
function restore({ guest, save }: Slot, data: PartyData | undefined): void {
  if (data) guest.own.data = data;
  else delete guest.own.data;
  save();
}
