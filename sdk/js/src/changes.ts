// What a game is told when the party changes: the differences between two
// snapshots, with the reasons that only the frame in between knows.
import type { Emitter } from "./emitter";
import type { Events, Loading, Member, Party } from "./partykit";
import { type PartyEvent, freeze, opening } from "./party";

const same = (a: unknown, b: unknown) => a === b || JSON.stringify(a) === JSON.stringify(b);

/** Emits everything that one frame changed. `party` itself comes last, from the caller. */
export function tell(events: Emitter<Events>, old: Party, after: Party, frame: PartyEvent[]): void {
  // In another party everybody is new at once: `party` alone tells of them.
  const before = old.id === after.id ? old : after;
  const reason = (type: PartyEvent["type"], n?: number): string =>
    (frame.find((event) => event.type === type && (n === undefined || ("n" in event && event.n === n))) as { reason?: string })
      ?.reason ?? "";
  const was = new Map(before.members.map((member) => [member.n, member]));
  const seats = new Set(opening(before.held).map((seat) => seat.n));

  for (const seat of opening(after.held)) {
    if (!seats.has(seat.n)) events.emit("loading", { state: "opening", n: seat.n, name: seat.name, self: false });
  }
  for (const seat of opening(before.held)) {
    if (!has(after.held, seat.n) && !has(after.members, seat.n)) {
      const why = reason("lapsed", seat.n) || "lapsed";
      events.emit("loading", { state: "gone", n: seat.n, name: seat.name, self: false, reason: why });
    }
  }
  for (const member of after.members) {
    const past = was.get(member.n);
    was.delete(member.n);
    if (!past) events.emit("member", { change: "joined", member });
    else {
      if (past.name !== member.name) events.emit("member", { change: "renamed", member });
      if (past.presence !== member.presence) events.emit("member", { change: "presence", member });
      if (past.state !== member.state) events.emit("member", { change: "in", member });
      for (const change of ["data", "follow"] as const) {
        if (!same(past[change], member[change])) events.emit("member", { change, member });
      }
    }
    const finished = past?.state === "loading" && member.state === "in";
    if (finished || (member.state === "loading" && (!past || !same(past.loading, member.loading)))) {
      loading(events, member, finished ? "in" : "loading", member.loading);
    }
  }
  for (const member of was.values()) {
    const why = reason("left", member.n);
    events.emit("member", { change: "left", member, reason: why });
    if (member.state === "loading") loading(events, member, "gone", undefined, why);
  }
  const leader = after.members.find((member) => member.leader);
  if (before.members.find((member) => member.leader)?.n !== leader?.n) {
    events.emit("leader", { ...(leader && { leader }), reason: reason("leader") });
  }
  if (!same(old.data, after.data)) events.emit("partyData", after.data);
  if (!same(old.match, after.match)) events.emit("match", after.match ?? null);
  if (!same(old.ready, after.ready)) {
    const ended = frame.find((event) => event.type === "readyEnded");
    events.emit("ready", after.ready ?? null, ...(ended ? [freeze({ reason: ended.reason, ready: ended.ready })] : []));
  }
}

function has(list: readonly { n: number }[], n: number): boolean {
  return list.some((entry) => entry.n === n);
}

function loading(
  events: Emitter<Events>,
  { n, name, self }: Member,
  state: "loading" | "in" | "gone",
  report?: Loading,
  reason?: string,
): void {
  events.emit("loading", { state, n, name, self, ...(report && { loading: report }), ...(reason && { reason }) });
}
