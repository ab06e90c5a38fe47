// Whom this guest has muted. It is remembered with the guest, and told to nobody.
import type { Core } from "./core";
import type { Kit } from "./partykit";

/** Most players that a guest keeps muted; the oldest are forgotten. */
const maxMuted = 200;

export function muting({ slot, party, events, refresh }: Core): Kit["mute"] {
  const mute = (id: string, how: "mute" | "block" | null) => {
    const others = Object.entries(slot.guest.quiet).filter(([other]) => other !== id);
    slot.guest.quiet = Object.fromEntries(how ? [...others, [id, how] as const].slice(-maxMuted) : others);
    slot.save();
    refresh();
  };

  // Who is muted stays so when it logs in, and by that has another id.
  let before = party();
  events.on("party", (after) => {
    const known = before.id === after.id ? before.members : [];
    before = after;
    for (const { id, n, quiet } of after.members) {
      const was = known.find((member) => member.n === n);
      if (was?.quiet && was.id !== id && !quiet) mute(id, was.quiet);
    }
  });
  return async (who, how = "mute") => mute(typeof who === "string" ? who : who.id, how);
}
