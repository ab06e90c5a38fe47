// What the overlay says.
import type { Invite, Loading, Party } from "../partykit";

/** A friend on the way in; `away` while its connection is lost. */
export type Arrival = Loading & { away?: boolean };

const phases: { [phase: string]: string } = {
  opening: "is opening the game",
  downloading: "is downloading",
  tutorial: "is in the tutorial",
  connecting: "is connecting",
};

/** What follows a friend's name. The game's own message goes first, cut after about 40 characters. */
export function phrase({ phase, message, stalled, away }: Arrival): string {
  if (away) return "lost the connection …";
  if (stalled) return "seems stuck";
  // A phase is any word of another's game, also one that every object answers to.
  return short(message || (phase && (Object.hasOwn(phases, phase) ? phases[phase]! : phase)) || "is loading");
}

function short(text: string): string {
  const letters = [...text];
  return letters.length > 40 ? `${letters.slice(0, 39).join("").trimEnd()}…` : text;
}

/** Per cent, and the time left as the server measured it. */
export function left({ progress, seconds, stalled, away }: Arrival): string {
  if (progress === undefined) return "";
  const percent = `${Math.floor(progress * 100)} %`;
  return stalled || away || !seconds || seconds > 3600 ? percent : `${percent} · ${seconds < 60 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`}`;
}

/** "Ada's", or "your" for oneself. */
export function whose(party: Party): string {
  const leader = party.members.find((member) => member.leader);
  return !leader || leader.self ? "your" : `${leader.name}'s`;
}

/** How long, and how often, a link works. */
export function terms({ expires, maxUses, uses }: Invite): string {
  const until = expires ? `until ${new Date(expires).toLocaleString([], { weekday: "short", hour: "numeric", minute: "2-digit" })}` : "";
  const times = maxUses ? `for ${maxUses - uses} more ${maxUses - uses === 1 ? "friend" : "friends"}` : "";
  return until || times ? `Works ${[until, times].filter(Boolean).join(", ")}.` : "";
}
