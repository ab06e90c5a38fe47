// Where the others are. Each player tells its place about 15 times a second in volatile messages of 12 bytes; everybody draws the others
// 120 ms in the past, between two places they really were at, at the rate of its own screen.
//
//   u8 1 (version) · u8 level · u8 flags (1: away) · u8 0 · u32 sender's clock in ms · u16 x · u16 y (1/256 tile); big-endian

import { levels } from "./levels/index.js";

export const RATE = 15; //    messages a second while walking
export const DELAY = 120; //  ms in the past that others are drawn
const IDLE = 500; //          ms between messages while standing, so that newcomers see everybody soon
const LEAP = 3; //            tiles; further than that between two messages nobody walks
const GAP = 3000 / RATE; //   ms; after a longer silence the sender had stood still
const KEEP = 2000; //         ms of places that are kept

export function encode({ level, x, y, away, time }) {
  const view = new DataView(new ArrayBuffer(12));
  view.setUint8(0, 1);
  view.setUint8(1, levels.findIndex((l) => l.id === level));
  view.setUint8(2, away ? 1 : 0);
  view.setUint32(4, Math.round(time) >>> 0);
  view.setUint16(8, Math.round(x * 256));
  view.setUint16(10, Math.round(y * 256));
  return new Uint8Array(view.buffer);
}

/** decode returns what encode was given, or undefined for anything else: the bytes come from somebody else's machine. */
export function decode(bytes) {
  if (!(bytes instanceof Uint8Array) || bytes.length !== 12 || bytes[0] !== 1) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const level = levels[bytes[1]], x = view.getUint16(8) / 256, y = view.getUint16(10) / 256;
  if (!level || x > level.width || y > level.height) return undefined;
  return { level: level.id, x, y, away: (bytes[2] & 1) === 1, time: view.getUint32(4) };
}

/** A Track is the recent way of one other player, in that player's own time. */
export class Track {
  #places = [];
  #offset = Infinity; // our clock minus theirs, as seen by the fastest message: half of what jitter adds is gone

  /** push takes a place that arrived at our time now (ms). */
  push(place, now) {
    let last = this.#places.at(-1);
    if (last && place.time <= last.time) {
      if (last.time - place.time < 1000) return; // late, or twice
      this.#places = []; //                         a new clock: the player has reloaded
      this.#offset = Infinity;
      last = undefined;
    }
    this.#offset = Math.min(this.#offset + 0.2, now - place.time); // forgets slowly, so that a longer way is learnt too
    if (last && place.time - last.time > GAP) this.#places.push({ ...last, time: place.time - 1000 / RATE });
    this.#places.push(place);
    this.#places = this.#places.filter((p) => p.time > place.time - KEEP || p === place);
  }

  /** clock is the player's own clock (ms) at our time now. */
  clock(now) {
    return now - this.#offset;
  }

  /** at is where to draw the player at our time now, and how fast it walks (tiles a second). */
  at(now) {
    const time = this.clock(now) - DELAY;
    const after = this.#places.findIndex((p) => p.time > time);
    if (after < 0) return this.#places.length ? { ...this.#places.at(-1), speed: 0 } : undefined;
    if (after === 0) return { ...this.#places[0], speed: 0 };
    const a = this.#places[after - 1], b = this.#places[after], way = Math.hypot(b.x - a.x, b.y - a.y);
    if (a.level !== b.level || way > LEAP) return { ...a, speed: 0 };
    const part = (time - a.time) / (b.time - a.time);
    return { ...b, x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part, speed: (way / (b.time - a.time)) * 1000 };
  }
}

/** Peers are the tracks of all others, and the sender of our own place. send takes bytes and puts them on the wire. */
export class Peers {
  #tracks = new Map();
  #send;
  #due = 0;
  #sent = { at: -Infinity };

  constructor(send) {
    this.#send = send;
  }

  /** receive takes a message of the player with that id. */
  receive(id, bytes, now) {
    const place = decode(bytes);
    if (!place) return;
    if (!this.#tracks.has(id)) this.#tracks.set(id, new Track());
    this.#tracks.get(id).push(place, now);
  }

  /** keep forgets everyone who is not in the party any more. */
  keep(ids) {
    for (const id of this.#tracks.keys()) if (!ids.has(id)) this.#tracks.delete(id);
  }

  /** at is where to draw a player, or undefined when it has not told yet. */
  at(id, now) {
    return this.#tracks.get(id)?.at(now);
  }

  clock(id, now) {
    return this.#tracks.get(id)?.clock(now);
  }

  /** tell sends our place when it is time to: 15 times a second in motion, twice a second at rest. */
  tell(place, now) {
    const moved = place.level !== this.#sent.level || place.away !== this.#sent.away || Math.hypot(place.x - this.#sent.x, place.y - this.#sent.y) > 1 / 256;
    if (now < this.#due || (!moved && now - this.#sent.at < IDLE)) return;
    this.#due = Math.max(this.#due + 1000 / RATE, now); // keeps the mean rate although frames fall between
    this.#sent = { ...place, at: now };
    this.#send(encode({ ...place, time: now }));
  }
}
