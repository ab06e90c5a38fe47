// What the core keeps for the parts that are loaded once the player is in a
// party, and which calls it hands on to them.
import type { Emitter } from "./emitter";
import type { PartyKitError } from "./errors";
import type { Slot } from "./guest";
import type { Overlay } from "./overlay/overlay";
import type { Events, Identity, Kit, Party } from "./partykit";
import type { Frame } from "./session";

/** The calls that calls.ts does. */
export const calls = [
  "updatePartyData",
  "patchPartyData",
  "createInvite",
  "invites",
  "revokeInvite",
  "rename",
  "identify",
  "getToken",
  "settings",
  "promote",
  "kick",
  "readmit",
  "admit",
  "updateMemberData",
  "patchMemberData",
  "setMatch",
  "startReadyCheck",
  "answerReady",
  "cancelReadyCheck",
  "chat",
  "mute",
  "report",
  "showInviteLink",
  "updateInviteLandingPageInfo",
] as const;

/** The calls that moves.ts does. */
export const moves = ["join", "waitInLine", "askToJoin", "leaveLine", "follow", "travel", "board"] as const;

/** What the core does for both. */
export interface Core {
  readonly events: Emitter<Events>;
  readonly slot: Slot;
  party(): Party;
  command(t: string, members?: Frame): Promise<Frame>;
  leave(): Promise<void>;
  overlay(): Promise<Overlay>;
  /** Shows the party again, because of what this guest changed on its own side. */
  refresh(): void;
  /** Every later hello names this player. Returns whom they named until now. */
  identify(identity: Identity | undefined): Identity | undefined;
  error(problem: Frame): PartyKitError;
}

export type Calls = Pick<Kit, (typeof calls)[number]>;
export type Moves = Pick<Kit, (typeof moves)[number]>;
