// The party as this client knows it: the snapshot of the protocol, and what
// each event and status changes in it. Nothing here is ever changed in place.
import type { Ask, Held, LandingField, LiveInvite, Loading, Match, Member, Outcast, Party, PartyData, ReadyCheck, ReadyEnd, Travel } from "./partykit";

/** A member as the server writes it. */
export type WireMember = Omit<Member, "self" | "leader" | "quiet">;

/** The snapshot as the server writes it. */
export type Snapshot = Omit<Party, "members" | "acting" | "arriving"> & { readonly members: readonly WireMember[] };

/** The players that are muted, by their ids. */
export type Quiet = { readonly [id: string]: "mute" | "block" };

/** One change of the party; `events` are applied whole. */
export interface EventFrame {
  seq: number;
  rev: number;
  events: PartyEvent[];
}

export type PartyEvent =
  | { type: "held"; seat: Held }
  | { type: "lapsed"; n: number; reason?: string }
  | { type: "joined"; member: WireMember; before?: number }
  | { type: "finalized"; n: number }
  | { type: "left"; n: number; reason: string }
  | { type: "leader"; leader: string; reason: string }
  | { type: "data"; data: PartyData; revision: number }
  | { type: "landing"; landing: LandingField[] }
  | { type: "invited"; invite: LiveInvite }
  | { type: "used"; invite: string; uses: number }
  | { type: "revoked"; invite: string }
  | { type: "renamed"; n: number; name: string }
  | { type: "identified"; n: number; id: string }
  | ({ type: "changed" } & Pick<Party, "openness" | "inviters" | "size" | "approve">)
  | { type: "queued" | "unqueued"; n: number }
  | { type: "asked"; ask: Ask }
  | { type: "askAnswered"; n: number; answer?: "yes" | "no"; by?: string }
  | { type: "castOut"; outcast: Outcast }
  | { type: "readmitted"; n: number }
  | { type: "member"; n: number; data: PartyData }
  | { type: "match"; match: Match | null }
  | { type: "followed"; n: number; answer: "yes" | "no" }
  | { type: "ready"; ready: ReadyCheck }
  | { type: "answered"; n: number; yes: boolean }
  | ({ type: "readyEnded" } & ReadyEnd)
  | { type: "travel"; travel: Travel | null }
  | { type: "boarded"; n: number; yes: boolean };

export interface StatusFrame {
  n: number;
  presence: Member["presence"];
  loading?: Loading;
}

/** Fills in what a server may leave out of a snapshot when it is empty. */
export function snapshotOf(party: Partial<Snapshot>): Snapshot {
  return {
    id: "",
    game: "",
    revision: 0,
    size: 8,
    openness: "invite_only",
    inviters: "everyone",
    leader: "",
    dataRevision: 0,
    approve: false,
    line: 0,
    ...party,
    members: party.members ?? [],
    held: party.held ?? [],
    data: party.data ?? {},
    landing: party.landing ?? [],
    invites: party.invites ?? [],
    outcasts: party.outcasts ?? [],
    asks: party.asks ?? [],
  };
}

/** Applies a whole frame. Events of a type that is not known yet change nothing but the revision. */
export function apply(party: Snapshot, frame: EventFrame): Snapshot {
  return { ...frame.events.reduce(change, party), revision: frame.rev };
}

/** Replaces a member's presence and loading. */
export function applyStatus(party: Snapshot, { n, presence, loading }: StatusFrame): Snapshot {
  return withMember(party, n, ({ loading: _, ...member }) => ({ ...member, presence, ...(loading && { loading }) }));
}

function change(party: Snapshot, event: PartyEvent): Snapshot {
  const { members, held, invites, outcasts, asks } = party;
  switch (event.type) {
    case "held":
      return { ...party, held: [...without(held, event.seat.n), event.seat] };
    case "lapsed":
      return { ...party, held: without(held, event.n) };
    case "joined": {
      const at = members.findIndex(({ n }) => n === event.before);
      const all = [...members];
      all.splice(at < 0 ? all.length : at, 0, event.member);
      return { ...party, held: without(held, event.member.n), members: all };
    }
    case "finalized":
      return withMember(party, event.n, ({ loading: _, ...member }) => ({ ...member, state: "in" }));
    case "left":
      return { ...party, members: without(members, event.n) };
    case "leader":
      return { ...party, leader: event.leader };
    case "data":
      return { ...party, data: event.data, dataRevision: event.revision };
    case "landing":
      return { ...party, landing: event.landing };
    case "invited":
      return { ...party, invites: [...invites, event.invite] };
    case "used":
      return {
        ...party,
        invites: invites.map((invite) => (invite.id === event.invite ? { ...invite, uses: event.uses } : invite)),
      };
    case "revoked":
      return { ...party, invites: invites.filter((invite) => invite.id !== event.invite) };
    case "renamed":
      return withMember(party, event.n, (member) => ({ ...member, name: event.name }));
    case "identified":
      return identified(party, event);
    case "changed": {
      const { type: _, ...settings } = event;
      return { ...party, ...settings };
    }
    case "queued":
      return { ...party, line: party.line + 1 };
    case "unqueued":
      return { ...party, line: party.line - 1 };
    case "asked":
      return { ...party, asks: [...asks, event.ask] };
    case "askAnswered":
      return { ...party, asks: without(asks, event.n) };
    case "castOut":
      return { ...party, outcasts: [...without(outcasts, event.outcast.n), event.outcast] };
    case "readmitted":
      return { ...party, outcasts: without(outcasts, event.n) };
    case "member":
      return withMember(party, event.n, (member) => ({ ...member, data: event.data }));
    case "match":
      return inMatch(party, event.match);
    case "followed":
      return withMember(party, event.n, (member) => ({ ...member, follow: event.answer }));
    case "ready":
      return { ...party, ready: event.ready };
    case "answered":
      return party.ready ? { ...party, ready: answered(party.ready, event) } : party;
    case "readyEnded": {
      const { ready: _, ...rest } = party;
      return rest;
    }
    case "travel": {
      const { travel: _, ...rest } = party;
      return event.travel ? { ...rest, travel: event.travel } : rest;
    }
    case "boarded":
      return party.travel ? { ...party, travel: answered(party.travel, event) } : party;
    default:
      return party;
  }
}

/** A member has another id, which stands wherever its former one stood. */
function identified(party: Snapshot, { n, id }: { n: number; id: string }): Snapshot {
  const { members, held, asks, invites, ready, travel } = party;
  const former = members.find((member) => member.n === n)?.id;
  const renamed = <T extends object>(entry: T): T =>
    Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, value === former && /^(id|by|for|leader|player)$/.test(key) ? id : value])) as T;
  return {
    ...renamed(party),
    members: members.map(renamed),
    held: held.map(renamed),
    asks: asks.map(renamed),
    invites: invites.map(renamed),
    ...(ready && { ready: renamed(ready) }),
    ...(travel && { travel: renamed(travel) }),
  };
}

/** Puts an answer in the place of the member's former one. */
function answered<T extends Pick<ReadyCheck, "answers">>(question: T, { n, yes }: { n: number; yes: boolean }): T {
  return { ...question, answers: [...without(question.answers, n), { n, yes }] };
}

/** Another match is a new question to all but the leader. */
function inMatch({ match: old, ...party }: Snapshot, match: Match | null): Snapshot {
  const members =
    match && match.id === old?.id
      ? party.members
      : party.members.map(({ follow: _, ...member }) => (match && member.id === party.leader ? { ...member, follow: "yes" as const } : member));
  return { ...party, members, ...(match && { match }) };
}

function without<T extends { n: number }>(list: readonly T[], n: number): T[] {
  return list.filter((entry) => entry.n !== n);
}

function withMember(party: Snapshot, n: number, edit: (member: WireMember) => WireMember): Snapshot {
  return { ...party, members: party.members.map((member) => (member.n === n ? edit(member) : member)) };
}

/** The snapshot as the game sees it: who is oneself, who leads or acts, who is muted, and frozen to the bottom. */
export function view(party: Snapshot, me: string, quiet: Quiet): Party {
  const hushed = (id = "") => quiet[id] && { quiet: quiet[id]! };
  const held = party.held.map((seat) => ({ ...seat, ...hushed(seat.player) }));
  const asks = party.asks.filter(({ player = "" }) => quiet[player] !== "block");
  const members = party.members.map((member) => ({
    ...member,
    ...hushed(member.id),
    self: member.id === me,
    leader: member.id === party.leader,
  }));
  const there = members.filter(({ presence }) => presence !== "reconnecting");
  const acting = there.some(({ leader }) => leader) ? undefined : (there.find(({ state }) => state === "in") ?? there[0]);
  const coming = members.filter(({ self, state, quiet }) => !self && quiet !== "block" && state === "loading");
  const seconds = Math.max(...coming.map(({ loading }) => loading?.seconds ?? 0));
  const arriving = { count: coming.length + opening(held).length, ...(seconds > 0 && { seconds }) };
  return freeze({ ...party, members, held, asks, arriving, ...(acting && { acting: acting.id }) });
}

/** The seats whose friend is opening the game, but for those whom this player has blocked. One that is offered to who waits in line, or was given to who asked, is not: it may yet not come. */
export function opening(held: readonly Held[]): Held[] {
  return held.filter(({ offer, letIn, quiet }) => !offer && !letIn && quiet !== "block");
}

/** Freezes a value of JSON and everything in it. */
export function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}
