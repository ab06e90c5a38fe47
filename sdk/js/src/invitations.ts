// Invites that reach a running game: asked about, announced, or failed. One way
// for the cold start and the warm one. A game that listens to `invite` is told;
// for any other the overlay speaks.
import type { Core } from "./core";
import type { PartyKitError } from "./errors";
import type { Invitation } from "./partykit";
import type { Frame } from "./session";

/** What a join names. */
type By = { code: string; onward?: boolean | undefined } | { ticket: string } | { party: string };

/** How long a game has, after its start, to listen before the overlay speaks for it. */
const listenMs = 250;
/** Unanswered for so long means stay. */
const askMs = 60_000;

export class Invitations {
  readonly #core: Core;
  #undelivered: Invitation[] = [];
  #withdraw: (() => void) | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  /** Joins; asks first when that would leave others' company. */
  async join(by: By): Promise<void> {
    try {
      await this.#core.command("join", by);
    } catch (error) {
      const { code, invite = {} } = error as PartyKitError & { invite?: Frame };
      if (code !== "confirm_required" || !(await this.#ask(invite, by))) throw error;
    }
  }

  /** A ticket that came while the game runs; resolves to whether the player joined. */
  async warm(ticket: string): Promise<boolean> {
    try {
      await this.join({ ticket });
      return true;
    } catch (error) {
      if ((error as PartyKitError).code !== "confirm_required") this.#failed(error);
      return false;
    }
  }

  /** An open question is not open any more. */
  withdraw(): void {
    this.#withdraw?.();
  }

  /** A welcome says what became of the ticket that the hello carried. */
  async launched(invite: Frame, ticket: string): Promise<void> {
    if (invite.error) return this.#failed(this.#core.error(invite.error));
    try {
      await this.#ask(invite, { ticket });
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Asks the player; resolves to whether it joined. A newer question takes an older one's place. */
  #ask({ from, game, size }: Frame, by: By): Promise<boolean> {
    this.#withdraw?.();
    return new Promise((resolve, reject) => {
      let answer: Promise<void> | undefined;
      const stay = () => {
        clearTimeout(timer);
        answer ??= Promise.reject(this.#core.error({ code: "expired", message: "That question is not open any more. Open the link again." }));
        answer.catch(() => {}); // only for who accepts too late
        resolve(false);
      };
      const accept = () => {
        clearTimeout(timer);
        if (!answer) {
          answer = this.#core
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

  announce(inviter: string): void {
    this.#deliver({ kind: "joined", inviter, leave: this.#core.leave });
  }

  #failed(error: unknown): void {
    this.#deliver({ kind: "failed", error: error as PartyKitError });
  }

  /** The game listens now: what is still undelivered goes to it. */
  listening(): void {
    for (const invitation of this.#undelivered.splice(0)) this.#core.events.emit("invite", invitation);
  }

  #deliver(invitation: Invitation): void {
    this.#undelivered.push(invitation);
    if (this.#core.events.has("invite")) return this.listening();
    setTimeout(() => {
      const at = this.#undelivered.indexOf(invitation);
      if (at < 0) return;
      this.#undelivered.splice(at, 1);
      this.#core.overlay().then((overlay) => overlay.invitation(invitation), () => {});
    }, listenMs);
  }
}
