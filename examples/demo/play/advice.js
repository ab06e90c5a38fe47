// What to say to a player who seems to wonder what to do: one sentence for where it stands, or none.

import { EXIT_REACH, held, lit } from "./rules.js";

/** advice looks at a player, the others in the same level and what is done. */
export function advice(level, me, others, facts) {
  const atExit = (body) => Math.hypot(body.x - level.exit.x, body.y - level.exit.y) <= EXIT_REACH;
  if (atExit(me) && !facts.has("solved")) {
    const dark = level.lanterns.length - lit(level, facts);
    if (dark > 0) return dark === 1 ? "One lantern is still dark." : `${dark} lanterns are still dark.`;
    return others.some(atExit) ? undefined : "All lanterns burn. Two leave together: wait here for a friend.";
  }
  const plate = held(level, [me]).indexOf(true);
  if (plate < 0) return undefined;
  const { gate: letter } = level.plates[plate], gate = level.gates[letter];
  if (facts.has(`gate:${letter}`)) return undefined;
  if (others.length === 0) return "Somebody has to stand here while another goes on. Invite a friend!";
  return gate.needs > 1 ? "Both plates of this colour have to be held at once." : undefined;
}
