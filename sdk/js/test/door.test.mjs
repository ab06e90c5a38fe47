// Both sides of a party's door: waiting and asking there, and letting in.
import assert from "node:assert/strict";
import { test } from "node:test";
import { World, member, party, plain, settle, welcome } from "./world.mjs";

const ask = { n: 5, name: "WildIbex", face: 5, since: 1, invite: "i1" };

async function running(more = {}, options = {}) {
  const world = new World();
  world.accept = (peer) => {
    peer.open();
    peer.send(welcome({ party: { members: [member(1), member(2)] }, ...more }));
  };
  const tab = await world.tab();
  const kit = await tab.start(options);
  let seq = 10;
  const event = (...events) => world.peer.send({ t: "event", seq: ++seq, rev: seq, at: 0, events });
  return { world, tab, kit, event };
}

test("who waits is told how it goes, and takes the seat", async () => {
  const { world, kit } = await running();
  const told = [];
  kit.on("door", (door) => told.push(door));
  const waiting = kit.waitInLine("0k3m9x7q2hd5tw8ce4");
  world.peer.send({ t: "ok", id: 1, seq: 10 });
  await waiting;
  world.peer.send({ t: "door", problem: "full", line: 3, you: { name: "FriendlyAlpaca", face: 1, stage: "line", place: 2 } });
  world.peer.send({ t: "door", you: { stage: "offered", until: 99 } });
  world.peer.send({ t: "door", problem: "full", you: { stage: "pressed", problem: "rate_limited" } });
  await settle();
  assert.deepEqual(plain(told), [
    { stage: "line", line: 3, canAsk: false, problem: "full", place: 2 },
    { stage: "offered", line: 0, canAsk: false, until: 99 },
    { stage: "closed", line: 0, canAsk: false, problem: "rate_limited" },
  ]);
  told[1].join();
  assert.deepEqual(world.peer.received.at(-1), { t: "join", code: "0k3m9x7q2hd5tw8ce4", id: 2 });
});

test("a lost connection takes up the place again, but not one that was left, or a question that was answered", async () => {
  const { world, kit } = await running();
  const reconnect = async () => {
    world.peer.close(1006);
    await world.clock.advance(1000);
    await settle();
    return world.peer.received.filter(({ t }) => t === "wait" || t === "ask").map(({ id, ...frame }) => frame);
  };
  kit.waitInLine("0k3m9x7q2hd5tw8ce4").catch(() => {});
  world.peer.send({ t: "ok", id: 1, seq: 10 });
  await settle();
  assert.deepEqual(await reconnect(), [{ t: "wait", code: "0k3m9x7q2hd5tw8ce4" }]);
  const left = kit.leaveLine();
  world.peer.received.filter(({ t }) => t === "wait").forEach(({ id }) => world.peer.send({ t: "ok", id, seq: 10 }));
  await left;
  assert.deepEqual(await reconnect(), []);

  kit.askToJoin("0k3m9x7q2hd5tw8ce4").catch(() => {});
  world.peer.send({ t: "ok", id: world.peer.received.at(-1).id, seq: 10 });
  world.peer.send({ t: "door", you: { stage: "gone", reason: "declined" } });
  await settle();
  assert.deepEqual(await reconnect(), []);
});

test("what is refused at the door is not tried again, nor what is behind who has moved", async () => {
  const { world, kit } = await running();
  const refused = kit.waitInLine("0k3m9x7q2hd5tw8ce4");
  world.peer.send({ t: "error", id: 1, code: "not_found", message: "" });
  await assert.rejects(refused, { code: "not_found" });
  kit.waitInLine("0k3m9x7q2hd5tw8ce4");
  world.peer.send({ t: "ok", id: 2, seq: 10 });
  world.peer.send({ t: "party", reason: "joined", seq: 0, you: member(1), party: party({ id: "ptwo" }) });
  await settle();
  const told = [];
  kit.on("door", (door) => told.push(door));
  world.peer.send({ t: "door", you: { stage: "line", place: 1 } }); // was on its way
  world.peer.close(1006);
  await world.clock.advance(1000);
  assert.deepEqual(told, []);
  assert.equal(world.peer.frames("wait").length, 0);
});

test("who asks is told once, also to who listens later, and answered", async () => {
  const { world, kit, event } = await running({ party: { asks: [ask] } });
  const names = [];
  let question;
  kit.on("ask", (asked) => {
    names.push(asked.name);
    question = asked;
  });
  event({ type: "asked", ask: { ...ask, n: 6, name: "KindLynx" } });
  event({ type: "data", data: { level: 2 }, revision: 1 });
  assert.deepEqual(names, ["WildIbex", "KindLynx"]);
  const done = question.decline();
  assert.deepEqual(world.peer.received.at(-1), { t: "admit", n: 6, yes: false, id: 1 });
  world.peer.send({ t: "ok", id: 1, seq: 12 });
  assert.equal(await done, undefined);
});

test("who may not invite is not asked, until it leads", async () => {
  const { kit, event } = await running({ party: { members: [member(1), member(2)], leader: "g2", inviters: "leader", asks: [ask] } });
  const names = [];
  kit.on("ask", ({ name }) => names.push(name));
  assert.deepEqual(names, []);
  event({ type: "leader", leader: "g1", reason: "left" });
  assert.deepEqual(names, ["WildIbex"]);
});

test("a seat that is offered is nobody on the way in, until it is taken", async () => {
  const { kit, event } = await running();
  const seen = [];
  kit.on("loading", ({ state, n }) => seen.push(`${state} ${n}`));
  const seat = { n: 5, name: "WildIbex", face: 5, invite: "i1", by: "g1", since: 1 };
  event({ type: "held", seat: { ...seat, offer: 9 } });
  assert.deepEqual(seen, []);
  assert.deepEqual(plain(kit.party.arriving), { count: 0 });
  event({ type: "held", seat });
  assert.deepEqual(seen, ["opening 5"]);
  event({ type: "joined", member: member(3, { state: "loading", loading: { progress: 0.5, seconds: 12 } }) });
  assert.deepEqual(plain(kit.party.arriving), { count: 2, seconds: 12 });
});

test("hello says what the game is, and the invite brings what its maker gave", async () => {
  const { world, kit } = await running({ payload: { door: "east" }, party: { members: [member(1, { state: "loading" }), member(2)] } }, { has: { version: "1.4" } });
  assert.deepEqual(world.peer.received[0].has, { version: "1.4" });
  assert.deepEqual(plain(kit.invitePayload), { door: "east" });
  assert.ok(Object.isFrozen(kit.invitePayload));
  world.peer.send({ t: "event", seq: 11, rev: 2, events: [{ type: "finalized", n: 1 }] });
  assert.equal(kit.invitePayload, undefined);
});

test("who is blocked neither asks nor shows as coming, from inside the game", async () => {
  const held = { n: 6, player: "g6", name: "KindLynx", face: 6, since: 1, by: "g1" };
  const { kit, event } = await running();
  const asked = [];
  kit.on("ask", ({ n }) => asked.push(n));
  await kit.mute("g5", "block");
  await kit.mute("g6", "block");
  event({ type: "asked", ask: { ...ask, player: "g5" } }, { type: "held", seat: held });
  assert.deepEqual([asked, kit.party.asks.length, kit.party.held[0].quiet, kit.party.arriving.count], [[], 0, "block", 0]);
  event({ type: "asked", ask: { ...ask, n: 7 } }); // from an invite page: nobody knows who
  assert.deepEqual(asked, [7]);
  await kit.mute("g5", null);
  await kit.mute("g6", null);
  assert.deepEqual([asked, kit.party.asks.length, kit.party.arriving.count], [[7, 5], 2, 1]);
});
