// Invites that reach a running game: asked about, announced, or failed. One way
// for the cold start and the warm one. A game that listens to `invite` is told;
// for any other the overlay speaks.
import type { Emitter } from "./emitter";
import { PartyKitError } from "./errors";
import type { Events, Invitation } from "./partykit";
import type { Frame, Session } from "./session";

/** How long a game has, after its start, to listen before the overlay speaks for it. */
const listenMs = 250;
/** Unanswered for so long means stay. */
const askMs = 60_000;

export class Invitations {
  readonly #events: Emitter<Events>;
  readonly #session: () => Session;
  readonly #overlay: (invitation: Invitation) => void;
  #undelivered: Invitation[] = [];
  #withdraw: (() => void) | undefined;

  constructor(events: Emitter<Events>, session: () => Session, overlay: (invitation: Invitation) => void) {
    this.#events = events;
    this.#session = session;
    this.#overlay = overlay;
  }

  /** Joins by a code or a ticket; asks first when that would leave others' company. */
  async join(by: { code: string } | { ticket: string }): Promise<void> {
    try {
      await this.#session().command("join", by);
    } catch (error) {
      if (!(error instanceof PartyKitError) || error.code !== "confirm_required") throw error;
      if (!(await this.ask((error as PartyKitError & { invite?: Frame }).invite ?? {}, by))) throw error;
    }
  }

  /** Asks the player; resolves to whether it joined. A newer question takes an older one's place. */
  ask({ from, game, size }: Frame, by: { code: string } | { ticket: string }): Promise<boolean> {
    this.#withdraw?.();
    return new Promise((resolve, reject) => {
      let answer: Promise<void> | undefined;
      const stay = () => {
        clearTimeout(timer);
        answer ??= Promise.reject(new PartyKitError("expired", "That question is not open any more. Open the link again."));
        answer.catch(() => {}); // only for who accepts too late
        resolve(false);
      };
      const accept = () => {
        clearTimeout(timer);
        if (!answer) {
          answer = this.#session()
            .command("join", { ...by, confirm: true })
            .then(() => resolve(true));
          answer.catch(reject);
        }
        return answer;
      };
      const timer = setTimeout(stay, askMs);
      const decline = () => {
        if (!answer) stay();
      };
      this.#withdraw = decline;
      this.#deliver({ kind: "ask", inviter: from ?? "", game: game ?? "", size: size ?? 0, accept, decline });
    });
  }

  announce(inviter: string, leave: () => Promise<void>): void {
    this.#deliver({ kind: "joined", inviter, leave });
  }

  failed(error: PartyKitError): void {
    this.#deliver({ kind: "failed", error });
  }

  /** The game listens now: what is still undelivered goes to it. */
  listening(): void {
    for (const invitation of this.#undelivered.splice(0)) this.#events.emit("invite", invitation);
  }

  #deliver(invitation: Invitation): void {
    this.#undelivered.push(invitation);
    if (this.#events.has("invite")) return this.listening();
    setTimeout(() => {
      const at = this.#undelivered.indexOf(invitation);
      if (at < 0) return;
      this.#undelivered.splice(at, 1);
      this.#overlay(invitation);
    }, listenMs);
  }
}
