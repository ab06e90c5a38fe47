// Setting party data. What is set is remembered with the guest before the server
// has answered, and forgotten again when it refuses.
import type { Core } from "./core";
import { checkData } from "./limits";
import type { DataOptions, PartyData } from "./partykit";

export class Data {
  readonly #core: Core;
  #unanswered = 0;

  constructor(core: Core) {
    this.#core = core;
  }

  async update(data: PartyData, options?: DataOptions): Promise<void> {
    const set = checkData(data);
    await this.#ask(set, { set }, options);
  }

  async patch(patch: PartyData, options?: DataOptions): Promise<void> {
    const { data, members } = this.#core.party();
    const { own } = this.#core.slot.guest;
    const clean = checkData(patch);
    const leading = members.some(({ self, leader }) => self && leader);
    // The leader changes what all see, another member only what it has waiting.
    const base = leading && !this.#unanswered ? data : (own.data ?? {});
    const merged = Object.entries({ ...base, ...clean }).filter(([key]) => clean[key] !== null);
    await this.#ask(Object.fromEntries(merged), { patch: clean }, options);
  }

  async #ask(set: PartyData, command: { set: PartyData } | { patch: PartyData }, { ifRevision }: DataOptions = {}): Promise<void> {
    const { guest, save } = this.#core.slot;
    const before = guest.own.data;
    guest.own.data = set;
    this.#unanswered++;
    try {
      await this.#core.command("data", { ...command, if: ifRevision });
    } catch (error) {
      if (guest.own.data === set) {
        if (before) guest.own.data = before;
        else delete guest.own.data;
        save();
      }
      throw error;
    } finally {
      this.#unanswered--;
    }
  }
}
