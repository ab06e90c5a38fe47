import assert from "node:assert/strict";
import { test } from "node:test";
import { Progress } from "../play/progress.js";

test("any order and any number of times comes to the same", () => {
  const said = [["meadow", 1, ["lantern:0"]], ["meadow", 2, ["lantern:1", "gate:B"]], ["meadow", 2, ["lantern:0"]], ["ruins", 1, ["gate:C"]], ["meadow", 1, ["lantern:2"]]];
  const orders = [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 2, 0, 4, 1, 3, 1], [1, 0, 3, 2, 4]];
  const results = orders.map((order) => {
    const progress = new Progress();
    for (const i of order) progress.merge(...said[i]);
    return JSON.stringify(progress);
  });
  assert.equal(new Set(results).size, 1, results.join("\n"));
  assert.deepEqual(JSON.parse(results[0]).meadow, { run: 2, facts: ["gate:B", "lantern:0", "lantern:1"] });
});

test("it tells what was new, so that a lantern is celebrated once", () => {
  const progress = new Progress();
  assert.deepEqual(progress.merge("meadow", 1, ["lantern:0"]), ["lantern:0"]);
  assert.deepEqual(progress.merge("meadow", 1, ["lantern:0", "lantern:1"]), ["lantern:1"]);
});

test("playing again forgets the old run, whose late facts do not come back", () => {
  const progress = new Progress();
  progress.merge("meadow", 1, ["lantern:0", "solved"]);
  progress.again("meadow");
  assert.equal(progress.facts("meadow").size, 0);
  progress.merge("meadow", 1, ["lantern:1"]);
  assert.equal(progress.facts("meadow").size, 0);
});

test("it goes through the party's data", () => {
  const mine = new Progress(), theirs = new Progress();
  mine.merge("ruins", 3, ["lantern:0", "gate:C"]);
  theirs.mergeAll(JSON.parse(JSON.stringify(mine)));
  assert.deepEqual(theirs.toJSON(), mine.toJSON());
  assert.ok(JSON.stringify(mine).length < 4095);
});

test("nonsense from others changes nothing", () => {
  const progress = new Progress(), before = JSON.stringify(progress);
  for (const bad of [["nowhere", 1, ["solved"]], ["meadow", 0, ["solved"]], ["meadow", 1.5, []], ["meadow", 1e9, []], ["meadow", "2", []], ["meadow", 1, "solved"],
    ["meadow", 1, ["lantern:99", "gate:A", null, {}]], ["constructor", 1, []], [undefined, 1, []]]) progress.merge(...bad);
  for (const bad of [null, undefined, 3, "x", [], { meadow: null }, { meadow: 1 }, { meadow: { run: {}, facts: {} } }]) progress.mergeAll(bad);
  assert.equal(JSON.stringify(progress), before);
});
