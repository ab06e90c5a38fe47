// Plays every level by exhaustive search over who stands where, to show what the level promises: two friends can finish it from wherever they
// get to, and nobody can alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { levels, SOLID, WATER } from "../play/levels/index.js";
import { discover, openGates } from "../play/rules.js";

/** reach is the set of places (by index) to which one can walk from a place while those gates are open. */
function reach(level, places, from, open) {
  const blocked = new Set();
  for (const gate of Object.values(level.gates)) if (!open.has(gate.letter)) for (const { x, y } of gate.cells) blocked.add(`${x},${y}`);
  const seen = new Set(), queue = [[Math.floor(places[from].x), Math.floor(places[from].y)]];
  while (queue.length) {
    const [x, y] = queue.pop(), key = `${x},${y}`;
    const tile = level.tiles[y * level.width + x];
    if (x < 0 || y < 0 || x >= level.width || y >= level.height || tile === SOLID || tile === WATER || blocked.has(key) || seen.has(key)) continue;
    seen.add(key);
    queue.push([x + 1, y], [x - 1, y], [x, y + 1], [x, y - 1]);
  }
  return [...places.keys()].filter((i) => seen.has(`${Math.floor(places[i].x)},${Math.floor(places[i].y)}`));
}

/** explore returns every state that players can come to, and from each the states that follow. */
function explore(level, players) {
  const places = [level.spawn, level.exit, ...level.plates, ...level.lanterns];
  const key = (state) => `${[...state.at].sort((a, b) => a - b).join()}|${[...state.facts].sort().join()}`;
  const start = { at: Array(players).fill(0), facts: new Set() };
  const states = new Map([[key(start), start]]), next = new Map(), todo = [start], walks = new Map();
  while (todo.length) {
    const state = todo.pop(), follow = [];
    for (let mover = 0; mover < players; mover++) {
      const others = state.at.filter((_, i) => i !== mover);
      const open = openGates(level, others.map((i) => places[i]), state.facts);
      const walk = `${state.at[mover]}|${[...open].sort().join("")}`;
      if (!walks.has(walk)) walks.set(walk, reach(level, places, state.at[mover], open));
      for (const to of walks.get(walk)) {
        const at = state.at.with(mover, to);
        const facts = new Set([...state.facts, ...discover(level, places[to], others.map((i) => ({ ...places[i] })), state.facts)]);
        const then = { at, facts };
        follow.push(key(then));
        if (!states.has(key(then))) {
          states.set(key(then), then);
          todo.push(then);
        }
      }
    }
    next.set(key(state), follow);
  }
  return { states, next };
}

for (const level of levels) {
  test(`${level.name}: two can finish it, from wherever they get to`, () => {
    const { states, next } = explore(level, 2);
    const before = new Map();
    for (const key of states.keys()) before.set(key, []);
    for (const [from, tos] of next) for (const to of tos) before.get(to).push(from);
    const good = new Set(), queue = [...states].filter(([, s]) => s.facts.has("solved")).map(([k]) => k);
    assert.ok(queue.length > 0, "there is an end");
    while (queue.length) {
      const state = queue.pop();
      if (good.has(state)) continue;
      good.add(state);
      for (const from of before.get(state)) queue.push(from);
    }
    const stuck = [...states.keys()].find((k) => !good.has(k));
    assert.equal(stuck, undefined, "no two friends are ever stuck");
  });

  test(`${level.name}: one alone can light a lantern, but not finish`, () => {
    const facts = [...explore(level, 1).states.values()].flatMap((s) => [...s.facts]);
    assert.ok(facts.some((f) => f.startsWith("lantern:")), "there is something to do alone");
    assert.ok(!facts.includes("solved") && !facts.some((f) => f.startsWith("gate:")));
    const lanterns = new Set(facts);
    assert.ok(lanterns.size < level.lanterns.length, "a friend is needed to get to the others");
  });
}
