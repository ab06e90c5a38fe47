// Who is in the party, on the way in or kept out, and what this player may do
// about each: the leader's tools, and for everybody mute and block.
import type { Held, Kit, Member, Outcast, Party } from "../partykit";
import { button, el, face, nameOf, put, toggle } from "./dom";

type Tool = [label: string, run: () => unknown];

export class People {
  readonly title = el("h3", { id: "members" });
  readonly list = el("ul");
  readonly lock = toggle("Lock the party: nobody new comes in", (on) => this.#try(() => this.#kit.settings({ openness: on ? "locked" : this.#unlocked })));
  readonly #kit: Kit;
  readonly #server: string;
  readonly #problem: (error: unknown) => void;
  readonly #report: (who: Member) => void;
  #party!: Party;
  #shown = "";
  /** The number of whose tools are open; and the question whether to remove it, as it was answered so far. */
  #open = 0;
  #sure: HTMLElement | false = false;
  /** Whose were opened last, and the button that does it: there the focus stays. */
  #last = 0;
  #dots: HTMLElement | undefined;
  #unlocked: Party["openness"] = "invite_only";

  constructor(kit: Kit, server: string, problem: (error: unknown) => void, report: (who: Member) => void) {
    this.#report = report;
    this.#kit = kit;
    this.#server = server;
    this.#problem = problem;
    kit.on("party", (party) => this.#show(party));
  }

  #show(party: Party): void {
    const { members, held, outcasts, size, openness } = party;
    this.#party = party;
    if (openness !== "locked") this.#unlocked = openness;
    put(this.title, `In the party · ${members.length} of ${size}`);
    this.lock.hidden = !this.#leads && !(this.#acts && openness !== "locked");
    this.lock.querySelector("input")!.checked = openness === "locked";
    // Progress comes four times a second and changes nothing here.
    const shown = JSON.stringify([members.map(({ loading: _, ...member }) => member), held, outcasts, party.acting, this.#open, !!this.#sure]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const focused = this.list.matches(":focus-within");
    this.list.replaceChildren(
      ...members.map((member) => this.#row(member, member)),
      ...held.map((seat) => this.#row(seat)),
      ...(this.#leads ? outcasts.map((outcast) => this.#outcast(outcast)) : []),
    );
    if (focused) this.#dots?.focus();
  }

  #row(who: Member | Held, member?: Member): HTMLElement {
    const { n, name } = who;
    const open = n === this.#open;
    const notes = member
      ? [
          member.self && "you",
          member.leader && "leader",
          member.id === this.#party.acting && "leads meanwhile",
          member.state === "loading" && "loading",
          member.presence !== "connected" && member.presence,
          member.quiet && { mute: "muted", block: "blocked" }[member.quiet],
        ]
      : [(who as Held).offer ? "next in line" : (who as Held).letIn ? "let in" : "opening the game"];
    const tools = member?.self ? [] : this.#tools(who, member);
    const dots = button("⋯", () => this.#toggle(open ? 0 : n), { class: "quiet dots", "aria-label": `More about ${name}`, "aria-expanded": `${open}` });
    if (n === this.#last) this.#dots = dots;
    return el(
      "li",
      {},
      face(this.#server, who),
      nameOf(name),
      el("span", { class: "hint" }, notes.filter(Boolean).join(", ")),
      tools.length > 0 && dots,
      open && (this.#sure || actions(tools)),
    );
  }

  #tools(who: Member | Held, member?: Member): Tool[] {
    const tools: Tool[] = [];
    if (member && this.#leads) tools.push(["Make leader", () => this.#done(this.#kit.promote(who))]);
    if (member) {
      const { quiet } = member;
      tools.push([quiet ? "Unmute" : "Mute", () => this.#done(this.#kit.mute(member, quiet ? null : "mute"))]);
      if (quiet !== "block") tools.push(["Block", () => this.#done(this.#kit.mute(member, "block"))]);
      tools.push(["Report", () => (this.#toggle(0), this.#report(member))]);
    }
    if (this.#leads || (this.#acts && !member?.leader)) tools.push(["Remove", () => this.#toggle(who.n, true)]);
    return tools;
  }

  /** A kick holds for the player and its browser only, so a new link, and to approve newcomers, are offered with it. */
  #asking(n: number): HTMLElement {
    const replace = toggle("Replace the invite links, too");
    const approve = toggle("Newcomers ask first");
    const on = (label: HTMLElement) => label.querySelector("input")!.checked;
    const remove = (ban: boolean) => this.#done(this.#remove(n, ban, on(replace), on(approve)));
    return el(
      "div",
      { class: "asking" },
      this.#leads && replace,
      this.#leads && !this.#party.approve && approve,
      actions([["Remove", () => remove(false)], ...(this.#leads ? [["Ban", () => remove(true)] as Tool] : []), ["Keep", () => this.#toggle(0)]]),
    );
  }

  async #remove(n: number, ban: boolean, replace: boolean, approve: boolean): Promise<void> {
    await this.#kit.kick(n, { ban });
    if (approve) await this.#kit.settings({ approve });
    if (!replace) return;
    await Promise.all(this.#party.invites.map(({ id }) => this.#kit.revokeInvite(id)));
    await this.#kit.showInviteLink();
  }

  #outcast(outcast: Outcast): HTMLElement {
    return el(
      "li",
      {},
      nameOf(outcast.name),
      el("span", { class: "hint" }, outcast.banned ? "banned" : "removed"),
      actions([["Let back in", () => this.#try(() => this.#kit.readmit(outcast))]]),
    );
  }

  #toggle(n: number, sure = false): void {
    this.#last = n || this.#last;
    this.#open = n;
    this.#sure = sure && this.#asking(n);
    this.#show(this.#party);
  }

  #done(done: Promise<void>): void {
    this.#toggle(0);
    this.#try(() => done);
  }

  async #try(run: () => Promise<unknown>): Promise<void> {
    await run().catch(this.#problem);
    this.#show(this.#party); // what was refused is shown as it is
  }

  get #leads(): boolean {
    return this.#party.leader === this.#kit.player.id;
  }

  get #acts(): boolean {
    return this.#party.acting === this.#kit.player.id;
  }
}

function actions(tools: Tool[]): HTMLElement {
  return el("div", { class: "tools" }, ...tools.map((tool) => button(...tool)));
}
