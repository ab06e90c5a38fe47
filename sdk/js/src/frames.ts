// The binary frames of docs/protocol.md: game messages and their acknowledgements.

const volatileFrame = 1;
const reliableFrame = 2;
const acknowledgedFrame = 3;

const bad = "a frame that cannot be read";

const jsonFlag = 1;
const directFlag = 2;

/** A message's bytes on the wire, and whether they are JSON. */
export interface Payload {
  bytes: Uint8Array;
  json: boolean;
}

/** What the server may send in binary. */
export type ServerFrame =
  | { kind: "volatile"; channel: number; json: boolean; direct: boolean; from: number; payload: Uint8Array }
  | { kind: "reliable"; seq: number; json: boolean; direct: boolean; from: number; payload: Uint8Array }
  | { kind: "acknowledged"; id: number; seq: number };

/** Appends an unsigned LEB128 integer of at most 53 bits. */
export function putVarint(out: number[], value: number): void {
  while (value > 127) {
    out.push((value % 128) | 128);
    value = Math.floor(value / 128);
  }
  out.push(value);
}

/** Reads integers off the front of a frame. Throws a RangeError at its end or beyond 53 bits. */
class Reader {
  at = 0;
  constructor(readonly frame: Uint8Array) {}

  byte(): number {
    const value = this.frame[this.at++];
    if (value === undefined) throw new RangeError(bad);
    return value;
  }

  varint(): number {
    let value = 0;
    for (let factor = 1; factor < 2 ** 53; factor *= 128) {
      const byte = this.byte();
      value += (byte % 128) * factor;
      if (byte < 128 && value <= Number.MAX_SAFE_INTEGER) return value;
    }
    throw new RangeError(bad);
  }

  rest(): Uint8Array {
    return this.frame.slice(this.at);
  }
}

function join(head: number[], payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(head.length + payload.length);
  frame.set(head);
  frame.set(payload, head.length);
  return frame;
}

/** A volatile message to one member's `n`, or with 0 to everyone else. */
export function volatile(channel: number, to: number, payload: Payload): Uint8Array<ArrayBuffer> {
  const head = [volatileFrame, channel, payload.json ? jsonFlag : 0];
  putVarint(head, to);
  return join(head, payload.bytes);
}

/** A reliable message with the id that its acknowledgement will name. */
export function reliable(id: number, to: number, payload: Payload): Uint8Array<ArrayBuffer> {
  const head = [reliableFrame, payload.json ? jsonFlag : 0];
  putVarint(head, id);
  putVarint(head, to);
  return join(head, payload.bytes);
}

/** Reads a binary frame of the server's. Throws a RangeError when it is none. */
export function decode(frame: Uint8Array): ServerFrame {
  const reader = new Reader(frame);
  const type = reader.byte();
  if (type === acknowledgedFrame) return { kind: "acknowledged", id: reader.varint(), seq: reader.varint() };
  if (type !== volatileFrame && type !== reliableFrame) throw new RangeError(bad);
  const channel = type === volatileFrame ? reader.byte() : 0;
  const flags = reader.byte();
  const json = (flags & jsonFlag) !== 0;
  const direct = (flags & directFlag) !== 0;
  if (type === volatileFrame) {
    return { kind: "volatile", channel, json, direct, from: reader.varint(), payload: reader.rest() };
  }
  return { kind: "reliable", seq: reader.varint(), json, direct, from: reader.varint(), payload: reader.rest() };
}

/** Bytes stay bytes, everything else becomes JSON. What is returned is a copy: the game may use its buffer again before it is sent. */
export function payloadOf(data: unknown): Payload {
  if (data instanceof ArrayBuffer) data = new Uint8Array(data);
  if (ArrayBuffer.isView(data)) {
    return { bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice(), json: false };
  }
  return { bytes: new TextEncoder().encode(JSON.stringify(data) ?? "null"), json: true };
}
