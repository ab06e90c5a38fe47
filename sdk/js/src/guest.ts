// The guest of this tab. Guests are kept in slots on the game's origin, and a
// tab claims one: a reload or a reopened tab is the same guest, tabs open
// together are different ones, and a duplicated tab is a new one.
import type { Invite, LandingField, PartyData } from "./partykit";
import { claim } from "./lock";
import { local, session } from "./storage";

/** What a guest carries across reloads. */
export interface Guest {
  /** 128 random bits as 32 hex digits, stored before the first hello: the guest's id derives from it. */
  readonly key: string;
  token?: string;
  party?: string;
  resume?: { session: string; token: string; epoch: string };
  /** The highest ids used in that session. */
  lastCommand: number;
  lastMessage: number;
  /** Commands and reliable messages of that session without an answer yet. */
  unanswered: { command?: Record<string, unknown>; message?: string; id: number }[];
  /** What this guest has set in its party, restated after every reconnect. */
  own: { data?: PartyData; landing?: LandingField[] };
  /** The links this guest made, with their codes, which the server tells only once. */
  invites: (Invite & { options: string })[];
}

/** A claimed guest. */
export interface Slot {
  readonly guest: Guest;
  /** Stores the guest as it now is. */
  save(): void;
  release(): void;
}

/** How long a reloading tab waits for the page before it to let go of its slot. */
const reloadMs = 400;
const maxSlots = 64;
/** A stored message: to, whether it is JSON, and its bytes in base64. */
const messageShape = /^\d+ [01] [A-Za-z0-9+/]*={0,2}$/;

/** Claims the slot this tab had, else the first free one. `scope` keeps games and servers apart. */
export async function claimSlot(scope: string): Promise<Slot> {
  const prefix = `partykit:${scope}`;
  const mine = /^\d{1,2}$/.test(session.get(prefix) ?? "") ? Number(session.get(prefix)) : -1;
  const order = [...Array(maxSlots).keys()].filter((n) => n !== mine);
  if (mine >= 0) order.unshift(mine);
  for (const n of local.lasting ? order : []) {
    const name = `${prefix}:${n}`;
    const release = await claim(`${name}:lock`, n === mine ? reloadMs : 0);
    if (!release) continue;
    session.set(prefix, `${n}`);
    return slot(name, release);
  }
  return slot("", () => {});
}

function slot(name: string, release: () => void): Slot {
  const guest = read(name && local.get(name));
  const save = () => {
    if (name) local.set(name, JSON.stringify(guest));
  };
  save();
  return { guest, save, release };
}

/** Reads a stored guest. What has not the right shape is left out; without a key it is a new guest. */
export function read(stored: string | null): Guest {
  let found: any;
  try {
    found = JSON.parse(stored || "{}") ?? {};
  } catch {
    found = {};
  }
  const text = (value: unknown) => (typeof value === "string" && value ? value : undefined);
  const list = (value: unknown) => (Array.isArray(value) ? value : []);
  const count = (value: unknown) => (Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : 0);
  if (!/^[0-9a-f]{32}$/.test(text(found.key) ?? "")) found = { key: newKey() };

  const guest: Guest = {
    key: found.key,
    lastCommand: count(found.lastCommand),
    lastMessage: count(found.lastMessage),
    unanswered: list(found.unanswered).filter(
      (request) => count(request?.id) > 0 && (messageShape.test(text(request.message) ?? "") || typeof request.command?.t === "string"),
    ),
    own: {},
    invites: list(found.invites).filter(
      (invite) => text(invite?.id) && text(invite.code) && text(invite.url) && text(invite.options),
    ),
  };
  const token = text(found.token);
  const party = text(found.party);
  const { session: id, token: secret, epoch } = found.resume ?? {};
  if (token) guest.token = token;
  if (party) guest.party = party;
  if (text(id) && text(secret) && text(epoch)) guest.resume = { session: id, token: secret, epoch };
  if (typeof found.own?.data === "object" && found.own.data && !Array.isArray(found.own.data)) {
    guest.own.data = found.own.data;
  }
  if (Array.isArray(found.own?.landing)) guest.own.landing = found.own.landing;
  return guest;
}

function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
