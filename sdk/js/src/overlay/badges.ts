// The badges in the bottom-left corner: each friend on the way in, what it does
// and how far it is. They never take a click, and say only changes aloud.
import type { Held, Kit, LoadingChange, Member, Party } from "../partykit";
import { opening } from "../party";
import { el, face, nameOf, put } from "./dom";
import { type Arrival, left, phrase } from "./words";

const maxShown = 4;
/** How long "is in!" and "could not join" stay. */
const doneMs = 4500;

interface Badge {
  element: HTMLElement;
  what: HTMLElement;
  rest: HTMLElement;
  bar: HTMLElement;
  said?: string;
  done?: boolean;
}

export class Badges {
  readonly element = el("div", { class: "badges", "aria-hidden": "true" });
  readonly #more = el("div", { class: "more" });
  readonly #badges = new Map<number, Badge>();
  readonly #server: string;
  readonly #say: (text: string) => void;
  #party = "";

  constructor(kit: Kit, server: string, say: (text: string) => void) {
    this.#server = server;
    this.#say = say;
    kit.on("loading", (change) => this.#finish(change));
    kit.on("party", (party) => this.#update(party));
  }

  #update(party: Party): void {
    if (party.id !== this.#party) for (const n of this.#badges.keys()) this.#remove(n);
    this.#party = party.id;
    const loading = party.members.filter((member) => !member.self && member.state === "loading" && member.quiet !== "block");
    const held = opening(party.held);
    for (const seat of held) this.#show(seat, { phase: "opening" });
    for (const member of loading) this.#show(member, { ...member.loading, away: member.presence !== "connected" });
    for (const [n, badge] of this.#badges) {
      if (!badge.done && !has(held, n) && !has(loading, n)) this.#remove(n);
    }
    this.#fit();
  }

  #show(who: Held | Member, arrival: Arrival): void {
    let badge = this.#badges.get(who.n);
    if (!badge || badge.done) badge = this.#make(who);
    const { progress, stalled, away } = arrival;
    badge.element.dataset.state = away || stalled ? "stalled" : "loading";
    put(badge.what, phrase(arrival));
    put(badge.rest, left(arrival));
    badge.bar.hidden = progress === undefined;
    badge.bar.style.setProperty("--progress", `${progress ?? 0}`);
    this.#sayOnce(badge, who.name, phrase({ ...arrival, message: "" }));
  }

  #make(who: Held | Member): Badge {
    this.#remove(who.n);
    const what = el("span", { class: "what" });
    const rest = el("span", { class: "rest" });
    const bar = el("div", { class: "bar" });
    const element = el(
      "div",
      { class: "badge" },
      face(this.#server, who),
      el("div", { class: "lines" }, nameOf(who.name), el("div", { class: "line" }, what, rest), bar),
    );
    const badge = { element, what, rest, bar };
    this.#badges.set(who.n, badge);
    this.element.append(element, this.#more);
    return badge;
  }

  #finish({ state, n, name, self, reason }: LoadingChange): void {
    const badge = this.#badges.get(n);
    if (self || !badge || (state !== "in" && state !== "gone")) return;
    const text = state === "in" ? "is in!" : reason === "timeout" ? "could not join" : "is not coming";
    badge.done = true;
    badge.element.dataset.state = state;
    put(badge.what, text);
    put(badge.rest, "");
    badge.bar.hidden = true;
    this.#sayOnce(badge, name, text);
    setTimeout(() => {
      if (this.#badges.get(n) !== badge) return;
      this.#remove(n);
      this.#fit();
    }, doneMs);
  }

  #sayOnce(badge: Badge, name: string, text: string): void {
    if (badge.said === text) return;
    badge.said = text;
    this.#say(`${name} ${text}`);
  }

  #remove(n: number): void {
    this.#badges.get(n)?.element.remove();
    this.#badges.delete(n);
  }

  #fit(): void {
    [...this.#badges.values()].forEach(({ element }, i) => (element.hidden = i >= maxShown));
    const more = this.#badges.size - maxShown;
    this.#more.hidden = more <= 0;
    put(this.#more, more > 0 ? `+${more} more` : "");
  }
}

const has = (list: readonly { n: number }[], n: number) => list.some((entry) => entry.n === n);
