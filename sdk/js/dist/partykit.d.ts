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
  /** Whom the game names as its player; a guest without. See docs/identity.md. */
  identity?: Identity;
  /** What the game is, such as its `version`: compared with what a link requires. */
  has?: { [name: string]: string };
  /** "manual": the game always calls finalizeInviteLoading itself, and the SDK never does it after 5 s of silence. */
  loading?: "auto" | "manual";
  /** false: the SDK shows nothing by itself, and the game handles `invite` and draws its own badges. */
  overlay?: boolean;
  /** Where this game is to be found; by default the page's address without its fragment. Used in `partykit dev` only. */
  page?: string;
}

/**
 * A token of the game's own for its player, or what gives one: called before each
 * connection, so that a reconnect hours later has a fresh one. Nothing: a guest.
 */
export type Identity = string | (() => string | undefined | Promise<string | undefined>);

/** The running kit of one player. */
export interface Kit {
  /** This player. */
  readonly player: Player;
  /** The party as it is now: frozen, replaced by a new one at every change. */
  readonly party: Party;
  readonly connection: ConnectionState;

  /**
   * Calls back at every event and returns what ends that. `party`, `partyData`,
   * `match`, `ready` and `connection` tell a state: they also call back at once with
   * the present one, and `follow` and `travel` do when this player has not answered yet.
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
   * Joins the party of a code (spoken ones, too) or of a pasted link, or an open party of this game
   * by its id. Of a link only the code is taken, and this kit's own server is
   * asked. When it would leave others' company, the player is asked first;
   * staying rejects with `confirm_required`. What a dead link rejects with may
   * have `next`: with `join`, joining once more with `onward` goes to the party
   * that its maker is in now; with `ask`, askToJoin asks there.
   */
  join(to: string | { party: string }, options?: { onward?: boolean }): Promise<void>;
  /** What the maker of the link gave to this game, while the invite is loading. Written by another player's game: check it. */
  readonly invitePayload: Json | undefined;
  /** Back to a party of one; before finalizing the same as finalizeInviteLoading(false). */
  leaveParty(): Promise<void>;
  /** Resolves to the name as it now is: cleaned, and unique in the party. */
  rename(name: string): Promise<string>;
  /**
   * The player has logged in: this guest becomes the player that the game's token names, in its place in
   * the party. When that player is among others on another device, it rejects with
   * `confirm_required`, unless `confirm`: then it leaves them, and that connection ends.
   */
  identify(identity: Identity, options?: { confirm?: boolean }): Promise<void>;
  /** A token by which the game's own servers know this player, good until then (Unix milliseconds); docs/identity.md tells how to verify it. */
  getToken(): Promise<{ readonly token: string; readonly until: number }>;
  /** Changes how the party is entered. The leader may; one that acts for it may only lock. */
  settings(settings: Settings): Promise<void>;
  /** Gives the crown to another member. The leader may. */
  promote(member: Who): Promise<void>;
  /**
   * Takes out a member or a held seat, and keeps it out until readmitted; with
   * `ban` for good. The leader may, and who acts for it, but not ban.
   */
  kick(who: Who, options?: { ban?: boolean }): Promise<void>;
  /** Lets one of `party.outcasts` come back. */
  readmit(who: Outcast | number): Promise<void>;
  /**
   * Waits in line for a seat of the full party of a code or link. `door` tells how it
   * goes; when a seat is offered it is this player's for half a minute.
   */
  waitInLine(to: string): Promise<void>;
  /** Asks the members of the party of a code or link to be let in, where the link alone does not do. `door` tells what they say. */
  askToJoin(to: string): Promise<void>;
  /** Leaves the line, or takes the question back. */
  leaveLine(): Promise<void>;
  /** Lets in, or with false does not, one of `party.asks`. Whoever may invite may. */
  admit(who: Ask | number, yes?: boolean): Promise<void>;
  /** Replaces this player's own data, which all see: hero, team, colour. ≤ 32 keys, ≤ 2 KiB, over all members ≤ 16 KiB. */
  updateMemberData(data: PartyData): Promise<void>;
  /** Changes only the keys given; null deletes one. */
  patchMemberData(patch: PartyData): Promise<void>;
  /** Tells where the party plays; null: in no match any more. A new id asks the others to follow. The leader may. */
  setMatch(match: MatchInfo | null): Promise<void>;
  /** Whether this player follows into the party's match. */
  follow(yes: boolean): Promise<void>;
  /**
   * Takes the party to another game of the studio, by its id: the members are asked by `travel`, and
   * who says yes arrives in one new party there. Resolves to where this player
   * goes; go there when it suits. The leader may. null calls it off.
   */
  travel(game: string, options?: TravelOptions): Promise<Way>;
  travel(game: null): Promise<undefined>;
  /** Whether this player comes along. Resolves to where it goes. */
  board(yes?: boolean): Promise<Way | undefined>;
  /** Asks all who are in whether they are ready. The leader may. */
  startReadyCheck(options?: ReadyOptions): Promise<void>;
  answerReady(yes: boolean): Promise<void>;
  /** Ends the ready check: by who began it, or the leader. */
  cancelReadyCheck(): Promise<void>;
  /** Writes a line of chat, 1 to 500 characters; one a second (burst 5). It comes back by `chat`, as everybody's. */
  chat(text: string): Promise<void>;
  /** The last 200 lines of 24 hours, the oldest first, without those of muted players. */
  readonly chatHistory: readonly ChatLine[];
  /**
   * What this player wants to see of another: "mute" hides its chat, "block" its
   * badges too, null lifts either. Nobody is told; it is remembered with this guest.
   */
  mute(who: Player | string, how?: "mute" | "block" | null): Promise<void>;
  /**
   * Tells the people who run the game about somebody: a member, a held seat, one of `asks` or `outcasts`, or who
   * wrote a line of chat. The last 20 lines of chat go along. The reason ≤ 255 bytes; 5 a minute.
   */
  report(who: Who, reason?: string): Promise<void>;
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
  updatePartyData(data: PartyData, options?: DataOptions): Promise<void>;
  /** Changes only the keys given; null deletes one. */
  patchPartyData(patch: PartyData, options?: DataOptions): Promise<void>;
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

/** A member or a held seat: itself, its `n`, or a member's player id. */
export type Who = { readonly n: number } | number | string;

export interface Party {
  readonly id: string;
  readonly game: string;
  /** Rises with every durable change. */
  readonly revision: number;
  /** How many places there are. */
  readonly size: number;
  /** `open`: its id lets in, too. `locked`: nobody new. */
  readonly openness: "invite_only" | "open" | "locked";
  /** Who may make invites. */
  readonly inviters: "everyone" | "leader";
  /** The leader's player id. */
  readonly leader: string;
  /** Who acts for a leader that has lost its connection: its player id. */
  readonly acting?: string;
  /** In order of joining. */
  readonly members: readonly Member[];
  /** Friends who opened a link and started the game, which has not reported yet. */
  readonly held: readonly Held[];
  /** How many friends are on the way in, and the seconds until the last of them is there, where that could be measured. */
  readonly arriving: { readonly count: number; readonly seconds?: number };
  readonly data: PartyData;
  readonly dataRevision: number;
  readonly landing: readonly LandingField[];
  readonly invites: readonly LiveInvite[];
  /** Where the party plays. */
  readonly match?: Match;
  /** The party is about to go to another game. */
  readonly travel?: Travel;
  /** The ready check under way. */
  readonly ready?: ReadyCheck;
  /** Who is kept out. */
  readonly outcasts: readonly Outcast[];
  /** Newcomers ask first. */
  readonly approve: boolean;
  /** How many wait for a free seat. */
  readonly line: number;
  /** Who asks to be let in. */
  readonly asks: readonly Ask[];
}

export interface Settings {
  openness?: Party["openness"];
  inviters?: Party["inviters"];
  /** Places, no fewer than are taken. */
  size?: number;
  /** Newcomers ask first. */
  approve?: boolean;
}

export interface Outcast {
  /** Its number as a member or a held seat. */
  readonly n: number;
  readonly name: string;
  readonly banned: boolean;
}

export interface MatchInfo {
  /** ≤ 127 bytes. Another id is another match. */
  readonly id: string;
  /** What a client needs to get there, seen by members only: JSON, ≤ 2 KiB. */
  readonly connection?: Json;
  /** Whether one can still get in. */
  readonly joinable?: boolean;
  /** Seats that are free, as the game counts them. */
  readonly free?: number;
}

export interface Match extends MatchInfo {
  readonly joinable: boolean;
  /** Since when, in Unix milliseconds. */
  readonly since: number;
}

export interface TravelOptions {
  /** For the other game: JSON, ≤ 2 KiB. */
  payload?: Json;
  /** Seconds in which the members may come along, 10 to 300; default 60. */
  within?: number;
}

export interface Travel {
  readonly id: string;
  /** The other game: its id, and its name. */
  readonly to: string;
  readonly title: string;
  /** The player id of who takes the party there. */
  readonly by: string;
  readonly since: number;
  readonly until: number;
  readonly answers: readonly { readonly n: number; readonly yes: boolean }[];
}

/** The way into the other game, good for 5 minutes: who opens the address arrives there. */
export interface Way {
  readonly url: string;
}

export interface ReadyOptions {
  /** 5 to 300; default 30. */
  seconds?: number;
  /** Keep the answers when roster or data change. */
  keep?: boolean;
}

export interface ReadyCheck {
  /** The player id of who asks. */
  readonly by: string;
  readonly since: number;
  readonly until: number;
  readonly keep?: boolean;
  readonly answers: readonly { readonly n: number; readonly yes: boolean }[];
}

export interface ChatLine {
  /** Who wrote it, by number and by the name of then. */
  readonly n: number;
  readonly name: string;
  readonly text: string;
  readonly at: number;
  /** The writer's player id, unless it had left before this player came. */
  readonly id?: string;
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
  /** What it has set of its own, once it has. Written by another player, unless `backend`: check it. */
  readonly data?: PartyData;
  /** Whether it follows into the party's match, once it has answered. */
  readonly follow?: "yes" | "no";
  /** How this player has muted it. */
  readonly quiet?: "mute" | "block";
  /** This very player. */
  readonly self: boolean;
  readonly leader: boolean;
}

export interface Held {
  readonly n: number;
  /** Whose it is, where that is known: of a browser it is not, before it starts the game. */
  readonly player?: string;
  /** Set of a player whom this player has muted or blocked. */
  readonly quiet?: "mute" | "block";
  readonly name: string;
  readonly face: number;
  readonly since: number;
  readonly invite?: string;
  readonly by?: string;
  /** The seat is free for who was next in line, until then. */
  readonly offer?: number;
  /** It was let in by asking, and has not pressed Start since. */
  readonly letIn?: boolean;
}

/** Somebody at the door who asks to be let in. Who is blocked by this player is left out. */
export interface Ask {
  readonly n: number;
  /** Who asks, where that is known: from an invite page it is not. */
  readonly player?: string;
  readonly name: string;
  readonly face: number;
  readonly since: number;
  readonly invite: string;
}

export interface Loading {
  /** `opening`, `downloading`, `tutorial`, `connecting`, or the game's own. */
  readonly phase?: string;
  readonly message?: string;
  /** 0 to 1. */
  readonly progress?: number;
  /** Without progress for 10 s. */
  readonly stalled?: boolean;
  /** Until it is over, as measured from the progress so far. */
  readonly seconds?: number;
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
  /** "empty": it lives until nobody is left in the party, in place of `expires`. */
  until?: "empty";
  /** A player, or its id: the link works for nobody else. It lets in who was kicked, too. */
  for?: Player | string;
  /** What becomes of it when its maker leaves the party; default "keep". "follow": it leads to where its maker is. */
  onLeave?: "keep" | "revoke" | "follow";
  /** For the joiner's game: JSON, ≤ 2 KiB. */
  payload?: Json;
  /** What the joiner's game must be, ≤ 4 names and values, such as its `version`. */
  requires?: { readonly [name: string]: string };
  /** A live link, or its id, which ends in the same change: one of the player's own, or any for the leader. */
  replaces?: LiveInvite | string;
  /** A spoken code as well: 6 characters for a link of at most 10 minutes, or of a party that approves newcomers; else 8. */
  spoken?: boolean;
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
  /** The only player it works for. */
  readonly for?: string;
  readonly onLeave?: "revoke" | "follow";
  /** How often its page was opened, and Start pressed there; told by `invites`. */
  readonly opens?: number;
  readonly starts?: number;
}

export interface Invite extends LiveInvite {
  readonly code: string;
  readonly url: string;
  /** As it is read out, such as `7KM-2Q9`. */
  readonly spoken?: string;
}

export interface DataOptions {
  /** Only if `party.dataRevision` still is this; else `revision_conflict`, with `data` and `revision` as they are. */
  ifRevision?: number;
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
  chat: [line: ChatLine];
  match: [match: Match | null];
  follow: [question: FollowQuestion];
  travel: [question: TravelQuestion];
  /** The ready check as it stands; null when none is under way, and how the last one ended. */
  ready: [check: ReadyCheck | null, ended?: ReadyEnd];
  /** This player was taken out of its party. */
  kicked: [kick: Kicked];
  /** Somebody asks to be let in, and this player may answer. */
  ask: [question: AskQuestion];
  /** How it goes at another party's door, after waitInLine or askToJoin. */
  door: [door: Door];
  invite: [invitation: Invitation];
  /** Messages were missed that nobody holds any more; `party` is right again. */
  gap: [party: Party];
  connection: [state: ConnectionState];
  error: [error: PartyKitError];
}

/**
 * Why the party was told anew. This player is in another one than before (`lost`:
 * it was away for too long); or, with `identified`, in the same, where a member has another id.
 */
export type MoveReason = "joined" | "left" | "failed" | "timeout" | "replaced" | "kicked" | "banned" | "moved" | "travelled" | "identified" | "lost";

export interface MemberChange {
  readonly change: "joined" | "in" | "left" | "renamed" | "presence" | "data" | "follow";
  readonly member: Member;
  /** With `left`: `left`, `failed`, `timeout`, `moved`, `replaced`, `travelled`, `kicked` or `banned`. */
  readonly reason?: string;
}

export interface LeaderChange {
  readonly leader?: Member;
  /** `promoted`, `joined`, or why the leader before it left. */
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
  /** Bytes when bytes were sent, otherwise what JSON made of them. Written by another player, unless `backend`: check it. */
  readonly data: Json | Uint8Array;
  /** Which member sent it; undefined when it has left meanwhile, and of the game's backend. */
  readonly from?: Member;
  /** The game's own backend sent it. */
  readonly backend: boolean;
  readonly reliable: boolean;
  /** Sent to this player alone. */
  readonly direct: boolean;
  /** Volatile messages only. */
  readonly channel?: number;
}

/** The party plays a match that began while this player was in it: ask the player. */
export interface FollowQuestion {
  readonly match: Match;
  accept(): Promise<void>;
  decline(): Promise<void>;
}

/** The leader takes the party to another game: ask the player whether it comes along. */
export interface TravelQuestion {
  /** The other game: its id, and its name. */
  readonly to: string;
  readonly title: string;
  /** The name of who takes the party there. */
  readonly from: string;
  readonly until: number;
  /** Resolves to where this player goes; go there when it suits. */
  accept(): Promise<Way>;
  decline(): Promise<void>;
}

/** Somebody asks to be let in. The first answer of any member counts; unanswered for 60 s, it is gone from `party.asks`. */
export interface AskQuestion extends Ask {
  admit(): Promise<void>;
  decline(): Promise<void>;
}

/** How it goes at another party's door. */
export interface Door {
  /**
   * `line`: waiting, as number `place`. `offered`: a seat is free, `until` then. `asking`: the
   * members were asked. `held`: let in, join now. `gone`: see `reason`; where it is `declined`,
   * nothing is asked again before `until`. `closed`: see `problem`.
   */
  readonly stage: "line" | "offered" | "asking" | "held" | "gone" | "closed";
  /** In line, from 1. */
  readonly place?: number;
  readonly until?: number;
  /** With `gone`: `declined` or `unanswered`. */
  readonly reason?: string;
  /** Why the link does not open the party by itself, or with `closed` why it is no use to wait or ask: a code of docs/errors.md. */
  readonly problem?: string;
  /** Whether askToJoin would help. */
  readonly canAsk: boolean;
  /** How many wait. */
  readonly line: number;
  /** Takes the seat. */
  join(): Promise<void>;
  leave(): Promise<void>;
}

export interface ReadyEnd {
  readonly reason: "all" | "timeout" | "cancelled";
  /** Everybody said yes. */
  readonly ready: boolean;
}

export interface Kicked {
  readonly banned: boolean;
  /** The name of the leader of that party. */
  readonly leader: string;
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
  /** Of a dead link, where the game lets it lead on to its maker: what gets in there. */
  readonly next?: "join" | "ask";
  /** With `revision_conflict`: the party data as it is, and its revision. */
  readonly data?: PartyData;
  readonly revision?: number;
}
