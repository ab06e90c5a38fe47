import assert from "node:assert/strict";
import { test } from "node:test";
import { outline } from "../play/outline.js";

/** loops of a drawing in which # is inside; each loop begins at its first corner by rows. */
function loops(rows, pad = 0) {
  const inside = (x, y) => rows[y]?.[x] === "#";
  return outline(rows[0].length, rows.length, inside, pad)
    .map((corners) => {
      const first = corners.reduce((best, c, i) => (c.y < corners[best].y || (c.y === corners[best].y && c.x < corners[best].x) ? i : best), 0);
      return [...corners.slice(first), ...corners.slice(0, first)].map(({ x, y }) => `${x},${y}`).join(" ");
    })
    .sort();
}

test("one tile has four corners, clockwise", () => assert.deepEqual(loops(["#"]), ["0,0 1,0 1,1 0,1"]));

test("tiles in a row are one shape", () => assert.deepEqual(loops(["###"]), ["0,0 3,0 3,1 0,1"]));

test("an inner corner is a corner, too", () => assert.deepEqual(loops(["#.", "##"]), ["0,0 1,0 1,1 2,1 2,2 0,2"]));

test("a hole runs the other way round", () => assert.deepEqual(loops(["###", "#.#", "###"]), ["0,0 3,0 3,3 0,3", "1,1 1,2 2,2 2,1"]));

test("tiles that touch by a corner stay two", () => assert.deepEqual(loops(["#.", ".#"]), ["0,0 1,0 1,1 0,1", "1,1 2,1 2,2 1,2"]));

test("padding grows outer corners and narrows holes; below zero it shrinks", () => {
  assert.deepEqual(loops(["###", "#.#", "###"], 0.25), ["-0.25,-0.25 3.25,-0.25 3.25,3.25 -0.25,3.25", "1.25,1.25 1.25,1.75 1.75,1.75 1.75,1.25"]);
  assert.deepEqual(loops(["#.", "##"], -0.25), ["0.25,0.25 0.75,0.25 0.75,1.25 1.75,1.25 1.75,1.75 0.25,1.75"]);
});

test("what goes on beyond the map has no edge at the map's edge", () => {
  assert.deepEqual(outline(2, 1, () => true, 0).map((corners) => corners.length), [4]);
  assert.ok(outline(2, 1, () => true, 0)[0].every(({ x, y }) => x < 0 || y < 0 || x > 2 || y > 1));
});
