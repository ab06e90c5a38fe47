import assert from "node:assert/strict";
import { test } from "node:test";
import { World, member, party, settle, welcome } from "./world.mjs";

const loading = (more) => welcome({ you: 2, party: { members: [member(1), member(2, { state: "loading", by: "g1", ...more })] } });

async function arriving(options) {
  const world = new World();
  world.accept = (peer) => {
    peer.open();
    peer.send(loading());
  };
  const tab = await world.tab();
  const kit = await tab.start(options);
  return { world, tab, kit };
}

test("reports go out four times a second at most, the first at once and the last one always", async () => {
  const { world, kit } = await arriving();
  for (let i = 1; i <= 100; i++) {
    kit.updateInviteLoadingMessage("Downloading", { phase: "downloading", progress: i / 100 });
    await world.clock.advance(10);
  }
  await world.clock.advance(1000);
  const sent = world.peer.frames("loading").map((frame) => frame.progress);
  assert.deepEqual([sent[0], sent.at(-1)], [0.01, 1]);
  assert.ok(sent.length <= 6, `${sent}`);
});

test("a report is brought into its limits, never refused", async () => {
  const { world, kit } = await arriving();
  const send = async (...report) => {
    kit.updateInviteLoadingMessage(...report);
    await world.clock.advance(300);
    return world.peer.frames("loading").at(-1);
  };
  assert.deepEqual(await send("Hi"), { t: "loading", message: "Hi" });
  assert.deepEqual(await send("ü".repeat(200), { progress: 7 }), { t: "loading", message: "ü".repeat(127), progress: 1 });
  assert.deepEqual(await send("", { phase: "x".repeat(40), progress: -1 }), { t: "loading", message: "", phase: "x".repeat(31), progress: 0 });
  assert.deepEqual(await send("a", { progress: NaN }), { t: "loading", message: "a" });
});

test("a game that says nothing for 5 s is finalized", async () => {
  const { world, kit } = await arriving();
  await world.clock.advance(4999);
  assert.equal(kit.isInviteLoading(), true);
  assert.equal(world.peer.frames("finalize").length, 0);
  await world.clock.advance(1);
  assert.deepEqual(world.peer.frames("finalize"), [{ t: "finalize", success: true, id: 1 }]);
  assert.equal(kit.isInviteLoading(), false);
});

test("a game that has reported finalizes itself, as does one that said so", async () => {
  const { world, kit } = await arriving();
  await world.clock.advance(4000);
  kit.updateInviteLoadingMessage("Downloading");
  await world.clock.advance(600_000);
  assert.equal(world.peer.frames("finalize").length, 0);

  const manual = await arriving({ loading: "manual" });
  await manual.world.clock.advance(600_000);
  assert.equal(manual.world.peer.frames("finalize").length, 0);
});

test("only the first finalize counts", async () => {
  const { world, kit } = await arriving();
  const first = kit.finalizeInviteLoading(true);
  assert.equal(kit.isInviteLoading(), false);
  const second = kit.finalizeInviteLoading(false);
  await settle();
  assert.deepEqual(world.peer.frames("finalize"), [{ t: "finalize", success: true, id: 1 }]);
  world.peer.send({ t: "ok", id: 1 });
  await Promise.all([first, second]);
  kit.updateInviteLoadingMessage("too late");
  await world.clock.advance(10_000);
  assert.equal(world.peer.frames("loading").length, 0);
  assert.equal(world.peer.frames("finalize").length, 1);
});

test("a finalize that the server could not take may be made again", async () => {
  const { world, kit } = await arriving({ loading: "manual" });
  const refuse = (id) => world.peer.send({ t: "error", id, code: "unavailable", message: "Try again." });
  const first = kit.finalizeInviteLoading(true);
  await settle();
  refuse(1);
  await assert.rejects(first, { code: "unavailable" });
  assert.equal(kit.isInviteLoading(), true);
  const second = kit.finalizeInviteLoading(true);
  await settle();
  world.peer.send({ t: "ok", id: 2, seq: 7 });
  await second;
  assert.deepEqual(world.peer.frames("finalize").map(({ id }) => id), [1, 2]);
  assert.equal(kit.isInviteLoading(), false);
});

test("the SDK's own finalize is made again until the server takes it, and not after the end", async () => {
  const { world, kit } = await arriving();
  await world.clock.advance(5000);
  world.peer.send({ t: "error", id: 1, code: "unavailable", message: "Try again." });
  await world.clock.advance(5000);
  assert.deepEqual(world.peer.frames("finalize").map(({ id }) => id), [1, 2]);
  kit.close();
  await world.clock.advance(60_000);
  assert.deepEqual(world.clock.pending, []);
});

test("leaving before finalizing is finalizing with false, and afterwards it is leaving", async () => {
  const { world, kit } = await arriving();
  kit.leaveParty();
  await settle();
  assert.deepEqual(world.peer.received.slice(1), [{ t: "finalize", success: false, id: 1 }]);
  world.peer.send({ t: "party", reason: "failed", seq: 0, you: member(2), party: party({ id: "ptwo", members: [member(2)] }) });
  world.peer.send({ t: "ok", id: 1 });
  kit.leaveParty();
  await settle();
  assert.deepEqual(world.peer.received.slice(2), [{ t: "leave", id: 2 }]);
});

test("without an invite there is nothing to finalize", async () => {
  const world = new World();
  const kit = await (await world.tab()).start();
  assert.equal(kit.isInviteLoading(), false);
  await kit.finalizeInviteLoading(true);
  kit.updateInviteLoadingMessage("x");
  await world.clock.advance(10_000);
  assert.deepEqual(world.peer.received.slice(1), []);
});

test("the newest report is said again after a reconnect, and the 5 s do not begin anew", async () => {
  const { world, kit } = await arriving();
  kit.updateInviteLoadingMessage("Downloading", { progress: 0.5 });
  world.accept = (peer) => {
    peer.open();
    peer.send(loading({ presence: "connected" }));
  };
  world.peer.close(1006);
  kit.updateInviteLoadingMessage("Downloading", { progress: 0.6 });
  await world.clock.advance(20_000);
  assert.deepEqual(world.peer.frames("loading").map((frame) => frame.progress), [0.6]);
  assert.equal(world.peer.frames("finalize").length, 0);
});

test("the next invite is one of its own", async () => {
  const { world, kit } = await arriving();
  kit.finalizeInviteLoading(true);
  await settle();
  world.peer.send({ t: "ok", id: 1 });
  world.peer.send({ t: "event", seq: 41, rev: 2, at: 0, events: [{ type: "finalized", n: 2 }] });
  world.peer.send({ t: "party", reason: "joined", seq: 50, you: member(2), party: party({ id: "ptwo", members: [member(1), member(2, { state: "loading" })] }) });
  assert.equal(kit.isInviteLoading(), true);
  await world.clock.advance(5000);
  assert.equal(world.peer.frames("finalize").length, 2);
});

test("the server ends loading as well", async () => {
  const { world, kit } = await arriving();
  world.peer.send({ t: "party", reason: "timeout", seq: 0, you: member(2), party: party({ id: "ptwo", members: [member(2)] }) });
  assert.equal(kit.isInviteLoading(), false);
  await world.clock.advance(10_000);
  assert.equal(world.peer.frames("finalize").length, 0);
});
