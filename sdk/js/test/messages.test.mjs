import assert from "node:assert/strict";
import { test } from "node:test";
import { World, member, plain, settle, welcome } from "./world.mjs";

async function inCompany() {
  const world = new World();
  world.accept = (peer) => {
    peer.open();
    peer.send(welcome({ party: { members: [member(1), member(2)] } }));
  };
  const tab = await world.tab();
  const kit = await tab.start();
  const got = [];
  kit.on("message", (message) => got.push(message));
  return { world, tab, kit, got };
}

const json = (value) => [...Buffer.from(JSON.stringify(value))];

test("reliable is the default, and resolves when it is acknowledged", async () => {
  const { world, kit } = await inCompany();
  let safe = false;
  const sent = kit.send({ hit: 1 }, { to: 2 }).then(() => (safe = true));
  await settle();
  assert.deepEqual(world.peer.binary, [[2, 1, 1, 2, ...json({ hit: 1 })]]);
  assert.equal(safe, false);
  world.peer.send(new Uint8Array([3, 1, 42]));
  await sent;
});

test("volatile messages have channels, and resolve at once", async () => {
  const { world, kit } = await inCompany();
  const bytes = new Uint8Array([7, 8]);
  await kit.send(bytes, { reliable: false });
  await kit.send(bytes, { channel: 9 });
  assert.deepEqual(world.peer.binary, [[1, 0, 0, 0, 7, 8], [1, 9, 0, 0, 7, 8]]);
});

test("volatile messages are dropped while the line is choked or down", async () => {
  const { world, kit } = await inCompany();
  world.peer.socket.bufferedAmount = 70_000;
  await kit.send(1, { channel: 0 });
  world.peer.socket.bufferedAmount = 0;
  await kit.send(2, { channel: 0 });
  assert.deepEqual(world.peer.binary, [[1, 0, 1, 0, ...json(2)]]);
  world.accept = () => {};
  world.peer.close(1006);
  await world.clock.advance(0);
  await kit.send(3, { channel: 0 });
  assert.deepEqual(world.peer.binary, []);
});

test("a receiver is a member, its n or its id, and has to be there", async () => {
  const { world, kit } = await inCompany();
  for (const to of [kit.party.members[1], 2, "g2"]) kit.send(0, { to, channel: 0 });
  await settle();
  assert.deepEqual(world.peer.binary.map((frame) => frame[3]), [2, 2, 2]);
  for (const to of [3, "g3", "", { n: 5 }]) await assert.rejects(kit.send(0, { to }), { code: "not_found" });
});

test("limits and nonsense are told at the call", async () => {
  const { world, kit } = await inCompany();
  await assert.rejects(kit.send("x".repeat(16383)), { code: "too_large" });
  await assert.rejects(kit.send(0, { channel: 256 }), { code: "bad_request" });
  await assert.rejects(kit.send(0, { channel: 1.5 }), { code: "bad_request" });
  await assert.rejects(kit.send(0, { channel: 1, reliable: true }), { code: "bad_request" });
  assert.equal(world.peer.binary.length, 0);
  kit.send("x".repeat(16382));
  await settle();
  assert.equal(world.peer.binary[0].length, 16384 + 4);
});

test("more than a hundred messages without an acknowledgement are too many", async () => {
  const { kit } = await inCompany();
  for (let i = 0; i < 100; i++) kit.send(i).catch(() => {});
  await assert.rejects(kit.send(100), { code: "rate_limited" });
});

test("a refused message rejects its own promise", async () => {
  const { world, kit } = await inCompany();
  const first = kit.send(1);
  const second = kit.send(2);
  await settle();
  world.peer.send({ t: "error", mid: 2, code: "rate_limited", message: "", retryAfter: 0.1 });
  world.peer.send(new Uint8Array([3, 1, 42]));
  await first;
  await assert.rejects(second, { code: "rate_limited", retryAfter: 0.1 });
});

test("what comes is told with its sender, as JSON or bytes", async () => {
  const { world, got } = await inCompany();
  world.peer.send(new Uint8Array([1, 5, 1, 2, ...json({ x: 1 })]));
  world.peer.send(new Uint8Array([2, 2, 41, 2, 9, 9]));
  world.peer.send(new Uint8Array([2, 2, 41, 2, 9, 9])); // again: it was seen
  world.peer.send(new Uint8Array([2, 1, 42, 7, ...json(null)]));
  world.peer.send(new Uint8Array([2, 1, 43, 0, ...json("round 2")]));
  assert.deepEqual(got.map(({ data, from, ...rest }) => ({ data: plain(data), from: from?.name, ...plain(rest) })), [
    { data: { x: 1 }, from: "BraveOtter", backend: false, reliable: false, direct: false, channel: 5 },
    { data: { 0: 9, 1: 9 }, from: "BraveOtter", backend: false, reliable: true, direct: true },
    { data: null, from: undefined, backend: false, reliable: true, direct: false }, // it has left since
    { data: "round 2", from: undefined, backend: true, reliable: true, direct: false },
  ]);
  assert.ok(ArrayBuffer.isView(got[1].data));
});

test("a message that pretends to be JSON is left out and told, and the next one arrives", async () => {
  const { world, kit, got } = await inCompany();
  const errors = [];
  kit.on("error", ({ code }) => errors.push(code));
  world.peer.send(new Uint8Array([1, 0, 1, 2, 123]));
  world.peer.send(new Uint8Array([1, 0, 1, 2, ...json(1)]));
  assert.deepEqual(errors, ["bad_request"]);
  assert.deepEqual(got.map(({ data }) => data), [1]);
});

test("an error that belongs to no request is an event, and ends nothing", async () => {
  const { world, kit } = await inCompany();
  const errors = [];
  kit.on("error", ({ code, retryAfter }) => errors.push([code, retryAfter]));
  world.peer.send({ t: "error", code: "rate_limited", message: "", retryAfter: 0.5 });
  assert.deepEqual(errors, [["rate_limited", 0.5]]);
  assert.equal(kit.connection, "connected");
});
