import assert from "node:assert/strict";
import { test } from "node:test";
import { levels, read } from "../play/levels/index.js";
import { caught, discover, held, isFact, lit, move, openGates, RADIUS, SPEED, wispAt } from "../play/rules.js";

const level = read({
  id: "test", name: "Test", about: "", hint: "", theme: "meadow",
  gates: { A: { needs: 1 }, B: { needs: 2, bridge: true } },
  map: [
    "############",
    "#S...A....b#",
    "#.a..A..*..#",
    "#....#.....#",
    "#....#....b#",
    "######BB####",
    "#....X.....#",
    "############",
  ],
});
const at = (x, y) => ({ x: x + 0.5, y: y + 0.5 });
const walk = (body, direction, seconds, open = new Set()) => {
  for (let t = 0; t < seconds; t += 1 / 60) body = move(level, open, body, direction, 1 / 60);
  return body;
};

test("a body walks at its speed, and no faster on the diagonal", () => {
  const start = at(1, 1);
  assert.ok(Math.abs(move(level, new Set(), start, { x: 1, y: 0 }, 0.25).x - start.x - SPEED / 4) < 1e-9);
  const slanted = move(level, new Set(), start, { x: 1, y: 1 }, 0.25);
  assert.ok(Math.abs(Math.hypot(slanted.x - start.x, slanted.y - start.y) - SPEED / 4) < 1e-9);
});

test("walls, water and closed gates stop a body; it slides along them", () => {
  const right = walk(at(1, 1), { x: 1, y: 0 }, 3);
  assert.ok(Math.abs(right.x - (5 - RADIUS)) < 1e-6, `stands before the gate, not at ${right.x}`);
  const corner = walk(at(1, 1), { x: 1, y: 1 }, 4);
  assert.ok(Math.abs(corner.x - (5 - RADIUS)) < 1e-6 && Math.abs(corner.y - (5 - RADIUS)) < 1e-6, `slid into the corner, not ${JSON.stringify(corner)}`);
  const below = walk(at(6, 4), { x: 0, y: 1 }, 2);
  assert.ok(below.y < 5, "a retracted bridge is water");
  assert.ok(walk(at(6, 4), { x: 0, y: 1 }, 2, new Set(["B"])).y > 6, "an open bridge carries");
});

test("a long frame does not carry a body through a wall", () => {
  assert.ok(move(level, new Set(), at(1, 1), { x: 1, y: 0 }, 5).x < 5);
});

test("a gate never closes on who stands in it", () => {
  const inside = at(5, 1);
  assert.ok(walk(inside, { x: 1, y: 0 }, 1).x > 6.3);
  assert.ok(walk(inside, { x: -1, y: 0 }, 1).x < 4.7);
  const pushing = walk(at(3, 1), { x: 1, y: 0 }, 3);
  assert.ok(walk(pushing, { x: 1, y: 0 }, 1).x < 5, "leaning on a closed gate is not standing in it");
});

test("one on the plate opens a gate that needs one, and it closes behind", () => {
  assert.deepEqual(held(level, [at(2, 2)]), [false, true, false]);
  assert.deepEqual(openGates(level, [at(2, 2)], new Set()), new Set(["A"]));
  assert.deepEqual(openGates(level, [at(4, 4)], new Set()), new Set());
});

test("a gate that needs two opens for good, and is told by those who stand there", () => {
  const one = at(10, 1), two = at(10, 4);
  assert.deepEqual(discover(level, one, [], new Set()), []);
  assert.deepEqual(discover(level, one, [two], new Set()), ["gate:B"]);
  assert.deepEqual(discover(level, at(1, 1), [one, two], new Set()), [], "who is elsewhere says nothing");
  assert.deepEqual(openGates(level, [], new Set(["gate:B"])), new Set(["B"]));
});

test("a lantern is lit by who is near; the level is solved by two at the way out", () => {
  assert.deepEqual(discover(level, at(8, 2), [], new Set()), ["lantern:0"]);
  const facts = new Set(["lantern:0"]);
  assert.equal(lit(level, facts), 1);
  assert.deepEqual(discover(level, at(5, 6), [], facts), [], "one alone does not leave");
  assert.deepEqual(discover(level, at(5, 6), [at(6, 6)], facts), ["solved"]);
  assert.deepEqual(discover(level, at(5, 6), [at(6, 6)], new Set()), [], "not while a lantern is dark");
  assert.deepEqual(discover(level, at(5, 6), [at(6, 6)], new Set([...facts, "solved"])), []);
});

test("only what can be true is a fact", () => {
  for (const fact of ["lantern:0", "gate:B", "solved"]) assert.ok(isFact(level, fact), fact);
  for (const fact of ["lantern:1", "lantern:-1", "lantern:", "lantern", "gate:A", "gate:Z", "gate:constructor", "", null, 3, {}, "gate:B:1"]) {
    assert.ok(!isFact(level, fact), String(fact));
  }
});

test("a wisp walks there and back, and catches who is in its way", () => {
  const wisp = { from: { x: 2, y: 2 }, to: { x: 6, y: 2 }, seconds: 3 };
  assert.deepEqual(wispAt(wisp, 0), { x: 2, y: 2 });
  assert.ok(Math.abs(wispAt(wisp, 3).x - 6) < 1e-9);
  assert.ok(Math.abs(wispAt(wisp, 6).x - 2) < 1e-9);
  const haunted = { ...level, wisps: [wisp] };
  assert.ok(caught(haunted, { x: 6, y: 2.5 }, 3));
  assert.ok(!caught(haunted, { x: 2, y: 2.5 }, 3));
});

test("no wisp reaches the beginning, a plate, a lantern or the way out", () => {
  for (const level of levels) {
    const places = [["the beginning", level.spawn], ["the exit", level.exit], ...level.plates.map((p) => ["a plate", p]), ...level.lanterns.map((p) => ["a lantern", p])];
    for (const [what, place] of places) {
      for (let s = 0; s < 60; s += 0.05) assert.ok(!caught(level, place, s), `${level.id}: a wisp reaches ${what} at ${place.x},${place.y}`);
    }
  }
});
