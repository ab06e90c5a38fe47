// What the party asks this player: to follow into a match that began while it
// was here, and to come along to another game. The game that listens is told,
// once for each; for any other the overlay asks.
import type { Core } from "./core";
import { call } from "./emitter";
import type { Events, FollowQuestion, Travel, TravelOptions, TravelQuestion, Way } from "./partykit";

export class Questions {
  readonly #core: Core;
  /** What was asked last, by its ids. */
  readonly #asked: { [question in "follow" | "travel"]?: string | undefined } = {};

  constructor(core: Core) {
    this.#core = core;
    core.events.on("party", () => this.#changed());
    this.#changed();
  }

  async follow(yes: boolean): Promise<void> {
    await this.#core.command("follow", { into: this.#core.party().match?.id ?? "", yes });
  }

  async travel(to: string | null, { payload, within }: TravelOptions = {}): Promise<Way | undefined> {
    const { url } = await this.#core.command("travel", { to, payload, within });
    return url && { url };
  }

  async board(yes: boolean, { id } = this.#core.party().travel ?? ({ id: "" } as Travel)): Promise<Way | undefined> {
    const { url } = await this.#core.command("board", { travel: id, yes });
    return url && { url };
  }

  /** The game listens now: a question that is open is asked. */
  listening(event: keyof Events, callback: (...args: any[]) => void): void {
    const question = event === "follow" ? this.#follow : event === "travel" && this.#travel;
    if (question) call(callback, question);
  }

  #changed(): void {
    const { id, match, travel, ready, arriving } = this.#core.party();
    const { events } = this.#core;
    const ask = (event: "follow" | "travel", question: FollowQuestion | TravelQuestion | undefined, about = "") => {
      const key = question && `${id} ${about}`;
      if (key && key !== this.#asked[event]) events.emit(event, question as never);
      this.#asked[event] = key;
      return question && !events.has(event);
    };
    const follow = ask("follow", this.#follow, match?.id);
    const away = ask("travel", this.#travel, travel?.id);
    if (follow || away || arriving.count || (ready && !events.has("ready"))) this.#core.overlay().catch(() => {});
  }

  get #follow(): FollowQuestion | undefined {
    const { match, members } = this.#core.party();
    const me = members.find(({ self }) => self);
    const leader = members.find((member) => member.leader);
    if (!match || !me || me.follow || match.since < me.joined || leader?.quiet === "block") return undefined;
    const answer = async (yes: boolean) => void (await this.#core.command("follow", { into: match.id, yes }));
    return { match, accept: () => answer(true), decline: () => answer(false) };
  }

  get #travel(): TravelQuestion | undefined {
    const { travel, members } = this.#core.party();
    const me = members.find(({ self }) => self);
    const leader = members.find(({ id }) => id === travel?.by);
    if (!travel || !me || leader?.self || leader?.quiet === "block" || travel.answers.some(({ n }) => n === me.n)) return undefined;
    const { to, title, until } = travel;
    return {
      to,
      title,
      from: leader?.name ?? "",
      until,
      accept: async () => (await this.board(true, travel))!,
      decline: async () => void (await this.board(false, travel)),
    };
  }
}
