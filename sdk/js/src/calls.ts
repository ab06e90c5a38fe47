// The calls that a game makes seldom, and the invites that reach a running
// game: served as /sdk/v1/calls.js, and loaded by the core once the player is in
// a party, so that nobody waits for them before a game can start.
import { codeOf } from "./code";
import { Doors } from "./door";
import { type Emitter, call } from "./emitter";
import type { PartyKitError } from "./errors";
import type { Slot } from "./guest";
import { Invitations } from "./invitations";
import { checkLanding } from "./limits";
import { Links } from "./links";
import { answerOffers } from "./offers";
import { leases } from "./lease";
import type { Overlay } from "./overlay/overlay";
import type { Events, Invite, Kicked, Kit, Party } from "./partykit";
import type { Frame } from "./session";

/** The calls that the core hands on to here. */
export const names = [
  "createInvite",
  "invites",
  "revokeInvite",
  "join",
  "rename",
  "settings",
  "promote",
  "kick",
  "readmit",
  "waitInLine",
  "askToJoin",
  "leaveLine",
  "admit",
  "updateMemberData",
  "patchMemberData",
  "setMatch",
  "follow",
  "startReadyCheck",
  "answerReady",
  "cancelReadyCheck",
  "chat",
  "mute",
  "showInviteLink",
  "updateInviteLandingPageInfo",
] as const;

/** What the core does for them. */
export interface Core {
  readonly events: Emitter<Events>;
  readonly slot: Slot;
  party(): Party;
  command(t: string, members?: Frame): Promise<Frame>;
  leave(): Promise<void>;
  overlay(): Promise<Overlay>;
  /** Shows the party again, because of what this guest changed on its own side. */
  refresh(): void;
  error(problem: Frame): PartyKitError;
}

export interface Calls extends Pick<Kit, (typeof names)[number]> {
  readonly invitations: Invitations;
  kicked(kick: Kicked): void;
  /** A frame of another party's door. */
  door(frame: Frame): void;
  /** The game listens to an event now: what it missed is told. */
  listening(event: keyof Events, callback: (...args: any[]) => void): void;
}

export { leases };

/** Most players that a guest keeps muted; the oldest are forgotten. */
const maxMuted = 200;

export function calls(core: Core): Calls {
  const { slot } = core;
  const links = new Links(core);
  const invitations = new Invitations(core);
  answerOffers(core, invitations);
  const doors = new Doors(core, (code) => invitations.join({ code }));
  /** Sends a command whose answer says nothing more. */
  const ask = async (t: string, members?: Frame): Promise<void> => void (await core.command(t, members));
  const fail = (code: string, message: string): never => {
    throw core.error({ code, message });
  };
  const member = (who: unknown) =>
    core.party().members.find(({ id, n }) => id === who || n === who || id === (who as { id?: string } | null)?.id) ??
    fail("not_found", "There is no such member in the party.");
  const number = (who: unknown): number => (typeof who === "number" ? who : ((who as { n?: number } | null)?.n ?? member(who).n));
  const codeIn = (text: unknown) => codeOf(`${text}`) ?? fail("not_found", "That is no invite link or code.");
  const object = (data: unknown) =>
    typeof data === "object" && data && !Array.isArray(data) ? data : fail("bad_request", "A member's data is an object.");

  return {
    invitations,
    createInvite: (options) => links.create(options),
    invites: () => links.list(),
    revokeInvite: (id) => links.revoke(id),
    async join(to) {
      if (typeof to === "object" && to) return invitations.join({ party: `${to.party}` });
      await invitations.join({ code: codeIn(to) });
    },
    rename: async (name) => (await core.command("rename", { name: `${name}` })).name,
    settings: ({ openness, inviters, size, approve }) => ask("settings", { openness, inviters, size, approve }),
    promote: async (who) => ask("promote", { n: number(who) }),
    kick: async (who, { ban } = {}) => ask("kick", { n: number(who), ban }),
    readmit: async (who) => ask("readmit", { n: number(who) }),
    waitInLine: async (to) => doors.knock("wait", codeIn(to)),
    askToJoin: async (to) => doors.knock("ask", codeIn(to)),
    leaveLine: () => doors.leave(),
    admit: async (who, yes = true) => ask("admit", { n: number(who), yes: !!yes }),
    door: (frame) => doors.told(frame),
    updateMemberData: async (data) => ask("member", { set: object(data) }),
    patchMemberData: async (patch) => ask("member", { patch: object(patch) }),
    setMatch: (match) => ask("match", { match }),
    follow: async (yes) => ask("follow", { into: core.party().match?.id ?? "", yes: !!yes }),
    startReadyCheck: ({ seconds, keep } = {}) => ask("ready", { within: seconds, keep }),
    answerReady: (yes) => ask("answer", { yes: !!yes }),
    cancelReadyCheck: () => ask("cancel"),
    chat: (text) => ask("chat", { text: `${text}` }),
    async mute(who, how = "mute") {
      const id = typeof who === "string" ? who : who.id;
      const others = Object.entries(slot.guest.quiet).filter(([other]) => other !== id);
      slot.guest.quiet = Object.fromEntries(how ? [...others, [id, how] as const].slice(-maxMuted) : others);
      slot.save();
      core.refresh();
    },
    async showInviteLink(options): Promise<Invite> {
      const overlay = await core.overlay();
      try {
        const invite = await links.create(options);
        overlay.invite(invite);
        return invite;
      } catch (error) {
        overlay.problem(error as PartyKitError);
        throw error;
      }
    },
    async updateInviteLandingPageInfo(fields) {
      const landing = checkLanding(fields);
      slot.guest.own.landing = landing;
      await ask("landing", { fields: landing });
    },
    listening(event, callback) {
      if (event === "invite") invitations.listening();
      if (event === "ask") for (const question of doors.questions()) call(callback, question);
    },
    kicked(kick) {
      if (core.events.has("kicked")) core.events.emit("kicked", kick);
      else core.overlay().then((overlay) => overlay.kicked(kick), () => {});
    },
  };
}
