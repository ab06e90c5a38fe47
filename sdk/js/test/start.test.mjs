import assert from "node:assert/strict";
import { test } from "node:test";
import { World, member, plain, welcome } from "./world.mjs";

test("the first hello carries a key of 128 bits that was stored before, and no token", async () => {
  const world = new World();
  let stored;
  world.accept = (peer) => {
    stored = JSON.parse(world.local.getItem("partykit:party.example:demo:0"));
    peer.open();
    peer.send(welcome());
  };
  const tab = await world.tab({ url: "https://game.example/play?a=1#level=2" });
  const kit = await tab.start({ name: "Ada" });

  const [hello] = world.peer.received;
  assert.equal(world.peer.url, "wss://party.example/connect?game=demo");
  assert.match(hello.key, /^[0-9a-f]{32}$/);
  assert.equal(stored.key, hello.key);
  assert.deepEqual(
    { ...hello, key: "" },
    { t: "hello", v: 1, key: "", name: "Ada", own: {}, sdk: "js/test", page: "https://game.example/play?a=1" },
  );
  assert.deepEqual(plain(kit.player), { id: "g1", name: "FriendlyAlpaca", n: 1 });
  assert.equal(kit.connection, "connected");
});

test("the snapshot is frozen to the bottom and says who is oneself and who leads", async () => {
  const world = new World();
  world.accept = (peer) => {
    peer.open();
    peer.send(welcome({ you: 2, party: { members: [member(1), member(2)], data: { list: [{ deep: 1 }] } } }));
  };
  const kit = await (await world.tab()).start();

  assert.deepEqual(
    plain(kit.party.members.map(({ n, self, leader }) => ({ n, self, leader }))),
    [
      { n: 1, self: false, leader: true },
      { n: 2, self: true, leader: false },
    ],
  );
  assert.ok(Object.isFrozen(kit.party.data.list[0]));
  assert.ok(Object.isFrozen(kit.party.members[0]));
});

test("state events call back at once, others do not, and a listener can be ended", async () => {
  const world = new World();
  world.accept = (peer) => {
    peer.open();
    peer.send(welcome({ party: { data: { level: "meadow" } } }));
  };
  const kit = await (await world.tab()).start();
  const seen = [];
  const off = kit.on("partyData", (data) => seen.push(data.level));
  kit.on("party", (party) => seen.push(party.id));
  kit.on("connection", (state) => seen.push(state));
  kit.on("leader", () => seen.push("leader"));
  assert.deepEqual(seen, ["meadow", "pone", "connected"]);

  off();
  world.peer.send({ t: "event", seq: 11, rev: 2, at: 0, events: [{ type: "data", data: { level: "ruins" }, revision: 1 }] });
  assert.deepEqual(seen, ["meadow", "pone", "connected", "pone"]);
  assert.equal(kit.getPartyData().level, "ruins");
});

test("a refused hello rejects start with the server's code, sentence and page", async () => {
  const world = new World();
  world.accept = (peer) => {
    peer.open();
    peer.send({ t: "error", code: "bad_name", message: "Choose another.", docs: "https://party.example/docs/errors#bad_name" });
    peer.close(4201);
  };
  const tab = await world.tab();
  await assert.rejects(tab.start(), {
    name: "PartyKitError",
    code: "bad_name",
    message: "Choose another.",
    docs: "https://party.example/docs/errors#bad_name",
  });
  await world.clock.advance(60_000);
  assert.equal(world.peers.length, 1);
});

test("a refused upgrade is explained by the connect address", async () => {
  const world = new World();
  const asked = [];
  world.accept = (peer) => peer.close(1006);
  world.fetch = async (url) => {
    asked.push(url);
    return { status: 403, json: async () => ({ code: "origin_not_allowed", detail: "Add it with: partykit game set." }) };
  };
  const tab = await world.tab();
  await assert.rejects(tab.start(), { code: "origin_not_allowed", message: "Add it with: partykit game set." });
  assert.deepEqual(asked, ["https://party.example/connect?game=demo"]);
});

test("a server that is not there is tried five times within some seconds", async () => {
  const world = new World();
  world.accept = (peer) => peer.close(1006);
  const tab = await world.tab();
  const began = world.clock.now;
  await assert.rejects(world.run(tab.PartyKit.start({ game: "demo" }), 20_000), { code: "unavailable" });
  assert.equal(world.peers.length, 5);
  assert.ok(world.clock.now - began < 10_000);
});

test("a server that welcomes WebSockets again is reached by a later try", async () => {
  const world = new World();
  let tries = 0;
  world.fetch = async () => ({ status: 426 });
  world.accept = (peer) => {
    if (++tries < 3) return peer.close(1006);
    peer.open();
    peer.send(welcome());
  };
  const kit = await (await world.tab()).start();
  assert.equal(kit.connection, "connected");
});

test("start refuses what is no game and what is no server", async () => {
  const world = new World();
  const tab = await world.tab();
  await assert.rejects(tab.start({ game: "My Game" }), { code: "bad_request" });
  await assert.rejects(tab.start({ game: undefined }), { code: "bad_request" });
  await assert.rejects(tab.start({ server: "javascript:alert(1)" }), { code: "bad_request" });
  assert.equal(world.peers.length, 0);
});

test("a token that is not valid any more is dropped, and the guest begins anew", async () => {
  const world = new World();
  world.local.setItem(
    "partykit:party.example:demo:0",
    JSON.stringify({ key: "0123456789abcdef0123456789abcdef", token: "old", resume: { session: "s", token: "t", epoch: "e" } }),
  );
  world.accept = (peer) => {
    peer.open();
    if (peer.received[0].token) {
      peer.send({ t: "error", code: "unauthorized", message: "…" });
      peer.close(4201);
    } else peer.send(welcome());
  };
  const kit = await (await world.tab()).start();
  assert.equal(kit.connection, "connected");
  assert.equal(world.peers.length, 2);
  assert.equal(world.peer.received[0].key, "0123456789abcdef0123456789abcdef");
  assert.equal(world.peer.received[0].resume, undefined);
});

test("a throwing listener disturbs nobody", async () => {
  const world = new World();
  const kit = await (await world.tab()).start();
  const seen = [];
  kit.on("leader", () => {
    throw new Error("the game's own");
  });
  kit.on("leader", ({ reason }) => seen.push(reason));
  world.peer.send({ t: "event", seq: 11, rev: 2, at: 0, events: [{ type: "leader", leader: "", reason: "left" }] });
  assert.deepEqual(seen, ["left"]);
  assert.equal(world.thrown[0].message, "the game's own");
});
