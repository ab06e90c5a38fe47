// How a player gets elsewhere: invites that reach a running game, the door of
// another party, following into a match, and travel to another game. Served as
// /sdk/v1/moves.js, and loaded by the core once the player is in a party.
import { codeOf } from "./code";
import type { Core, Moves } from "./core";
import { Doors } from "./door";
import { call } from "./emitter";
import { Invitations } from "./invitations";
import { answerOffers } from "./offers";
import type { Events, Kicked } from "./partykit";
import { Questions } from "./questions";
import type { Frame } from "./session";

export interface Loaded extends Moves {
  readonly invitations: Invitations;
  kicked(kick: Kicked): void;
  /** A frame of another party's door. */
  door(frame: Frame): void;
  /** The game listens to an event now: what it missed is told. */
  listening(event: keyof Events, callback: (...args: any[]) => void): void;
}

export function moves(core: Core): Loaded {
  const invitations = new Invitations(core);
  const doors = new Doors(core, (code) => invitations.join({ code }));
  const questions = new Questions(core);
  answerOffers(core, invitations);
  const codeIn = (text: unknown) => {
    const code = codeOf(`${text}`);
    if (!code) throw core.error({ code: "not_found", message: "That is no invite link or code." });
    return code;
  };

  return {
    invitations,
    async join(to, { onward } = {}) {
      if (typeof to === "object" && to) return invitations.join({ party: `${to.party}` });
      await invitations.join({ code: codeIn(to), onward: onward && true });
    },
    waitInLine: async (to) => doors.knock("wait", codeIn(to)),
    askToJoin: async (to) => doors.knock("ask", codeIn(to)),
    leaveLine: () => doors.leave(),
    follow: (yes) => questions.follow(!!yes),
    travel: (to: string | null, options?: object) => questions.travel(to, options) as Promise<any>,
    board: (yes = true) => questions.board(!!yes),
    door: (frame) => doors.told(frame),
    listening(event, callback) {
      if (event === "invite") invitations.listening();
      if (event === "ask") for (const question of doors.questions()) call(callback, question);
      questions.listening(event, callback);
    },
    kicked(kick) {
      if (core.events.has("kicked")) core.events.emit("kicked", kick);
      else core.overlay().then((overlay) => overlay.kicked(kick), () => {});
    },
  };
}
