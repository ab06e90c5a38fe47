// The guest of this tab. Guests are kept in slots on the game's origin, and a
// tab claims one: a reload or a reopened tab is the same guest, tabs open
// together are different ones, and a duplicated tab is a new one.
import type { Invite, LandingField, PartyData } from "./partykit";
import { type Claim, claim } from "./lock";
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
  unanswered: { command?: Record<string, unknown> | undefined; message?: string | undefined; id: number }[];
  /** What this guest has set in its party, restated after every reconnect. */
  own: { data?: PartyData; landing?: LandingField[] };
  /** The links this guest made, with their codes, which the server tells only once. */
  invites: (Invite & { options: string })[];
  /** Whom this guest has muted. */
  quiet: { [id: string]: "mute" | "block" };
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
export async function claimSlot(scope: string, lease: () => Promise<Claim>): Promise<Slot> {
  const prefix = `partykit:${scope}`;
  const mine = /^\d{1,2}$/.test(session.get(prefix) ?? "") ? Number(session.get(prefix)) : -1;
  const order = [...Array(maxSlots).keys()].filter((n) => n !== mine);
  if (mine >= 0) order.unshift(mine);
  for (const n of local.lasting ? order : []) {
    const name = `${prefix}:${n}`;
    const release = await claim(`${name}:lock`, n === mine ? reloadMs : 0, lease);
    if (!release) continue;
    session.set(prefix, `${n}`);
    return slot(name, release);
  }
  return slot("", () => {});
}

function slot(name: string, release: () => void): Slot {
  const guest = read(name && local.get(name));
  const save = () => {
    // The storage is full: what waits for an answer takes room, and is worth less than who this is and which ids were used.
    if (name && !local.set(name, JSON.stringify(guest))) local.set(name, JSON.stringify({ ...guest, unanswered: [] }));
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
  const text = (value: unknown): value is string => typeof value === "string" && value !== "";
  const list = (value: unknown) => (Array.isArray(value) ? value : []);
  const count = (value: any): number => (Number.isSafeInteger(value) && value >= 0 ? value : 0);
  if (!text(found.key) || !/^[0-9a-f]{32}$/.test(found.key)) found = { key: newKey() };

  const { key, token, party, resume, lastCommand, lastMessage, unanswered, own, invites, quiet } = found;
  const { session: id, token: secret, epoch } = resume ?? {};
  const { data, landing } = own ?? {};
  return {
    key,
    ...(text(token) && { token }),
    ...(text(party) && { party }),
    ...([id, secret, epoch].every(text) && { resume: { session: id, token: secret, epoch } }),
    lastCommand: count(lastCommand),
    lastMessage: count(lastMessage),
    unanswered: list(unanswered).filter(
      (request) => count(request?.id) && (text(request.message) ? messageShape.test(request.message) : text(request.command?.t)),
    ),
    own: {
      ...(typeof data === "object" && data && !Array.isArray(data) && { data }),
      ...(Array.isArray(landing) && { landing }),
    },
    invites: list(invites).filter((invite) => [invite?.id, invite?.code, invite?.url, invite?.options].every(text)),
    quiet: Object.fromEntries(Object.entries<any>(quiet ?? {}).filter(([, how]) => how === "mute" || how === "block")),
  };
}

function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
