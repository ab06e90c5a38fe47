// A lost connection, and everything taken up again after it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { World, member, settle, welcome } from "./world.mjs";

const resumed = (more) => ({ t: "resumed", session: "s1", resume: "r2", epoch: "e1", seq: 42, applied: { command: 0, message: 0 }, ...more });
const event = (seq, ...events) => ({ t: "event", seq, rev: seq, at: 0, events });

async function connected(options) {
  const world = new World();
  const tab = await world.tab();
  const kit = await tab.start(options);
  return { world, tab, kit };
}

test("a lost connection is taken up at once, with the newest resume token, after the last sequence seen", async () => {
  const { world, kit } = await connected();
  world.peer.send(event(41, { type: "data", data: { level: "ruins" }, revision: 1 }));
  await world.clock.advance(5000);
  const states = [];
  kit.on("connection", (state) => states.push(state));
  world.accept = (peer) => {
    peer.open();
    peer.send(resumed());
    peer.send(event(43, { type: "renamed", n: 1, name: "Ada" }));
  };
  world.peer.close(1006);
  await settle();
  await world.clock.advance(0);

  assert.deepEqual(states, ["connected", "reconnecting", "connected"]);
  const [hello] = world.peer.received;
  assert.deepEqual(hello.resume, { session: "s1", token: "r1", epoch: "e1", seq: 41 });
  assert.equal(hello.token, "guest-token");
  assert.equal(hello.party, "pone");
  assert.equal(kit.party.members[0].name, "Ada");

  await world.clock.advance(5000);
  world.peer.close(4000);
  await world.clock.advance(0);
  assert.deepEqual(world.peer.received[0].resume, { session: "s1", token: "r2", epoch: "e1", seq: 43 });
});

test("what was seen already is not applied again", async () => {
  const { world, kit } = await connected();
  const seen = [];
  kit.on("member", ({ change }) => seen.push(change));
  world.peer.send(event(41, { type: "joined", member: member(2) }));
  world.peer.send(event(41, { type: "joined", member: member(2) }));
  assert.deepEqual(seen, ["joined"]);
  assert.equal(kit.party.members.length, 2);
});

test("unanswered commands and messages go out again with their old ids in their old order", async () => {
  const { world, kit } = await connected();
  const answers = [];
  kit.rename("Ada").then((name) => answers.push(name));
  kit.send("one").then(() => answers.push("one"));
  kit.patchPartyData({ a: 1 }).then(() => answers.push("data"));
  kit.send("two").then(() => answers.push("two"));
  await settle();
  world.peer.send({ t: "ok", id: 1, seq: 11, name: "Ada 2" });
  world.peer.send(new Uint8Array([3, 1, 12]));
  await settle();
  assert.deepEqual(answers, ["Ada 2", "one"]);
  const before = world.peer.received.slice(1);
  assert.deepEqual(before.map((frame) => frame.t ?? frame[2]), ["rename", 1, "data", 2]);

  world.accept = (peer) => {
    peer.open();
    peer.send(resumed({ applied: { command: 2, message: 1 } }));
  };
  world.peer.close(1006);
  await world.clock.advance(1000);
  const again = world.peer.received.slice(1);
  assert.deepEqual(again, [before[2], before[3]]);
  assert.equal(again[0].id, 2);

  kit.leaveParty();
  await settle();
  assert.equal(world.peer.frames("leave")[0].id, 3);
});

test("requests made while there is no connection wait for it", async () => {
  const { world, kit } = await connected();
  world.accept = () => {};
  world.peer.close(1006);
  await world.clock.advance(0);
  const renamed = kit.rename("Ada");
  kit.send("one");
  kit.send("fast", { reliable: false });
  await settle();
  assert.deepEqual(world.peer.received, []);
  world.peer.open();
  world.peer.send(resumed());
  await settle();
  assert.deepEqual(world.peer.received.slice(1).map((frame) => frame.t ?? frame[0]), ["rename", 2]);
  world.peer.send({ t: "ok", id: 1, name: "Ada" });
  assert.equal(await renamed, "Ada");
});

test("a message keeps its bytes while the game uses its buffer again", async () => {
  const { world, kit } = await connected();
  const buffer = new Uint8Array([1, 2, 3]);
  kit.send(buffer);
  await settle();
  const [sent] = world.peer.binary;
  assert.deepEqual(sent.slice(-3), [1, 2, 3]);
  world.accept = () => {};
  world.peer.close(1006);
  await world.clock.advance(1000);
  buffer.fill(4);
  kit.send(buffer);
  buffer.fill(9);
  world.peer.open();
  world.peer.send(resumed());
  await settle();
  assert.deepEqual(world.peer.binary, [sent, [...sent.slice(0, 2), 2, 0, 4, 4, 4]]);
});

test("at most 16 commands wait for an answer, the others wait their turn", async () => {
  const { world, kit } = await connected();
  for (let i = 0; i < 20; i++) kit.rename(`n${i}`).catch(() => {});
  await settle();
  assert.equal(world.peer.frames("rename").length, 16);
  world.peer.send({ t: "ok", id: 1, name: "n0" });
  world.peer.send({ t: "error", id: 2, code: "bad_name", message: "" });
  await settle();
  assert.deepEqual(world.peer.frames("rename").map((frame) => frame.name), Array.from({ length: 18 }, (_, i) => `n${i}`));
});

test("an answer belongs to its own request, whatever came first", async () => {
  const { world, kit } = await connected();
  const first = kit.rename("a");
  const second = kit.rename("b");
  await settle();
  world.peer.send({ t: "error", id: 2, code: "rate_limited", message: "Wait.", retryAfter: 1.5 });
  world.peer.send({ t: "ok", id: 1, name: "a" });
  assert.equal(await first, "a");
  await assert.rejects(second, { code: "rate_limited", retryAfter: 1.5 });
});

test("a session that is gone: commands are asked anew, messages are told", async () => {
  const { world, kit } = await connected();
  const renamed = kit.rename("Ada");
  const message = kit.send("hi");
  message.catch(() => {});
  const gaps = [];
  kit.on("gap", (party) => gaps.push(party.id));
  world.accept = (peer) => {
    peer.open();
    peer.send(welcome({ session: "s2", resume: "r9", gap: true, seq: 99 }));
  };
  world.peer.close(1006);
  await world.clock.advance(1000);
  assert.deepEqual(world.peer.frames("rename"), [{ t: "rename", name: "Ada", id: 1 }]);
  assert.deepEqual(world.peer.binary, []);
  await assert.rejects(message, { code: "unavailable" });
  assert.deepEqual(gaps, ["pone"]);
  world.peer.send({ t: "ok", id: 1, name: "Ada" });
  assert.equal(await renamed, "Ada");
  kit.send("again");
  await settle();
  assert.equal(world.peer.binary[0][2], 1);
});

test("a player that was away for too long is told that it lost its party", async () => {
  const { world, kit } = await connected();
  const moves = [];
  kit.on("party", (party, reason) => reason && moves.push([party.id, reason]));
  world.accept = (peer) => {
    peer.open();
    peer.send(welcome({ session: "s2", lost: true, party: { id: "ptwo" } }));
  };
  world.peer.close(1006);
  await world.clock.advance(1000);
  assert.deepEqual(moves, [["ptwo", "lost"]]);
});

for (const [code, name] of [[4200, "replaced"], [4203, "protocol"], [4242, "closed"]]) {
  test(`${code} is final: ${name}`, async () => {
    const { world, kit } = await connected();
    const seen = [];
    kit.on("connection", (state) => seen.push(state));
    kit.on("error", (error) => seen.push(error.code));
    const waiting = kit.rename("Ada");
    waiting.catch(() => {});
    world.peer.close(code);
    await world.clock.advance(60_000);
    assert.deepEqual(seen, ["connected", "closed", name]);
    assert.equal(world.peers.length, 1);
    await assert.rejects(waiting, { code: name });
    await assert.rejects(kit.rename("Bob"), { code: "closed" });
  });
}

test("without a listener a final error is said on the console", async () => {
  const { world } = await connected();
  world.peer.close(4200);
  await settle();
  assert.equal(world.warnings.length, 1);
  assert.match(world.warnings[0], /^PartyKit: replaced: /);
});

test("pauses grow, and are cut short when the network comes back", async () => {
  const { world, tab } = await connected();
  await world.clock.advance(5000);
  world.accept = (peer) => peer.close(1006);
  world.random = 0.999;
  world.peer.close(1006);
  await world.clock.advance(1800); // 0, 0.25, 0.5 and 1 s
  assert.equal(world.peers.length, 5);
  await world.clock.advance(60_000);
  const before = world.peers.length;
  assert.ok(before < 14, `${before} tries in a minute`);
  tab.event("online");
  await settle();
  assert.equal(world.peers.length, before + 1);
});

test("an outage that has a reason which does not pass ends it", async () => {
  const { world, kit } = await connected();
  const errors = [];
  kit.on("error", (error) => errors.push(error.code));
  world.fetch = async () => ({ status: 403, json: async () => ({ code: "kit_not_activated", detail: "…" }) });
  world.accept = (peer) => peer.close(1006);
  world.peer.close(1006);
  await world.clock.advance(30_000);
  assert.deepEqual(errors, ["kit_not_activated"]);
  assert.equal(kit.connection, "closed");
});

test("an outage that passes is waited out", async () => {
  const { world, kit } = await connected();
  world.fetch = async () => ({ status: 429, json: async () => ({ code: "rate_limited", detail: "…" }) });
  world.accept = (peer) => peer.close(1006);
  world.peer.close(1006);
  await world.clock.advance(120_000);
  assert.equal(kit.connection, "reconnecting");
  world.accept = (peer) => {
    peer.open();
    peer.send(resumed());
  };
  await world.clock.advance(20_000);
  assert.equal(kit.connection, "connected");
});

test("a ping goes out every 25 s, and silence for 10 s after it is a lost connection", async () => {
  const { world, kit } = await connected();
  await world.clock.advance(24_999);
  assert.equal(world.peer.frames("ping").length, 0);
  await world.clock.advance(1);
  assert.deepEqual(world.peer.frames("ping"), [{ t: "ping" }]);
  world.peer.send({ t: "pong" });
  await world.clock.advance(25_000);
  assert.equal(world.peer.frames("ping").length, 2);
  world.accept = () => {};
  await world.clock.advance(9_999);
  assert.equal(kit.connection, "connected");
  await world.clock.advance(1);
  assert.equal(kit.connection, "reconnecting");
  assert.equal(world.peers.length, 2);
  assert.equal(world.peers[0].closed, true);
});

test("a client that only listens still pings", async () => {
  const { world } = await connected();
  for (let i = 0; i < 60; i++) {
    await world.clock.advance(1000);
    world.peer.send({ t: "status", n: 1, presence: "connected" });
  }
  assert.equal(world.peer.frames("ping").length, 2);
});

test("a server that never answers the hello is given up after 15 s", async () => {
  const { world } = await connected();
  world.accept = (peer) => peer.open();
  world.peer.close(1006);
  await world.clock.advance(15_500);
  assert.equal(world.peers.length, 3);
});

test("close ends it for good and lets go of the slot", async () => {
  const { world, tab, kit } = await connected();
  const waiting = kit.rename("Ada");
  waiting.catch(() => {});
  kit.close();
  assert.equal(kit.connection, "closed");
  assert.equal(world.peer.closed, true);
  await assert.rejects(waiting, { code: "closed" });
  assert.deepEqual(world.clock.pending, []);
  assert.deepEqual(world.warnings, []);
  const key = world.peer.received[0].key;
  await tab.start();
  assert.equal(world.peer.received[0].key, key);
});

test("what close has told its callers is not done after the next start", async () => {
  const { world, tab, kit } = await connected();
  const calls = [kit.leaveParty(), kit.send("hi"), kit.updatePartyData({ level: 2 }), kit.updatePartyData({ level: 3 }), kit.updateInviteLandingPageInfo([{ id: "title", label: "", value: "Two" }])];
  const told = calls.map((call) => call.then(() => "done", ({ code }) => code));
  await settle();
  assert.equal(world.peer.received.length, 6); // they wait for their answers
  kit.close();
  assert.deepEqual(await Promise.all(told), ["closed", "closed", "closed", "closed", "closed"]);
  const again = await tab.start();
  const [hello, ...rest] = world.peer.received;
  assert.equal(hello.resume.session, "s1");
  assert.deepEqual([hello.own, rest], [{}, []]);
  again.rename("Ada").catch(() => {});
  again.send("there").catch(() => {});
  await settle();
  assert.deepEqual(world.peer.frames("rename").map(({ id }) => id), [5]); // no number is used twice
  assert.equal(world.peer.binary[0][2], 2);
});

test("what a page before asked is still done after a start in vain", async () => {
  const { world, tab, kit } = await connected();
  kit.rename("Ada").catch(() => {});
  await settle();
  const [, sent] = world.peer.received;
  tab.close();
  const { accept } = world;
  world.accept = (peer) => peer.close(1006);
  const next = await world.tab({ session: tab.session });
  const vain = assert.rejects(next.PartyKit.start({ game: "demo", overlay: false }), { code: "unavailable" });
  await world.clock.advance(10_000);
  await vain;
  next.close();
  world.accept = accept;
  await (await world.tab({ session: tab.session })).start();
  assert.deepEqual(world.peer.received.slice(1), [sent]);
});
