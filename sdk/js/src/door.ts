// The door of a party, from both sides: who asks to be let into this player's,
// and how it goes for this player at another's, in line or asking.
import type { Core } from "./core";
import type { AskQuestion, Door } from "./partykit";
import { freeze } from "./party";
import type { Frame } from "./session";

/** What was asked for at the other party's door. */
interface Knock {
  t: "wait" | "ask";
  code: string;
}

export class Doors {
  readonly #core: Core;
  readonly #join: (code: string) => Promise<void>;
  #knock: Knock | undefined;
  #party = "";
  /** The numbers of those who ask and were told of already. */
  #told = new Set<number>();

  constructor(core: Core, join: (code: string) => Promise<void>) {
    this.#core = core;
    this.#join = join;
    // The server forgets who waits when the connection is lost.
    core.events.on("connection", (state) => {
      if (state === "connected" && this.#knock) this.#core.command(this.#knock.t, { code: this.#knock.code }).catch(() => {});
    });
    core.events.on("party", () => this.#changed());
    this.#changed();
  }

  async knock(t: Knock["t"], code: string): Promise<void> {
    const knock = { t, code };
    this.#knock = knock;
    try {
      await this.#core.command(t, { code });
    } catch (error) {
      if (this.#knock === knock) this.#knock = undefined;
      throw error;
    }
  }

  async leave(): Promise<void> {
    this.#knock = undefined;
    await this.#core.command("wait");
  }

  /** How it goes at the other party's door. */
  told({ problem, line = 0, canAsk = false, you = {} }: Frame): void {
    const knock = this.#knock;
    if (!knock) return; // it was left meanwhile
    const { place, until, reason } = you;
    // Who neither waits nor asks, because too many of its address do, only knocked.
    const stage: Door["stage"] = !you.stage || you.stage === "pressed" ? "closed" : you.stage;
    const why = you.problem ?? problem;
    if (stage === "gone") this.#knock = undefined;
    const door: Door = freeze({
      stage,
      line,
      canAsk,
      ...(why && { problem: why }),
      ...(place && { place }),
      ...(until && { until }),
      ...(reason && { reason }),
      join: () => this.#join(knock.code),
      leave: () => this.leave(),
    });
    this.#core.events.emit("door", door);
    if (!this.#core.events.has("door")) this.#core.overlay().then((overlay) => overlay.door(door), () => {});
  }

  /** Who asks to be let in, where this player may answer. */
  questions(): AskQuestion[] {
    const { asks, inviters, members } = this.#core.party();
    const may = inviters === "everyone" || members.some(({ self, leader }) => self && leader);
    const answer = (n: number, yes: boolean) => this.#core.command("admit", { n, yes }).then(() => {});
    return (may ? asks : []).map((ask) => ({ ...ask, admit: () => answer(ask.n, true), decline: () => answer(ask.n, false) }));
  }

  #changed(): void {
    const { id } = this.#core.party();
    if (id !== this.#party) this.#told.clear();
    if (id !== this.#party && this.#party) this.#knock = undefined; // who has moved waits nowhere
    this.#party = id;
    for (const question of this.questions()) {
      if (this.#told.has(question.n)) continue;
      this.#told.add(question.n);
      this.#core.events.emit("ask", question);
      if (!this.#core.events.has("ask")) this.#core.overlay().then((overlay) => overlay.ask(question), () => {});
    }
  }
}
