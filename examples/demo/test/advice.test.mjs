import assert from "node:assert/strict";
import { test } from "node:test";
import { advice } from "../play/advice.js";
import { levelById } from "../play/levels/index.js";

const meadow = levelById("meadow"), all = new Set(meadow.lanterns.map((_, i) => `lantern:${i}`));
const [first] = meadow.plates.filter((plate) => plate.gate === "A"), [pair, other] = meadow.plates.filter((plate) => plate.gate === "B");

test("nothing is said to who is on the way", () => assert.equal(advice(meadow, meadow.spawn, [], new Set()), undefined));

test("at the way out it counts the dark lanterns, then asks to wait for a friend", () => {
  assert.match(advice(meadow, meadow.exit, [], new Set()), /^4 lanterns/);
  assert.match(advice(meadow, meadow.exit, [], new Set([...all].slice(1))), /^One lantern/);
  assert.match(advice(meadow, meadow.exit, [meadow.spawn], all), /wait here/);
  assert.equal(advice(meadow, meadow.exit, [{ ...meadow.exit }], all), undefined);
  assert.equal(advice(meadow, meadow.exit, [], new Set([...all, "solved"])), undefined);
});

test("on a plate it says what is missing: a friend, or the other plate", () => {
  assert.match(advice(meadow, first, [], new Set()), /Invite a friend/);
  assert.equal(advice(meadow, first, [meadow.spawn], new Set()), undefined);
  assert.match(advice(meadow, pair, [other], new Set()), /at once/);
  assert.equal(advice(meadow, pair, [meadow.spawn], new Set(["gate:B"])), undefined);
});
