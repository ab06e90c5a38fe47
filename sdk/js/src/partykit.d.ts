// The public types of the PartyKit SDK, served as /sdk/v1/partykit.d.ts.
//
// Written by hand, because it is read by people; index.ts checks that what is
// built here fits it. docs/sdk-javascript.md explains each call with examples.

/** Any value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What the party shares: keys ≤ 63 bytes, values ≤ 4,095 bytes as JSON, ≤ 64 keys, ≤ 16 KiB in all. */
export type PartyData = { readonly [key: string]: Json };

/** The entry of the SDK. */
export declare const PartyKit: {
  /** The version of the SDK. */
  readonly version: string;
  /**
   * Connects and resolves once the player is in a party: the one it was invited
   * to, the one it was in before a reload, or a party of one.
   * Rejects with a PartyKitError when the server refuses, or cannot be reached
   * in about five tries; a game then plays on alone.
   */
  start(options: StartOptions): Promise<Kit>;
};

export interface StartOptions {
  /** The game's id, as registered with the server. */
  game: string;
  /** The server's address; by default where the SDK itself was loaded from. */
  server?: string;
  /** A name for a new guest, ≤ 32 characters. Without it the server makes one such as FriendlyAlpaca. */
  name?: string;
  /** "manual": the game always calls finalizeInviteLoading itself, and the SDK never does it after 5 s of silence. */
  loading?: "auto" | "manual";
  /** false: the SDK shows nothing by itself, and the game handles `invite` and draws its own badges. */
  overlay?: boolean;
  /** Where this game is to be found; by default the page's address without its fragment. Used in `partykit dev` only. */
  page?: string;
}

/** The running kit of one player. */
export interface Kit {
  /** This player. */
  readonly player: Player;
  /** The party as it is now: frozen, replaced by a new one at every change. */
  readonly party: Party;
  readonly connection: ConnectionState;

  /**
   * Calls back at every event and returns what ends that. `party`, `partyData`
   * and `connection` tell a state: they also call back at once with the present one.
   */
  on<E extends keyof Events>(event: E, callback: (...args: Events[E]) => void): () => void;

  /**
   * Sends to the others. By default reliable: durable, in order, resent after a
   * lost connection; resolves when the server has it safe (10 a second, burst 50).
   * With `reliable: false`, or a channel, volatile: newest wins per channel, may
   * be dropped, resolves at once (60 a second, burst 120). ≤ 16 KiB.
   * Bytes arrive as bytes, everything else goes as JSON.
   */
  send(data: Json | ArrayBuffer | ArrayBufferView, options?: SendOptions): Promise<void>;

  /** Makes an invite link; the same options give the same live link again. */
  createInvite(options?: InviteOptions): Promise<Invite>;
  /** The live links of the party; `code` and `url` stand in those this guest made. */
  invites(): Promise<readonly (LiveInvite & Partial<Invite>)[]>;
  /** Takes a link back. Its maker or the leader may. */
  revokeInvite(id: string): Promise<void>;
  /**
   * Joins the party of a code or of a pasted link. Of a link only the code is
   * taken, and this kit's own server is asked. When it would leave others'
   * company, the player is asked first; staying rejects with `confirm_required`.
   */
  join(codeOrUrl: string): Promise<void>;
  /** Back to a party of one; before finalizing the same as finalizeInviteLoading(false). */
  leaveParty(): Promise<void>;
  /** Resolves to the name as it now is: cleaned, and unique in the party. */
  rename(name: string): Promise<string>;
  /** Ends the connection for good. The member's place is kept for 60 s, as after a closed tab. */
  close(): void;

  /** Opens the overlay's dialog with an invite link (≤ 20 live ones each) and resolves to the link. */
  showInviteLink(options?: InviteOptions): Promise<Invite>;
  /** Replaces the fields on the landing page: the leader's show at once, others' wait until they lead. */
  updateInviteLandingPageInfo(fields: readonly LandingField[]): Promise<void>;
  /**
   * What the others see while this player loads. Text ≤ 255 bytes (cut there; about 40
   * characters are shown). Call it as often as you like: 4 a second go out, and the last one always.
   */
  updateInviteLoadingMessage(text: string, details?: LoadingDetails): void;
  /** The invite has loaded, or failed to. Only the first call counts; false is leaveParty(). */
  finalizeInviteLoading(success: boolean): Promise<void>;
  /** Whether the game was launched by an invite that is not finalized yet. */
  isInviteLoading(): boolean;
  /** Replaces the party data. The leader's is sent to all, oneself included; others' is kept until they lead. */
  updatePartyData(data: PartyData): Promise<void>;
  /** Changes only the keys given; null deletes one. */
  patchPartyData(patch: PartyData): Promise<void>;
  /** Always the latest data of the current leader. */
  getPartyData(): PartyData;
  /** At once, and at every change, one's own included. Returns what ends it. */
  onPartyDataUpdated(callback: (data: PartyData) => void): () => void;
}

export type ConnectionState = "connecting" | "connected" | "reconnecting" | "closed";

export interface Player {
  readonly id: string;
  readonly name: string;
  /** A small number, this player's for the whole life of the party. */
  readonly n: number;
}

export interface Party {
  readonly id: string;
  readonly game: string;
  /** Rises with every durable change. */
  readonly revision: number;
  /** How many places there are. */
  readonly size: number;
  readonly openness: "invite_only" | "open" | "locked";
  /** The leader's player id. */
  readonly leader: string;
  /** In order of joining. */
  readonly members: readonly Member[];
  /** Friends who opened a link and started the game, which has not reported yet. */
  readonly held: readonly Held[];
  readonly data: PartyData;
  readonly dataRevision: number;
  readonly landing: readonly LandingField[];
  readonly invites: readonly LiveInvite[];
}

export interface Member extends Player {
  /** Seeds the drawn face. */
  readonly face: number;
  /** `loading` until the game finalizes the invite. */
  readonly state: "loading" | "in";
  /** When it joined, in Unix milliseconds. */
  readonly joined: number;
  readonly presence: "connected" | "away" | "reconnecting";
  readonly loading?: Loading;
  /** The id of the link it came by, and of the player who made that link. */
  readonly invite?: string;
  readonly by?: string;
  /** This very player. */
  readonly self: boolean;
  readonly leader: boolean;
}

export interface Held {
  readonly n: number;
  readonly name: string;
  readonly face: number;
  readonly since: number;
  readonly invite?: string;
  readonly by?: string;
}

export interface Loading {
  /** `opening`, `downloading`, `tutorial`, `connecting`, or the game's own. */
  readonly phase?: string;
  readonly message?: string;
  /** 0 to 1. */
  readonly progress?: number;
  /** Without progress for 10 s. */
  readonly stalled?: boolean;
}

export interface LoadingDetails {
  /** `opening`, `downloading`, `tutorial`, `connecting`, or your own, ≤ 31 bytes. */
  phase?: string;
  /** 0 to 1. */
  progress?: number;
}

/** Shown on the landing page: ≤ 8, id and label ≤ 63 bytes, value ≤ 511 bytes. */
export interface LandingField {
  /** `title`, `description`, `image`, `partySize`, `partyMaxSize`, or your own. */
  readonly id: string;
  readonly label?: string;
  readonly value: string;
}

export interface InviteOptions {
  /** Seconds until it expires, 60 to 2,592,000; default 86,400 (a day). */
  expires?: number;
  /** How many players may join by it, 1 to 1,000; 0, the default: any number. */
  maxUses?: number;
  /** Shown on the landing page, ≤ 255 bytes. */
  message?: string;
}

export interface LiveInvite {
  readonly id: string;
  /** The player id of who made it. */
  readonly by: string;
  readonly made: number;
  readonly expires: number;
  readonly maxUses: number;
  readonly uses: number;
  readonly message: string;
}

export interface Invite extends LiveInvite {
  readonly code: string;
  readonly url: string;
}

export interface SendOptions {
  /** One member only: the member, its `n`, or its player id. */
  to?: Player | number | string;
  /** Default true, or false when a channel is given. */
  reliable?: boolean;
  /** 0 to 255; volatile messages only. A newer message replaces an older one of the same channel. */
  channel?: number;
}

/** Everything `on` can listen to, with what each calls back with. */
export interface Events {
  /** The party changed; when this player moved, why. */
  party: [party: Party, reason?: MoveReason];
  partyData: [data: PartyData];
  member: [change: MemberChange];
  leader: [change: LeaderChange];
  loading: [change: LoadingChange];
  message: [message: Message];
  invite: [invitation: Invitation];
  /** Messages were missed that nobody holds any more; `party` is right again. */
  gap: [party: Party];
  connection: [state: ConnectionState];
  error: [error: PartyKitError];
}

/** Why this player is in another party than before; `lost`: it was away for too long. */
export type MoveReason = "joined" | "left" | "failed" | "timeout" | "replaced" | "lost";

export interface MemberChange {
  readonly change: "joined" | "in" | "left" | "renamed" | "presence";
  readonly member: Member;
  /** With `left`: `left`, `failed`, `timeout`, `moved` or `replaced`. */
  readonly reason?: string;
}

export interface LeaderChange {
  readonly leader?: Member;
  /** `left`, `timeout` or `joined`. */
  readonly reason: string;
}

/** A friend on the way in: opening the game, loading, in, or gone. */
export interface LoadingChange {
  readonly state: "opening" | "loading" | "in" | "gone";
  readonly n: number;
  readonly name: string;
  readonly self: boolean;
  readonly loading?: Loading;
  /** With `gone`: `lapsed`, or as in MemberChange. */
  readonly reason?: string;
}

export interface Message {
  /** Bytes when bytes were sent, otherwise what JSON made of them. Written by another player: check it. */
  readonly data: Json | Uint8Array;
  /** Who sent it; undefined when it has left meanwhile. */
  readonly from?: Member;
  readonly reliable: boolean;
  /** Sent to this player alone. */
  readonly direct: boolean;
  /** Volatile messages only. */
  readonly channel?: number;
}

/** An invite that reached the running game, however it came. A game that listens to `invite` shows it itself. */
export type Invitation =
  | {
      /** Joining would leave the present party: ask the player. Unanswered for 60 s means stay. */
      readonly kind: "ask";
      readonly inviter: string;
      readonly game: string;
      readonly size: number;
      accept(): Promise<void>;
      decline(): void;
    }
  | {
      /** This player has just joined; say so, with a way to leave. */
      readonly kind: "joined";
      readonly inviter: string;
      leave(): Promise<void>;
    }
  | { readonly kind: "failed"; readonly error: PartyKitError };

/** Why a request failed. */
export declare class PartyKitError extends Error {
  constructor(code: string, message: string, docs?: string, retryAfter?: number);
  /** Stable; docs/errors.md lists them. The SDK's own are `closed`, `replaced` and `protocol`. */
  readonly code: string;
  /** An address that explains the code. */
  readonly docs?: string;
  /** Seconds after which to try again. */
  readonly retryAfter?: number;
}
