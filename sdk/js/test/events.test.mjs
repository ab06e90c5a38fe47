// The vectors that every SDK runs: conformance/events.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { load } from "./bundle.mjs";
import { World, plain, welcome } from "./world.mjs";

const folder = new URL("../../../conformance/events/", import.meta.url);
const vectors = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => ({ name, ...JSON.parse(readFileSync(new URL(name, folder))) }));
const { apply, applyStatus, freeze, snapshotOf } = await load("src/party.ts");

test("there are vectors", () => assert.ok(vectors.length >= 20));

for (const { name, about, before, frame, after } of vectors) {
  test(`${name}: ${about}`, async () => {
    // The function itself; what it is given is frozen, so that a change in place throws.
    const given = freeze(structuredClone(before));
    if (frame.t === "event") assert.deepEqual(apply(given, frame), after);
    if (frame.t === "status") assert.deepEqual(applyStatus(given, frame), after);
    if (frame.t === "party") assert.deepEqual(snapshotOf(frame.party), after);

    // The whole SDK, over a connection.
    const world = new World();
    world.accept = (peer) => {
      peer.open();
      peer.send(welcome({ seq: 41, you: 1, party: before }));
    };
    const kit = await (await world.tab()).start();
    world.peer.send(frame);
    const { acting, arriving, ...seen } = plain(kit.party);
    assert.equal(acting, undefined);
    assert.ok(arriving.count >= 0);
    seen.members = seen.members.map(({ self, leader, ...member }) => {
      assert.equal(leader, member.id === after.leader, "leader");
      return member;
    });
    assert.deepEqual(seen, after);
  });
}
