// The rules of the game: pure functions of a level, the bodies in it and the facts of its run. Nothing here reads a clock, a key or the
// network, so every player's game comes to the same answer from the same things, and the tests can play it without a screen.
//
// A body is { x, y } in tiles. A *fact* is something that happened for good: "lantern:2" (lit), "gate:B" (opened for good), "solved".
// Facts are only ever added. That is what lets players agree without asking anybody: whoever hears of a fact keeps it, and the order does not matter.

import { SOLID, WATER } from "./levels/index.js";

export const RADIUS = 0.3; //        of a body, in tiles
export const SPEED = 4.6; //         tiles a second
export const PLATE_REACH = 0.62; //  how far from its middle a plate still feels a body
export const LANTERN_REACH = 1;
export const EXIT_REACH = 1.4;
export const WISP_REACH = 0.62;
export const TOGETHER = 2; //        how many it takes to leave a level

const near = (a, b, reach) => (a.x - b.x) ** 2 + (a.y - b.y) ** 2 <= reach * reach;

/** held tells for each plate whether one of the bodies stands on it. */
export function held(level, bodies) {
  return level.plates.map((plate) => bodies.some((body) => near(body, plate, PLATE_REACH)));
}

/** openGates is the set of letters of the gates that are open: held now, or open for good. */
export function openGates(level, bodies, facts) {
  const down = held(level, bodies);
  const open = new Set();
  for (const gate of Object.values(level.gates)) {
    const count = down.filter((is, i) => is && level.plates[i].gate === gate.letter).length;
    if (facts.has(`gate:${gate.letter}`) || count >= gate.needs) open.add(gate.letter);
  }
  return open;
}

/** discover returns the facts that come true through *my* body: each player speaks for itself, so nobody's lantern is lit from afar. */
export function discover(level, me, others, facts) {
  const found = [];
  level.lanterns.forEach((lantern, i) => {
    if (!facts.has(`lantern:${i}`) && near(me, lantern, LANTERN_REACH)) found.push(`lantern:${i}`);
  });
  const mine = held(level, [me]), down = held(level, [me, ...others]);
  for (const { letter, needs } of Object.values(level.gates)) {
    if (needs < 2 || facts.has(`gate:${letter}`)) continue;
    const ofGate = (is, i) => is && level.plates[i].gate === letter;
    if (mine.some(ofGate) && down.filter(ofGate).length >= needs) found.push(`gate:${letter}`);
  }
  if (!facts.has("solved") && lit(level, facts) + found.filter((f) => f.startsWith("lantern:")).length === level.lanterns.length) {
    const here = [me, ...others].filter((body) => near(body, level.exit, EXIT_REACH));
    if (here.includes(me) && here.length >= TOGETHER) found.push("solved");
  }
  return found;
}

/** lit counts the lanterns that burn. */
export const lit = (level, facts) => level.lanterns.filter((_, i) => facts.has(`lantern:${i}`)).length;

/** isFact says whether a level can have such a fact. What others send is believed only if it can be true. */
export function isFact(level, fact) {
  const latched = Object.values(level.gates).filter((gate) => gate.needs > 1);
  return ["solved", ...level.lanterns.map((_, i) => `lantern:${i}`), ...latched.map((gate) => `gate:${gate.letter}`)].includes(fact);
}

/** wispAt is where a wisp is at a time in seconds: there and back again, slower at the ends. */
export function wispAt(wisp, seconds) {
  const along = 0.5 - 0.5 * Math.cos((seconds / wisp.seconds) * Math.PI);
  return { x: wisp.from.x + (wisp.to.x - wisp.from.x) * along, y: wisp.from.y + (wisp.to.y - wisp.from.y) * along };
}

/** caught says whether a wisp touches the body at that time. */
export const caught = (level, body, seconds) => level.wisps.some((wisp) => near(body, wispAt(wisp, seconds), WISP_REACH));

/**
 * move walks a body for dt seconds in a direction of length ≤ 1 and returns where it ends, sliding along what is in the way.
 * A gate never closes on a body: who stands in it, or on its bridge, may walk on.
 */
export function move(level, open, body, direction, dt) {
  const length = Math.max(1, Math.hypot(direction.x, direction.y));
  const way = { x: (direction.x / length) * SPEED * dt, y: (direction.y / length) * SPEED * dt };
  const steps = Math.max(1, Math.ceil(Math.hypot(way.x, way.y) / (RADIUS / 2)));
  const passable = passing(level, open, body);
  let at = { x: body.x, y: body.y };
  for (let i = 0; i < steps; i++) {
    at = pushedOut(level, passable, { x: at.x + way.x / steps, y: at.y + way.y / steps });
  }
  return at;
}

/** passing adds to the open gates the one that the body is in. */
function passing(level, open, body) {
  const passable = new Set(open);
  for (const gate of Object.values(level.gates)) {
    if (gate.cells.some((cell) => distanceTo(cell, body) < RADIUS - 0.05)) passable.add(gate.letter);
  }
  return passable;
}

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const distanceTo = (cell, at) => Math.hypot(at.x - clamp(at.x, cell.x, cell.x + 1), at.y - clamp(at.y, cell.y, cell.y + 1));

/** stands says whether a tile stops bodies. Beyond the edge of the map everything does. */
function stands(level, passable, x, y) {
  if (x < 0 || y < 0 || x >= level.width || y >= level.height) return true;
  const tile = level.tiles[y * level.width + x];
  if (tile === SOLID || tile === WATER) return true;
  return Object.values(level.gates).some((gate) => !passable.has(gate.letter) && gate.cells.some((cell) => cell.x === x && cell.y === y));
}

/** pushedOut moves a body out of the tiles it overlaps, nearest tile first, so that it slides along walls and around corners. */
function pushedOut(level, passable, at) {
  const cells = [];
  for (let y = Math.floor(at.y - RADIUS); y <= Math.floor(at.y + RADIUS); y++) {
    for (let x = Math.floor(at.x - RADIUS); x <= Math.floor(at.x + RADIUS); x++) {
      if (stands(level, passable, x, y)) cells.push({ x, y });
    }
  }
  cells.sort((a, b) => distanceTo(a, at) - distanceTo(b, at));
  for (const cell of cells) {
    const edge = { x: clamp(at.x, cell.x, cell.x + 1), y: clamp(at.y, cell.y, cell.y + 1) };
    const dx = at.x - edge.x, dy = at.y - edge.y, distance = Math.hypot(dx, dy);
    if (distance > 0 && distance < RADIUS) {
      at = { x: edge.x + (dx / distance) * RADIUS, y: edge.y + (dy / distance) * RADIUS };
    }
  }
  return at;
}
