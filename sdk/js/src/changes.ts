// What a game is told when the party changes: the differences between two
// snapshots, with the reasons that only the frame in between knows.
import type { Emitter } from "./emitter";
import type { Events, Loading, Member, Party } from "./partykit";
import type { PartyEvent } from "./party";

const same = (a: unknown, b: unknown) => a === b || JSON.stringify(a) === JSON.stringify(b);

/** Emits everything that one frame changed. `party` itself comes last, from the caller. */
export function tell(events: Emitter<Events>, before: Party, after: Party, frame: PartyEvent[]): void {
  const reason = (type: PartyEvent["type"], n?: number): string =>
    (frame.find((event) => event.type === type && (n === undefined || ("n" in event && event.n === n))) as { reason?: string })
      ?.reason ?? "";
  const was = new Map(before.members.map((member) => [member.n, member]));
  const seats = new Set(before.held.map((seat) => seat.n));

  for (const seat of after.held) {
    if (!seats.has(seat.n)) events.emit("loading", { state: "opening", n: seat.n, name: seat.name, self: false });
  }
  for (const seat of before.held) {
    if (!has(after.held, seat.n) && !has(after.members, seat.n)) {
      events.emit("loading", { state: "gone", n: seat.n, name: seat.name, self: false, reason: "lapsed" });
    }
  }
  for (const member of after.members) {
    const old = was.get(member.n);
    was.delete(member.n);
    if (!old) events.emit("member", { change: "joined", member });
    else {
      if (old.name !== member.name) events.emit("member", { change: "renamed", member });
      if (old.presence !== member.presence) events.emit("member", { change: "presence", member });
      if (old.state !== member.state) events.emit("member", { change: "in", member });
    }
    const finished = old?.state === "loading" && member.state === "in";
    if (finished || (member.state === "loading" && (!old || !same(old.loading, member.loading)))) {
      loading(events, member, finished ? "in" : "loading", member.loading);
    }
  }
  for (const member of was.values()) {
    const why = reason("left", member.n);
    events.emit("member", { change: "left", member, reason: why });
    if (member.state === "loading") loading(events, member, "gone", undefined, why);
  }
  if (before.leader !== after.leader) {
    const leader = after.members.find((member) => member.leader);
    events.emit("leader", { ...(leader && { leader }), reason: reason("leader") });
  }
  if (!same(before.data, after.data)) events.emit("partyData", after.data);
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
