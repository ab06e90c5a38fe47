// Setting party data and landing info. What is set is remembered with the guest
// before the server has answered, and forgotten again when it refuses.
import type { Core } from "./core";
import type { Guest } from "./guest";
import { checkData, checkLanding } from "./limits";
import type { DataOptions, LandingField, PartyData } from "./partykit";
import type { Frame } from "./session";

type Own = Guest["own"];

/** What was set and is not answered yet, and what stood there before it. */
interface Step<What extends keyof Own = keyof Own> {
  what: What;
  set: NonNullable<Own[What]>;
  before: Own[What] | undefined;
}

export class Data {
  readonly #core: Core;
  readonly #steps = new Set<Step>();

  constructor(core: Core) {
    this.#core = core;
  }

  async update(data: PartyData, { ifRevision }: DataOptions = {}): Promise<void> {
    const set = checkData(data);
    await this.#set("data", set, { set, if: ifRevision });
  }

  async patch(patch: PartyData, { ifRevision }: DataOptions = {}): Promise<void> {
    const { data, members } = this.#core.party();
    const { own } = this.#core.slot.guest;
    const clean = checkData(patch);
    const leading = members.some(({ self, leader }) => self && leader);
    const unanswered = [...this.#steps].some(({ what }) => what === "data");
    // The leader changes what all see, another member only what it has waiting.
    const base = leading && !unanswered ? data : (own.data ?? {});
    const merged = Object.entries({ ...base, ...clean }).filter(([key]) => clean[key] !== null);
    await this.#set("data", Object.fromEntries(merged), { patch: clean, if: ifRevision });
  }

  async landing(fields: readonly LandingField[]): Promise<void> {
    const set = checkLanding(fields);
    await this.#set("landing", set, { fields: set });
  }

  async #set<What extends keyof Own>(what: What, set: NonNullable<Own[What]>, members: Frame): Promise<void> {
    const { guest, save } = this.#core.slot;
    const step: Step<What> = { what, set, before: guest.own[what] };
    this.#steps.add(step);
    guest.own[what] = set;
    try {
      await this.#core.command(what, members);
    } catch (error) {
      const { before } = step;
      for (const later of this.#steps) if (later.before === set) later.before = before;
      if (guest.own[what] === set) {
        if (before) guest.own[what] = before;
        else delete guest.own[what];
        save();
      }
      throw error;
    } finally {
      this.#steps.delete(step);
    }
  }
}
