// The limits that the SDK checks itself, so that a mistake is told at the call
// that made it. The server checks them again.
import { PartyKitError } from "./errors";
import type { LandingField, PartyData } from "./partykit";

const encoder = new TextEncoder();

/** The length of a text in bytes of UTF-8. */
const bytes = (text: string): number => encoder.encode(text).length;

/** Throws when there are more than `limit`: of things, or of bytes in a text. */
function atMost(limit: number, found: number | string, what: string): void {
  if (typeof found === "string") {
    found = bytes(found);
    what = `Bytes of ${what}`;
  }
  if (found > limit) throw new PartyKitError("too_large", `${what}: ${found}, at most ${limit}.`);
}

function bad(what: string): never {
  throw new PartyKitError("bad_request", what);
}

/** Cuts a text to so many bytes, never inside a character. */
export function cut(text: string, limit: number): string {
  const target = new Uint8Array(limit);
  const { read } = encoder.encodeInto(text, target);
  return text.slice(0, read);
}

/** Returns party data as JSON alone, or throws. A patch is held to the limits of each key; the server adds up the whole. */
export function checkData(data: unknown): PartyData {
  if (typeof data !== "object" || data === null || Array.isArray(data)) bad("Party data is an object.");
  let json: string;
  try {
    json = JSON.stringify(data);
  } catch {
    bad("Party data is not JSON.");
  }
  const clean = JSON.parse(json) as PartyData;
  atMost(64, Object.keys(clean).length, "Keys of party data");
  atMost(16384, json, "party data");
  for (const [key, value] of Object.entries(clean)) {
    if (!key) bad("A key of party data is empty.");
    atMost(63, key, "a key of party data");
    atMost(4095, JSON.stringify(value), "a value of party data");
  }
  return clean;
}

/** Returns landing fields with their three members alone, or throws. */
export function checkLanding(fields: readonly LandingField[]): LandingField[] {
  if (!Array.isArray(fields)) bad("Landing info is a list of fields.");
  atMost(8, fields.length, "Landing fields");
  return fields.map(({ id, label = "", value }) => {
    if (!id) bad("A landing field needs an id.");
    const field = { id: `${id}`, label: `${label}`, value: `${value ?? ""}` };
    atMost(63, field.id, "a landing field's id");
    atMost(63, field.label, "a landing field's label");
    atMost(511, field.value, "a landing field's value");
    return field;
  });
}

/** Throws when a command is larger than a frame may be: the connection would end at each try to send it. */
export function checkCommand(command: object): void {
  atMost(32_000, JSON.stringify(command), "a command");
}

/** Throws when a game message is larger than 16 KiB. */
export function checkPayload(payload: Uint8Array): void {
  atMost(16384, payload.length, "Bytes of a message");
}
