// One WebSocket after the other to the same address: opened, kept alive, and
// opened again after a loss. It knows nothing of what is said over it.
import { pause } from "./backoff";
import { PartyKitError, fromServer } from "./errors";
import type { ConnectionState } from "./partykit";

/** What a connection tells whoever speaks over it. */
export interface Speaker {
  /** Gets ready what the first frame needs. A failure counts as one of the connection's. */
  prepare(): Promise<void>;
  /** The first frame of a new connection. */
  hello(): string;
  text(frame: string): void;
  binary(frame: Uint8Array): void;
  state(state: ConnectionState): void;
  /** The page may have gone out of sight, or come back. */
  away(): void;
  /** Whether the cause of a refused hello could be mended, so that another one is worth a try. */
  mend(error: PartyKitError): boolean;
  /** It will not come back by itself. `error` is missing when the game closed it. */
  ended(error?: PartyKitError): void;
}

const pingMs = 25_000;
const pongMs = 10_000;
/** From the first byte to the welcome. */
const openMs = 15_000;
/** A connection that lasted this long was a good one: its loss is followed by a try at once. */
const goodMs = 1000;
/** So many tries before the first welcome, about 4 s with their pauses. */
const firstTries = 5;
/** A try after so many failures also asks for the reason, which a browser hides. */
const askAfter = 3;

const timers = ["open", "ping", "pong", "retry"] as const;
type Timer = (typeof timers)[number];

export class Connection {
  state: ConnectionState = "connecting";
  #socket: WebSocket | undefined;
  #welcomed = 0;
  #everWelcomed = false;
  #failures = 0;
  #refusal: PartyKitError | undefined;
  #timers: { [name in Timer]?: ReturnType<typeof setTimeout> } = {};
  readonly #url: string;
  readonly #speaker: Speaker;
  readonly #wake = () => this.#woken();

  constructor(url: string, speaker: Speaker) {
    this.#url = url;
    this.#speaker = speaker;
    globalThis.addEventListener?.("online", this.#wake);
    globalThis.document?.addEventListener?.("visibilitychange", this.#wake);
    this.#dial();
  }

  /** Sends while connected. Says whether it was sent. */
  send(frame: string | Uint8Array<ArrayBuffer>): boolean {
    if (this.state !== "connected") return false;
    this.#socket?.send(frame);
    return true;
  }

  /** Bytes that wait to leave this machine. */
  get backlog(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  /** The server has welcomed this client. */
  welcomed(): void {
    this.#clear("open");
    this.#welcomed = Date.now();
    this.#everWelcomed = true;
    this.#refusal = undefined;
    this.#become("connected");
  }

  /** The server has said why it is about to close. */
  refused(error: PartyKitError): void {
    this.#refusal = error;
  }

  /** Ends it for good; `error` says why, unless the game wanted it. */
  close(error?: PartyKitError): void {
    if (this.state === "closed") return;
    globalThis.removeEventListener?.("online", this.#wake);
    globalThis.document?.removeEventListener?.("visibilitychange", this.#wake);
    this.#drop();
    this.#become("closed");
    this.#speaker.ended(error);
  }

  async #dial(): Promise<void> {
    this.#clear("retry");
    this.#welcomed = 0;
    try {
      await this.#speaker.prepare();
    } catch (error) {
      this.#refusal = error as PartyKitError;
      return this.#lost(1006, true);
    }
    if (this.state === "closed") return;
    const socket = new WebSocket(this.#url);
    let opened = false;
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    this.#set("open", openMs, () => this.#lost(1006, opened));
    const mine = () => this.#socket === socket;
    socket.onopen = () => {
      opened = true;
      if (mine()) socket.send(this.#speaker.hello());
    };
    socket.onmessage = ({ data }) => {
      if (!mine()) return;
      this.#heard();
      if (typeof data === "string") this.#speaker.text(data);
      else this.#speaker.binary(new Uint8Array(data));
    };
    socket.onclose = ({ code }) => mine() && this.#lost(code, opened);
  }

  // A ping every 25 s keeps the server's trust, and finds a dead connection even
  // while this side only sends. The timer is armed by what is heard, not by the
  // timer before it: browsers slow a hidden page's chained timers to one a
  // minute, longer than the server waits, but not those that begin at a message.
  #heard(): void {
    this.#clear("pong");
    if (!this.#timers.ping) this.#set("ping", pingMs, () => this.#ping());
  }

  #ping(): void {
    if (this.state !== "connected") return;
    this.#socket?.send('{"t":"ping"}');
    this.#set("pong", pongMs, () => this.#lost(1006, true));
  }

  #woken(): void {
    this.#speaker.away();
    if (globalThis.document?.visibilityState === "hidden") return;
    if (this.#timers.retry) this.#dial();
    else if (!this.#timers.pong) this.#ping();
  }

  async #lost(code: number, opened: boolean): Promise<void> {
    if (this.state === "closed") return;
    this.#drop();
    if (this.#welcomed && Date.now() - this.#welcomed >= goodMs) this.#failures = 0;
    const wait = pause(code, this.#failures, Math.random());
    if (wait === undefined) {
      const error = this.#refusal ?? closedBy(code);
      if (!this.#speaker.mend(error)) return this.close(error);
    }
    this.#failures++;
    this.#become(this.#everWelcomed ? "reconnecting" : "connecting");
    if (!opened && (!this.#everWelcomed || this.#failures > askAfter)) {
      const reason = await ask(this.#url);
      if ((this.state as ConnectionState) === "closed") return;
      if (reason && (!this.#everWelcomed || !temporary(reason))) return this.close(reason);
    }
    if (!this.#everWelcomed && this.#failures >= firstTries) {
      return this.close(
        this.#refusal ?? new PartyKitError("unavailable", `${new URL(this.#url).host} cannot be reached. Try again in a moment.`),
      );
    }
    this.#set("retry", wait ?? 0, () => this.#dial());
  }

  /** Lets go of the socket and of every timer. */
  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    for (const name of timers) this.#clear(name);
    socket?.close();
  }

  #become(state: ConnectionState): void {
    if (this.state === state) return;
    this.state = state;
    this.#speaker.state(state);
  }

  #set(name: Timer, ms: number, run: () => void): void {
    this.#clear(name);
    this.#timers[name] = setTimeout(() => {
      delete this.#timers[name];
      run();
    }, ms);
  }

  #clear(name: Timer): void {
    clearTimeout(this.#timers[name]);
    delete this.#timers[name];
  }
}

function closedBy(code: number): PartyKitError {
  if (code === 4200) return new PartyKitError("replaced", "This player has connected elsewhere.");
  if (code === 4203) return new PartyKitError("protocol", "The server did not understand this SDK.");
  return new PartyKitError("closed", `The server closed the connection for good (${code}).`);
}

function temporary({ code }: PartyKitError): boolean {
  return ["rate_limited", "unavailable", "internal"].includes(code);
}

/** Fetches the connect address without an upgrade, to learn why it refuses; undefined when it would not, or cannot say. */
async function ask(url: string): Promise<PartyKitError | undefined> {
  try {
    const answer = await fetch(url.replace(/^ws/, "http"), { credentials: "omit", signal: AbortSignal.timeout(5000) });
    if (answer.status === 426) return undefined;
    const problem = await answer.json();
    return typeof problem?.code === "string" ? fromServer(problem) : undefined;
  } catch {
    return undefined; // nobody there
  }
}
