// The kit that a game holds: one player, in one party. It joins the parts, and
// does little itself.
import { tell } from "./changes";
import { Emitter, call } from "./emitter";
import { PartyKitError, fromServer } from "./errors";
import { type ServerFrame, payloadOf } from "./frames";
import type { Slot } from "./guest";
import { Invitations } from "./invitations";
import { codeOf, launchTicket, onWarmTicket, redeemed } from "./invite";
import { checkPayload } from "./limits";
import { Links } from "./links";
import { InviteLoading } from "./loading";
import { OverlayLoader } from "./loader";
import { type EventFrame, type PartyEvent, type Snapshot, type StatusFrame, apply, applyStatus, freeze, snapshotOf, view } from "./party";
import type {
  ConnectionState,
  Events,
  Invitation,
  Invite,
  InviteOptions,
  Json,
  Kit,
  LandingField,
  LoadingDetails,
  Member,
  Message,
  MoveReason,
  Party,
  PartyData,
  Player,
  SendOptions,
  StartOptions,
} from "./partykit";
import { type Frame, type Listener, Session } from "./session";
import { Sets } from "./sets";

/** Resolves to the kit at its first welcome. */
export function connect(options: StartOptions, server: string, overlay: OverlayLoader, slot: Slot): Promise<Kit> {
  return new Promise((resolve, reject) => new GameKit(options, server, overlay, slot, resolve, reject));
}

class GameKit implements Kit {
  readonly #events = new Emitter<Events>();
  readonly #session: Session;
  readonly #sets: Sets;
  readonly #loading: InviteLoading;
  readonly #links: Links;
  readonly #invitations: Invitations;
  readonly #overlay: OverlayLoader;
  readonly #slot: Slot;
  #snapshot: Snapshot = snapshotOf({});
  #party: Party = view(this.#snapshot, "");
  #player: Player = { id: "", name: "", n: 0 };

  constructor(
    options: StartOptions,
    server: string,
    overlay: OverlayLoader,
    slot: Slot,
    resolve: (kit: Kit) => void,
    reject: (error: unknown) => void,
  ) {
    const session = () => this.#session;
    const party = () => this.#party;
    const { name, page = globalThis.location?.href.replace(/#.*/, "") } = options;
    const known = slot.guest.party;
    let launch: string | undefined;

    this.#slot = slot;
    this.#overlay = overlay;
    this.#sets = new Sets(slot, session, party);
    this.#loading = new InviteLoading(session, options.loading !== "manual");
    this.#links = new Links(slot, session, party);
    this.#invitations = new Invitations(this.#events, session, (invitation) => this.#overlayInvitation(invitation));

    let welcomed = false;
    const greeting = () => {
      launch = welcomed ? undefined : launchTicket();
      return { ...(name && { name }), ...(page && { page }), ...(launch && { ticket: launch }) };
    };
    const listener: Listener = {
      snapshot: (frame) => {
        this.#moved(frame, launch, known);
        if (welcomed) return;
        welcomed = true;
        redeemed();
        onWarmTicket((ticket) => this.#warm(ticket));
        this.#overlay.ready(this);
        resolve(this);
      },
      event: (frame) => this.#changed(frame),
      status: (frame) => this.#status(frame),
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
    this.#session = new Session(`${server.replace(/^http/, "ws")}/connect?game=${encodeURIComponent(options.game)}`, slot, greeting, listener);
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
    const off = this.#events.on(event, callback);
    if (event === "party") call(callback, this.#party);
    if (event === "partyData") call(callback, this.#party.data);
    if (event === "connection") call(callback, this.connection);
    if (event === "invite") this.#invitations.listening();
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

  createInvite(options?: InviteOptions): Promise<Invite> {
    return this.#links.create(options);
  }

  invites() {
    return this.#links.list();
  }

  revokeInvite(id: string): Promise<void> {
    return this.#links.revoke(id);
  }

  async join(codeOrUrl: string): Promise<void> {
    const code = codeOf(`${codeOrUrl}`);
    if (!code) throw new PartyKitError("not_found", "That is no invite link or code.");
    await this.#invitations.join({ code });
  }

  async leaveParty(): Promise<void> {
    if (this.#loading.active) await this.#loading.finalize(false);
    else await this.#session.command("leave");
  }

  async rename(name: string): Promise<string> {
    return (await this.#session.command("rename", { name: `${name}` })).name;
  }

  close(): void {
    this.#session.close();
  }

  async showInviteLink(options?: InviteOptions): Promise<Invite> {
    const overlay = await this.#overlay.load();
    try {
      const invite = await this.#links.create(options);
      overlay.invite(invite);
      return invite;
    } catch (error) {
      overlay.problem(error as PartyKitError);
      throw error;
    }
  }

  updateInviteLandingPageInfo(fields: readonly LandingField[]): Promise<void> {
    return this.#sets.updateLanding(fields);
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

  updatePartyData(data: PartyData): Promise<void> {
    return this.#sets.updateData(data);
  }

  patchPartyData(patch: PartyData): Promise<void> {
    return this.#sets.patchData(patch);
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

    this.#show(after, frame.you as Player, [], frame.reason as MoveReason);
    if (frame.gap) this.#events.emit("gap", this.#party);
    this.#invited(frame, launch, loading && after.members.length > 1);
  }

  /** Tells of the invite that led here, or of one that wants an answer. */
  #invited({ invite, reason }: Frame, launch: string | undefined, company: boolean): void {
    if (invite?.error) this.#invitations.failed(fromServer(invite.error));
    else if (invite && launch) this.#ask(invite, launch);
    else if (company && (launch || reason === "joined")) {
      const { by } = this.#me ?? {};
      const inviter = this.#party.members.find((member) => member.id === (by ?? this.#party.leader));
      this.#invitations.announce(inviter?.name ?? "", () => this.leaveParty());
    }
  }

  async #ask(invite: Frame, ticket: string): Promise<void> {
    try {
      await this.#invitations.ask(invite, { ticket });
    } catch (error) {
      this.#invitations.failed(error as PartyKitError);
    }
  }

  async #warm(ticket: string): Promise<void> {
    try {
      await this.#invitations.join({ ticket });
    } catch (error) {
      if ((error as PartyKitError).code !== "confirm_required") this.#invitations.failed(error as PartyKitError);
    }
  }

  #changed(frame: EventFrame): void {
    const after = apply(this.#snapshot, frame);
    const me = after.members.find((member) => member.id === this.#player.id);
    if (me?.state === "in") this.#loading.over();
    if (this.#snapshot.leader === this.#player.id && after.leader !== this.#player.id) this.#sets.led(this.#snapshot);
    this.#show(after, me ?? this.#player, frame.events);
  }

  #status(frame: StatusFrame): void {
    this.#show(applyStatus(this.#snapshot, frame), this.#player, []);
  }

  /** Makes a snapshot the present one and tells the game what changed. */
  #show(snapshot: Snapshot, { id, name, n }: Player, events: PartyEvent[], reason?: MoveReason): void {
    const before = this.#party;
    this.#snapshot = snapshot;
    this.#player = freeze({ id, name, n });
    this.#party = view(snapshot, id);
    // In another party everybody is new at once: `party` alone tells of them.
    const base = before.id === snapshot.id ? before : { ...this.#party, data: before.data };
    tell(this.#events, base, this.#party, events);
    this.#events.emit("party", this.#party, ...(reason ? [reason] : []));
    const arriving = this.#party.members.some((member) => !member.self && member.state === "loading");
    if (arriving || this.#party.held.length) this.#overlay.want();
  }

  #message(frame: ServerFrame & { kind: "volatile" | "reliable" }): void {
    const from = this.#party.members.find((member) => member.n === frame.from);
    let data: Message["data"] = frame.payload;
    if (frame.json) {
      try {
        data = JSON.parse(new TextDecoder().decode(frame.payload));
      } catch {
        return this.#error(new PartyKitError("bad_request", "A member sent a message that is not JSON. It was left out."));
      }
    }
    this.#events.emit("message", {
      data,
      ...(from && { from }),
      reliable: frame.kind === "reliable",
      direct: frame.direct,
      ...(frame.kind === "volatile" && { channel: frame.channel }),
    });
  }

  #error(error: PartyKitError): void {
    if (this.#events.has("error")) this.#events.emit("error", error);
    else console.warn(`PartyKit: ${error.code}: ${error.message}`);
  }

  #overlayInvitation(invitation: Invitation): void {
    this.#overlay.load().then(
      (overlay) => overlay.invitation(invitation),
      () => {}, // not wanted, or told by the loader; unanswered means stay
    );
  }

  get #me(): Member | undefined {
    return this.#party.members.find((member) => member.self);
  }

  #numberOf(to: Player | number | string): number {
    const found = this.#party.members.find(({ id, n }) => n === (typeof to === "object" ? to.n : to) || id === to);
    if (!found) throw new PartyKitError("not_found", "The member this message is for is not in the party.");
    return found.n;
  }
}
