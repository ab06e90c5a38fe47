// Notes at the top of the screen: an invite that wants an answer, a party that
// was joined, something that went wrong. They take no focus from the game.
import { type PartyKitError } from "../errors";
import type { Invitation, Kicked, Kit } from "../partykit";
import { button, el, nameOf } from "./dom";
import { whose } from "./words";

const askMs = 60_000;
const announceMs = 15_000;
const problemMs = 10_000;

export class Notes {
  readonly element = el("div", { class: "notes" });
  readonly #kit: Kit;
  #asked: (() => void) | undefined;
  #announced: (() => void) | undefined;

  constructor(kit: Kit) {
    this.#kit = kit;
    let at = kit.party.id;
    // Who has left is not told that they joined, and has nothing to leave.
    kit.on("party", ({ id }) => {
      if (id !== at) this.#announced?.();
      at = id;
    });
  }

  show(invitation: Invitation): void {
    if (invitation.kind === "ask") this.#ask(invitation);
    else if (invitation.kind === "joined") this.#joined(invitation);
    else this.problem(invitation.error);
  }

  kicked({ leader }: Kicked): void {
    this.note(announceMs, leader ? ["You were taken out of ", nameOf(leader), "'s party"] : ["You were taken out of the party"], [["OK", () => {}]]);
  }

  problem(error: PartyKitError): void {
    this.note(problemMs, [error.message], [["OK", () => {}]]);
  }

  #ask({ inviter, accept, decline }: Invitation & { kind: "ask" }): void {
    this.#asked?.();
    const question = inviter
      ? [`Leave ${whose(this.#kit.party)} party for `, nameOf(inviter), "'s?"]
      : [`Leave ${whose(this.#kit.party)} party for another?`];
    this.#asked = this.note(askMs, question, [
      ["Join", () => accept()],
      ["Stay", decline],
    ]);
  }

  #joined({ inviter, leave }: Invitation & { kind: "joined" }): void {
    const text = inviter ? ["You joined ", nameOf(inviter), "'s party"] : ["You joined a party"];
    this.#announced = this.note(announceMs, text, [
      ["OK", () => {}],
      ["Leave", () => leave()],
    ]);
  }

  /** Shows a text with buttons, the first of them the likelier one, for so long, or with 0 until it is taken away; returns what does that. */
  note(ms: number, text: (Node | string)[], buttons: [label: string, run: () => unknown][]): () => void {
    const close = () => {
      clearTimeout(timer);
      note.remove();
    };
    const note = el(
      "div",
      {
        class: "note",
        // Nobody who reads, or moves by keyboard, is hurried; a question lasts its 60 s in any case.
        pointerenter: () => ms !== askMs && clearTimeout(timer),
        focusin: () => ms !== askMs && clearTimeout(timer),
      },
      el("p", { role: "alert" }, ...text),
      el(
        "div",
        { class: "actions" },
        ...buttons.map(([label, run], i) =>
          button(label, () => (close(), this.#try(run)), { class: i ? "" : "primary" }),
        ),
      ),
    );
    const timer = ms && setTimeout(close, ms);
    this.element.append(note);
    return close;
  }

  async #try(run: () => unknown): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.problem(error as PartyKitError);
    }
  }
}
