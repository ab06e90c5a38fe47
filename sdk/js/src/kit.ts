// The kit that a game holds: one player, in one party. It joins the parts, and
// does little itself.
import { tell } from "./changes";
import { type Calls, type Core, calls, moves } from "./core";
import { Emitter, call } from "./emitter";
import { PartyKitError, fromServer } from "./errors";
import { type ServerFrame, payloadOf } from "./frames";
import type { Slot } from "./guest";
import { checkPayload } from "./limits";
import { InviteLoading } from "./loading";
import { Loader, load } from "./loader";
import type { Loaded } from "./moves";
import type { Overlay } from "./overlay/overlay";
import { type EventFrame, type PartyEvent, type Snapshot, apply, applyStatus, freeze, snapshotOf, view } from "./party";
import type {
  ChatLine,
  ConnectionState,
  Events,
  Json,
  Kit,
  LoadingDetails,
  Message,
  MoveReason,
  Party,
  PartyData,
  Player,
  SendOptions,
  StartOptions,
} from "./partykit";
import { type Listener, Session } from "./session";
import { Sets } from "./sets";
import { launchTicket, onWarmTicket, redeemed } from "./ticket";

/** Resolves to the kit at its first welcome. `folder` is where the SDK's other files are. */
export function connect(options: StartOptions, server: string, folder: string, slot: Slot): Promise<Kit> {
  return new Promise((resolve, reject) => new GameKit(options, server, folder, slot, resolve, reject));
}

/** The events of partykit.d.ts, for games whose editor does not know them. */
const events = "party partyData member leader loading message chat match follow travel ready kicked ask door invite gap connection error".split(" ");

/** What calls.ts and moves.ts do; the calls go there. */
interface GameKit extends Calls, Pick<Kit, (typeof moves)[number]> {}

class GameKit {
  readonly #events = new Emitter<Events>();
  readonly #session: Session;
  readonly #sets: Sets;
  readonly #loading: InviteLoading;
  readonly #calls: Loader<Calls & Loaded>;
  readonly #overlay: Loader<Overlay>;
  readonly #slot: Slot;
  #snapshot: Snapshot = snapshotOf({});
  #party: Party = view(this.#snapshot, "", {});
  #player: Player = { id: "", name: "", n: 0 };
  #chat: readonly ChatLine[] = [];
  #payload: Json | undefined;

  static {
    for (const name of [...calls, ...moves]) {
      Object.assign(this.prototype, {
        [name](this: GameKit, ...args: any[]) {
          const run = (calls: Calls & Loaded) => (calls[name] as (...args: any[]) => unknown)(...args);
          const calls = this.#calls.value;
          return calls ? run(calls) : this.#calls.load().then(run);
        },
      });
    }
  }

  constructor(
    options: StartOptions,
    server: string,
    folder: string,
    slot: Slot,
    resolve: (kit: Kit) => void,
    reject: (error: unknown) => void,
  ) {
    const session = () => this.#session;
    const party = () => this.#party;
    const { name, has, page = globalThis.location?.href.replace(/#.*/, "") } = options;
    const known = slot.guest.party;
    let launch: string | undefined;

    this.#slot = slot;
    this.#sets = new Sets(slot, session);
    this.#loading = new InviteLoading(session, options.loading !== "manual");
    const core: Core = {
      events: this.#events,
      slot,
      party,
      command: (t, members) => this.#session.command(t, members),
      leave: () => this.leaveParty(),
      overlay: () => this.#overlay.load(),
      refresh: () => this.#show(this.#snapshot, this.#player, []),
      identify: (identity) => {
        const before = this.#session.identity;
        this.#session.identity = identity;
        return before;
      },
      error: fromServer,
    };
    const file = (name: string) => new URL(name, folder).href;
    this.#calls = new Loader([file("calls.js"), file("moves.js")], ({ calls }, { moves }) => ({ ...calls(core), ...moves(core) }));
    this.#overlay = new Loader(options.overlay === false ? [] : [file("overlay.js")], ({ mount }) =>
      mount(this, (event: keyof Events) => this.#events.has(event), load),
    );

    let welcomed = false;
    const greeting = () => {
      launch = welcomed ? undefined : launchTicket();
      return { name, page, has, ticket: launch };
    };
    const listener: Listener = {
      snapshot: (frame) => {
        const ticket = launch;
        launch = undefined; // later moves have nothing to do with it
        this.#moved(frame, ticket, known);
        if (welcomed) return;
        welcomed = true;
        redeemed();
        onWarmTicket((ticket) => this.#calls.want(({ invitations }) => invitations.warm(ticket)));
        this.#calls.want(); // in the background, so that a call made without a connection finds it there
        if (globalThis.document?.querySelector?.("partykit-button")) this.#overlay.want();
        resolve(this);
      },
      event: (frame) => this.#changed(frame),
      status: (frame) => this.#show(applyStatus(this.#snapshot, frame), this.#player, []),
      chat: (frame) => {
        const line = chatLine(frame, this.#snapshot);
        this.#chat = [...this.#chat, line].slice(-200);
        if (this.#heard(line)) this.#events.emit("chat", line);
      },
      door: (frame) => this.#calls.want(({ door }) => door(frame)),
      message: (frame) => this.#message(frame),
      resumed: () => this.#loading.repeat(),
      state: (state) => this.#events.emit("connection", state),
      error: (error) => this.#error(error),
      ended: (error) => {
        this.#loading.over();
        if (welcomed) onWarmTicket(undefined);
        this.#slot.release();
        if (!welcomed) reject(error);
        else if (error) this.#error(error);
      },
    };
    this.#session = new Session(`${server.replace(/^http/, "ws")}/connect?game=${encodeURIComponent(options.game)}`, slot, options.identity, greeting, listener);
  }

  get player(): Player {
    return this.#player;
  }

  get party(): Party {
    return this.#party;
  }

  get connection(): ConnectionState {
    return this.#session.connection;
  }

  on<E extends keyof Events>(event: E, callback: (...args: Events[E]) => void): () => void {
    if (!events.includes(event)) throw new PartyKitError("bad_request", `No event is called ${event}: ${events.join(", ")}.`);
    const off = this.#events.on(event, callback);
    if (event === "party") call(callback, this.#party);
    if (event === "partyData") call(callback, this.#party.data);
    if (event === "match") call(callback, this.#party.match ?? null);
    if (event === "ready") call(callback, this.#party.ready ?? null);
    if (event === "connection") call(callback, this.connection);
    this.#calls.value?.listening(event, callback);
    return off;
  }

  async send(data: Json | ArrayBuffer | ArrayBufferView, options: SendOptions = {}): Promise<void> {
    const { to, channel, reliable = channel === undefined } = options;
    if (channel !== undefined && (reliable || !(Number.isInteger(channel) && channel >= 0 && channel < 256))) {
      throw new PartyKitError("bad_request", "A channel is 0 to 255, for messages that are not reliable.");
    }
    const payload = payloadOf(data);
    checkPayload(payload.bytes);
    const target = to === undefined ? 0 : this.#numberOf(to);
    if (reliable) await this.#session.reliable(target, payload);
    else this.#session.volatile(channel ?? 0, target, payload);
  }

  async leaveParty(): Promise<void> {
    if (this.#loading.active) await this.#loading.finalize(false);
    else await this.#session.command("leave");
  }

  get invitePayload(): Json | undefined {
    return this.#loading.active ? this.#payload : undefined;
  }

  get chatHistory(): readonly ChatLine[] {
    return freeze(this.#chat.filter((line) => this.#heard(line)));
  }

  close(): void {
    this.#session.close();
  }

  updateInviteLoadingMessage(text: string, details?: LoadingDetails): void {
    this.#loading.report(text, details);
  }

  finalizeInviteLoading(success: boolean): Promise<void> {
    return this.#loading.finalize(success);
  }

  isInviteLoading(): boolean {
    return this.#loading.active;
  }

  getPartyData(): PartyData {
    return this.#party.data;
  }

  onPartyDataUpdated(callback: (data: PartyData) => void): () => void {
    return this.on("partyData", callback);
  }

  /** A whole new snapshot: a welcome, or a move. `launch` is the ticket that the hello carried. */
  #moved(frame: Parameters<Listener["snapshot"]>[0], launch: string | undefined, known: string | undefined): void {
    const before = this.#snapshot;
    const after = snapshotOf(frame.party);
    const { id } = frame.you as Player;
    const me = after.members.find((member) => member.id === id);
    const loading = me?.state === "loading";
    const elsewhere = before.id !== after.id;
    if (launch && (known === after.id || (!loading && after.members.length === 1))) this.#sets.restate();
    else if (launch) this.#sets.forget();
    else if (before.leader === id && after.leader !== id) this.#sets.led(before);
    if (elsewhere) this.#loading.moved(loading);
    else if (!loading) this.#loading.over();
    else this.#loading.repeat();

    const { you, reason, invite, payload, chat = [] } = frame;
    this.#payload = freeze(payload);
    const leader = named(before, before.leader);
    this.#chat = chat.map((line) => chatLine(line, after));
    this.#show(after, you as Player, [], reason as MoveReason);
    if (frame.gap) this.#events.emit("gap", this.#party);
    if (reason === "kicked" || reason === "banned") this.#calls.want(({ kicked }) => kicked({ banned: reason === "banned", leader }));
    if (invite && launch) this.#calls.want(({ invitations }) => invitations.launched(invite, launch));
    else if (loading && after.members.length > 1 && (launch || reason === "joined")) {
      this.#calls.want(({ invitations }) => invitations.announce(named(after, me.by ?? after.leader)));
    }
  }

  #changed(frame: EventFrame): void {
    const after = apply(this.#snapshot, frame);
    const me = after.members.find(({ n }) => n === this.#player.n);
    if (me?.state === "in") this.#loading.over();
    if (this.#snapshot.leader === this.#player.id && after.leader !== this.#player.id) this.#sets.led(this.#snapshot);
    this.#show(after, me ?? this.#player, frame.events);
  }

  /** Makes a snapshot the present one and tells the game what changed. */
  #show(snapshot: Snapshot, { id, name, n }: Player, events: PartyEvent[], reason?: MoveReason): void {
    const before = this.#party;
    this.#snapshot = snapshot;
    this.#player = freeze({ id, name, n });
    this.#party = view(snapshot, id, this.#slot.guest.quiet);
    tell(this.#events, before, this.#party, events);
    this.#events.emit("party", this.#party, ...(reason ? [reason] : []));
  }

  #heard({ id }: ChatLine): boolean {
    return !this.#slot.guest.quiet[id ?? ""];
  }

  #message(frame: ServerFrame & { kind: "volatile" | "reliable" }): void {
    const from = this.#party.members.find((member) => member.n === frame.from);
    let data: Message["data"] = frame.payload;
    if (frame.json) {
      try {
        data = JSON.parse(new TextDecoder().decode(frame.payload));
      } catch {
        return this.#error(new PartyKitError("bad_request", "A message is not JSON. It was left out."));
      }
    }
    this.#events.emit("message", {
      data,
      ...(from && { from }),
      backend: !frame.from,
      reliable: frame.kind === "reliable",
      direct: frame.direct,
      ...(frame.kind === "volatile" && { channel: frame.channel }),
    });
  }

  #error(error: PartyKitError): void {
    if (this.#events.has("error")) this.#events.emit("error", error);
    else console.warn(`PartyKit: ${error.code}: ${error.message}`);
  }

  #numberOf(to: Player | number | string): number {
    const found = this.#party.members.find(({ id, n }) => n === (typeof to === "object" ? to.n : to) || id === to);
    if (!found) throw new PartyKitError("not_found", "The member this message is for is not in the party.");
    return found.n;
  }
}

/** A line as the game sees it, with the writer's player id where it is known. */
function chatLine({ n, name, text, at }: ChatLine, { members }: Snapshot): ChatLine {
  const id = members.find((member) => member.n === n)?.id;
  return freeze({ n, name, text, at, ...(id && { id }) });
}

function named({ members }: Snapshot, player: string): string {
  return members.find(({ id }) => id === player)?.name ?? "";
}
