// The party as this client knows it: the snapshot of the protocol, and what
// each event and status changes in it. Nothing here is ever changed in place.
import type { Held, LandingField, LiveInvite, Loading, Member, Party, PartyData } from "./partykit";

/** A member as the server writes it. */
export type WireMember = Omit<Member, "self" | "leader">;

/** The snapshot as the server writes it. */
export type Snapshot = Omit<Party, "members"> & { readonly members: readonly WireMember[] };

/** One change of the party; `events` are applied whole. */
export interface EventFrame {
  seq: number;
  rev: number;
  events: PartyEvent[];
}

export type PartyEvent =
  | { type: "held"; seat: Held }
  | { type: "lapsed"; n: number }
  | { type: "joined"; member: WireMember }
  | { type: "finalized"; n: number }
  | { type: "left"; n: number; reason: string }
  | { type: "leader"; leader: string; reason: string }
  | { type: "data"; data: PartyData; revision: number }
  | { type: "landing"; landing: LandingField[] }
  | { type: "invited"; invite: LiveInvite }
  | { type: "used"; invite: string; uses: number }
  | { type: "revoked"; invite: string }
  | { type: "renamed"; n: number; name: string };

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
    leader: "",
    dataRevision: 0,
    ...party,
    members: party.members ?? [],
    held: party.held ?? [],
    data: party.data ?? {},
    landing: party.landing ?? [],
    invites: party.invites ?? [],
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
  const { members, held, invites } = party;
  switch (event.type) {
    case "held":
      return { ...party, held: [...held, event.seat] };
    case "lapsed":
      return { ...party, held: held.filter((seat) => seat.n !== event.n) };
    case "joined":
      return {
        ...party,
        held: held.filter((seat) => seat.n !== event.member.n),
        members: [...members, event.member],
      };
    case "finalized":
      return withMember(party, event.n, ({ loading: _, ...member }) => ({ ...member, state: "in" }));
    case "left":
      return { ...party, members: members.filter((member) => member.n !== event.n) };
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
    default:
      return party;
  }
}

function withMember(party: Snapshot, n: number, edit: (member: WireMember) => WireMember): Snapshot {
  return { ...party, members: party.members.map((member) => (member.n === n ? edit(member) : member)) };
}

/** The snapshot as the game sees it: who is oneself, who leads, and frozen to the bottom. */
export function view(party: Snapshot, me: string): Party {
  return freeze({
    ...party,
    members: party.members.map((member) => ({
      ...member,
      self: member.id === me,
      leader: member.id === party.leader,
    })),
  });
}

/** Freezes a value of JSON and everything in it. */
export function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}
