// The calls that a game makes seldom, or not before it has a party: served as
// /sdk/v1/calls.js, and loaded by the core once the player is in one, so that
// nobody waits for them before a game can start.
import type { Calls, Core } from "./core";
import { Data } from "./data";
import type { PartyKitError } from "./errors";
import { tokenOf } from "./identity";
import { leases } from "./lease";
import { Links, noOthers } from "./links";
import type { Invite } from "./partykit";
import { muting } from "./quiet";
import type { Frame } from "./session";

export { leases };

export function calls(core: Core): Calls {
  const links = new Links(core);
  const data = new Data(core);
  /** Sends a command whose answer says nothing more. */
  const ask = async (t: string, members?: Frame): Promise<void> => void (await core.command(t, members));
  const fail = (code: string, message: string): never => {
    throw core.error({ code, message });
  };
  const member = (who: unknown) =>
    core.party().members.find(({ id, n }) => id === who || n === who || id === (who as { id?: string } | null)?.id) ??
    fail("not_found", "There is no such member in the party.");
  const number = (who: unknown): number => (typeof who === "number" ? who : ((who as { n?: number } | null)?.n ?? member(who).n));
  const object = (data: unknown) =>
    typeof data === "object" && data && !Array.isArray(data) ? data : fail("bad_request", "A member's data is an object.");

  return {
    updatePartyData: (set, options) => data.update(set, options),
    patchPartyData: (patch, options) => data.patch(patch, options),
    createInvite: (options) => links.create(options),
    invites: () => links.list(),
    revokeInvite: (id) => links.revoke(id),
    rename: async (name) => (await core.command("rename", { name: `${name}` })).name,
    async identify(identity, { confirm } = {}) {
      const token = await tokenOf(identity);
      if (!token) fail("bad_request", "identify needs the game's own token for the player.");
      // At once: should the connection be lost before the answer, the next hello says so, too.
      const before = core.identify(identity);
      try {
        await core.command("identify", { token, confirm });
      } catch (error) {
        core.identify(before);
        throw error;
      }
    },
    async getToken() {
      const { token, until } = await core.command("token");
      return { token, until };
    },
    async settings({ openness, inviters, size, approve, ...others }) {
      noOthers(core, others);
      await ask("settings", { openness, inviters, size, approve });
    },
    promote: async (who) => ask("promote", { n: number(who) }),
    kick: async (who, { ban } = {}) => ask("kick", { n: number(who), ban }),
    readmit: async (who) => ask("readmit", { n: number(who) }),
    admit: async (who, yes = true) => ask("admit", { n: number(who), yes: !!yes }),
    updateMemberData: async (data) => ask("member", { set: object(data) }),
    patchMemberData: async (patch) => ask("member", { patch: object(patch) }),
    setMatch: (match) => ask("match", { match }),
    startReadyCheck: ({ seconds, keep } = {}) => ask("ready", { within: seconds, keep }),
    answerReady: (yes) => ask("answer", { yes: !!yes }),
    cancelReadyCheck: () => ask("cancel"),
    chat: (text) => ask("chat", { text: `${text}` }),
    mute: muting(core),
    report: async (who, reason) => ask("report", { n: number(who), reason }),
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
    updateInviteLandingPageInfo: (fields) => data.landing(fields),
  };
}
