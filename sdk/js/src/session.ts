// What is said over a connection: hello and welcome, commands with their
// answers, reliable messages with their acknowledgements, and all of that taken
// up again after a loss, each once and in its old order.
import { Connection, type Speaker } from "./connection";
import { PartyKitError, fromServer } from "./errors";
import { type Payload, type ServerFrame, decode, reliable, volatile } from "./frames";
import type { Guest, Slot } from "./guest";
import { tokenOf } from "./identity";
import { checkCommand } from "./limits";
import type { ChatLine, ConnectionState, Identity, Json } from "./partykit";
import type { EventFrame, Snapshot, StatusFrame } from "./party";

/** A frame of the server's, or the members of one. */
export type Frame = Record<string, any>;

/** What a session tells the kit, in the order in which it happened. */
export interface Listener {
  /** A whole new snapshot; `reason` when the player moved. */
  snapshot(frame: { you: Frame; party: Partial<Snapshot>; reason?: string; gap?: boolean; invite?: Frame; chat?: ChatLine[]; payload?: Json }): void;
  event(frame: EventFrame): void;
  status(frame: StatusFrame): void;
  chat(line: ChatLine): void;
  /** How it goes at another party's door. */
  door(frame: Frame): void;
  message(frame: ServerFrame & { kind: "volatile" | "reliable" }): void;
  /** Connected again without a snapshot. */
  resumed(): void;
  state(state: ConnectionState): void;
  error(error: PartyKitError): void;
  ended(error?: PartyKitError): void;
}

/** What only the kit knows about a hello. */
export interface Greeting {
  name: string | undefined;
  page: string | undefined;
  /** What the game is, for links that require it. */
  has: { [name: string]: string } | undefined;
  /** The ticket of the launch address, as long as it was not answered. */
  ticket: string | undefined;
}

interface Request {
  id: number;
  /** A command's frame, without its id; or a message. */
  command?: Frame | undefined;
  message?: { to: number; payload: Payload } | undefined;
  sent: boolean;
  /** Missing when the page that asked was reloaded. */
  settle?: { resolve(answer: Frame): void; reject(error: PartyKitError): void };
}

/** How many commands may wait for an answer at once; more wait here. */
const inFlight = 16;
/** So many reliable messages may wait to be acknowledged; one more is refused. */
const maxMessages = 100;
/** A volatile message is dropped while more than this waits to leave the machine. */
const maxBacklog = 65_536;

export class Session implements Speaker {
  /** Whom every hello names; a guest without. */
  identity: Identity | undefined;
  readonly #connection: Connection;
  readonly #slot: Slot;
  readonly #guest: Guest;
  readonly #listener: Listener;
  readonly #greeting: () => Greeting;
  #requests: Request[];
  #token: string | undefined;
  #seq = 0;
  /** What the server knows; undefined when it may know nothing any more. */
  #away: boolean | undefined = false;

  constructor(url: string, slot: Slot, identity: Identity | undefined, greeting: () => Greeting, listener: Listener) {
    this.identity = identity;
    this.#slot = slot;
    this.#guest = slot.guest;
    this.#greeting = greeting;
    this.#listener = listener;
    this.#requests = slot.guest.unanswered.map(({ id, command, message }) => ({
      id,
      sent: false,
      command,
      message: message ? unpack(message) : undefined,
    }));
    this.#connection = new Connection(url, this);
  }

  get connection(): ConnectionState {
    return this.#connection.state;
  }

  /** Sends a command, now or when there is a connection again, and resolves to the answer. */
  async command(t: string, members: Frame = {}): Promise<Frame> {
    const command = { t, ...members };
    checkCommand(command);
    return this.#request({ id: ++this.#guest.lastCommand, command, sent: false });
  }

  /** Sends a reliable message and resolves when the server has it safe. */
  async reliable(to: number, payload: Payload): Promise<void> {
    if (this.#requests.filter((request) => request.message).length >= maxMessages) {
      throw new PartyKitError("rate_limited", `${maxMessages} messages wait to be acknowledged. Send fewer, or volatile ones.`);
    }
    await this.#request({ id: ++this.#guest.lastMessage, message: { to, payload }, sent: false });
  }

  /** Sends a volatile message, or drops it when there is no connection or too slow a one. */
  volatile(channel: number, to: number, payload: Payload): void {
    if (this.#connection.backlog < maxBacklog) this.#connection.send(volatile(channel, to, payload));
  }

  /** Sends a frame that has no answer, while connected. */
  tell(frame: Frame): boolean {
    return this.#connection.send(JSON.stringify(frame));
  }

  close(): void {
    this.#connection.close();
  }

  #request(request: Request): Promise<Frame> {
    const answer = new Promise<Frame>((resolve, reject) => {
      request.settle = { resolve, reject };
    });
    if (this.connection === "closed") {
      request.settle!.reject(new PartyKitError("closed", "The connection is closed. Start the kit anew."));
      return answer;
    }
    this.#requests.push(request);
    this.#save(); // before it is sent: an id is never used twice, whatever happens to the page
    this.#pump();
    return answer;
  }

  /** Sends what may be sent, in order. */
  #pump(): void {
    let commands = 0;
    for (const request of this.#requests) {
      if (request.command && ++commands > inFlight) continue;
      if (request.sent) continue;
      request.sent = this.#connection.send(
        request.message
          ? reliable(request.id, request.message.to, request.message.payload)
          : JSON.stringify({ ...request.command, id: request.id }),
      );
    }
  }

  #answer(kind: "command" | "message", id: number, error?: PartyKitError, frame: Frame = {}): void {
    const found = this.#requests.find((request) => request[kind] && request.id === id);
    if (!found) return;
    this.#requests = this.#requests.filter((request) => request !== found);
    this.#save();
    if (error) found.settle?.reject(error);
    else found.settle?.resolve(frame);
    this.#pump();
  }

  #save(): void {
    // A game's own token is not ours to store.
    this.#guest.unanswered = this.#requests
      .filter(({ command }) => command?.t !== "identify")
      .map(({ id, command, message }) => ({ id, command, message: message && pack(message) }));
    this.#slot.save();
  }

  // From here on: what the connection asks and tells.

  async prepare(): Promise<void> {
    this.#token = await tokenOf(this.identity);
  }

  hello(): string {
    const { key, token, party, resume, own } = this.#guest;
    const { ticket, ...greeting } = this.#greeting();
    // With a ticket a new session begins: the player is about to be elsewhere,
    // where neither its old requests nor what it set in the old party belong.
    return JSON.stringify({
      t: "hello",
      v: 1,
      key,
      token,
      identity: this.#token,
      party,
      ...(ticket ? { ticket } : { own, resume: resume && { ...resume, seq: this.#seq } }),
      sdk: `js/${VERSION}`,
      ...greeting,
    });
  }

  text(text: string): void {
    const frame = JSON.parse(text) as Frame;
    switch (frame.t) {
      case "welcome":
        return this.#welcome(frame);
      case "resumed":
        this.#greeted(frame);
        this.#connection.welcomed();
        this.#listener.resumed();
        this.away();
        return this.#pump();
      case "ok":
        return this.#answer("command", frame.id, undefined, frame);
      case "error":
        return this.#failed(frame);
      case "party":
        this.#seq = frame.seq;
        this.#guest.party = frame.party.id;
        this.#slot.save();
        this.#forgotten();
        this.away();
        return this.#listener.snapshot(frame as { you: Frame; party: Snapshot });
      case "event":
        if (this.#next(frame.seq)) this.#listener.event(frame as unknown as EventFrame);
        return;
      case "status":
        return this.#listener.status(frame as unknown as StatusFrame);
      case "chat":
        if (this.#next(frame.seq)) this.#listener.chat(frame as unknown as ChatLine);
        return;
      case "door":
        this.#listener.door(frame);
    }
  }

  binary(bytes: Uint8Array): void {
    const frame = decode(bytes);
    if (frame.kind === "acknowledged") return this.#answer("message", frame.id);
    if (frame.kind === "volatile" || this.#next(frame.seq)) this.#listener.message(frame);
  }

  state(state: ConnectionState): void {
    if (state !== "connected") {
      for (const request of this.#requests) request.sent = false;
      this.#forgotten();
    }
    this.#listener.state(state);
  }

  away(): void {
    const away = globalThis.document?.visibilityState === "hidden";
    if (away !== this.#away && this.tell({ t: "away", away })) this.#away = away;
  }

  #forgotten(): void {
    if (this.#away) this.#away = undefined;
  }

  mend(error: PartyKitError): boolean {
    if (error.code !== "unauthorized" || this.#token || !this.#guest.token) return false;
    delete this.#guest.token; // connect without it, to begin anew
    delete this.#guest.resume;
    this.#slot.save();
    return true;
  }

  ended(error?: PartyKitError): void {
    for (const { settle } of this.#requests) settle?.reject(error ?? new PartyKitError("closed", "The kit was closed."));
    // What was told to have failed does not run after the next start. Of what a page before this one asked, nobody was told.
    this.#requests = this.#requests.filter(({ settle }) => !settle);
    this.#save();
    this.#listener.ended(error);
  }

  #welcome(frame: Frame): void {
    const same = frame.session === this.#guest.resume?.session;
    if (!same) this.#renumber();
    if (frame.token) this.#guest.token = frame.token; // there is none for a player whom its game names
    this.#guest.party = frame.party.id;
    this.#greeted(frame);
    this.#listener.snapshot({
      ...(frame as { you: Frame; party: Snapshot }),
      ...(frame.lost && { reason: "lost" }),
    });
    this.#connection.welcomed();
    this.away();
    this.#pump();
  }

  #greeted(frame: Frame): void {
    this.#seq = frame.seq;
    this.#guest.resume = { session: frame.session, token: frame.resume, epoch: frame.epoch };
    this.#slot.save(); // the new resume token, before anything is sent under it
  }

  /**
   * The old session is gone. Commands are asked again, in their order: each says
   * what shall be, so that asking twice does no harm. A message might arrive
   * twice, or in another party than it was meant for: its sender is told.
   */
  #renumber(): void {
    const requests = this.#requests.filter((request) => request.settle);
    this.#requests = requests.filter((request) => request.command);
    this.#requests.forEach((request, i) => (request.id = i + 1));
    this.#guest.lastCommand = this.#requests.length;
    this.#guest.lastMessage = 0;
    const error = new PartyKitError("unavailable", "The connection was lost for too long to know whether this message arrived.");
    for (const { message, settle } of requests) if (message) settle?.reject(error);
  }

  #failed(frame: Frame): void {
    const error = fromServer(frame);
    const { invite, next } = frame;
    Object.assign(error, invite && { invite }, next && { next });
    if (frame.id) return this.#answer("command", frame.id, error);
    if (frame.mid) return this.#answer("message", frame.mid, error);
    if (this.connection === "connected") this.#listener.error(error);
    else this.#connection.refused(error);
  }

  /** Whether a thing of the shared order is new here. A party that is not shared has no order yet: 0. */
  #next(seq: number): boolean {
    if (seq && seq <= this.#seq) return false;
    this.#seq = seq || this.#seq;
    return true;
  }
}

function pack({ to, payload }: NonNullable<Request["message"]>): string {
  return `${to} ${payload.json ? 1 : 0} ${btoa(String.fromCharCode(...payload.bytes))}`;
}

function unpack(stored: string): NonNullable<Request["message"]> {
  const [to, json, bytes] = stored.split(" ");
  return {
    to: Number(to),
    payload: { json: json === "1", bytes: Uint8Array.from(atob(bytes ?? ""), (char) => char.charCodeAt(0)) },
  };
}

declare const VERSION: string;
