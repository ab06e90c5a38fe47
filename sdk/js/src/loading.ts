// Loading an invite: reports, thinned out at their source, and the finalizing
// that the SDK does for a game which does none itself.
import { cut } from "./limits";
import type { LoadingDetails } from "./partykit";
import type { Session } from "./session";

/** At most four reports a second; the newest is always sent. */
const reportMs = 250;
/** A game that has said nothing for so long does not know of loading. */
const silenceMs = 5000;

export class InviteLoading {
  readonly #session: () => Session;
  readonly #automatic: boolean;
  #loading = false;
  #reported = false;
  #newest: Record<string, unknown> | undefined;
  #lastSent = -reportMs;
  #reportTimer: ReturnType<typeof setTimeout> | undefined;
  #silenceTimer: ReturnType<typeof setTimeout> | undefined;
  #finalized: Promise<void> | undefined;

  constructor(session: () => Session, automatic: boolean) {
    this.#session = session;
    this.#automatic = automatic;
  }

  get active(): boolean {
    return this.#loading && !this.#finalized;
  }

  /** The player is in another party, by an invite that has to load or not. */
  moved(loading: boolean): void {
    this.stop();
    this.#loading = loading;
    this.#finalized = undefined;
    if (loading && this.#automatic) this.#silenceTimer = setTimeout(() => this.#silent(), silenceMs);
  }

  /** The server knows that loading is over. */
  over(): void {
    this.stop();
    this.#loading = false;
  }

  report(text: string, { phase, progress }: LoadingDetails = {}): void {
    if (!this.active) return;
    this.#reported = true;
    this.#newest = {
      t: "loading",
      message: cut(`${text ?? ""}`, 255),
      ...(phase && { phase: cut(`${phase}`, 31) }),
      ...(Number.isFinite(progress) && { progress: Math.min(1, Math.max(0, progress!)) }),
    };
    this.#send();
  }

  /** Says the newest report again, after a reconnect. */
  repeat(): void {
    if (this.active) this.#send();
  }

  finalize(success: boolean): Promise<void> {
    if (!this.#loading) return Promise.resolve();
    return (this.#finalized ??= this.#finalize(success));
  }

  /** Ends every timer and forgets the newest report. */
  stop(): void {
    clearTimeout(this.#reportTimer);
    clearTimeout(this.#silenceTimer);
    this.#reportTimer = this.#newest = undefined;
    this.#reported = false;
  }

  #send(): void {
    if (this.#reportTimer || !this.#newest) return;
    const wait = this.#lastSent + reportMs - Date.now();
    if (wait > 0) {
      this.#reportTimer = setTimeout(() => {
        this.#reportTimer = undefined;
        this.#send();
      }, wait);
    } else if (this.#session().tell(this.#newest)) {
      this.#lastSent = Date.now();
    }
  }

  async #finalize(success: boolean): Promise<void> {
    this.stop();
    try {
      await this.#session().command("finalize", { success });
    } catch (error) {
      this.#finalized = undefined; // it did not count: the game may try again
      throw error;
    }
  }

  #silent(): void {
    if (!this.#reported) this.finalize(true).catch(() => this.moved(this.#loading)); // refused: again after as long
  }
}
