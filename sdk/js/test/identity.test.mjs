// Players whom the game names: in every hello, while playing, and to its servers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { World, member, party, plain, settle, welcome } from "./world.mjs";

const two = { members: [member(1), member(2)] };
const ada = { you: { id: "uada", name: "Ada", n: 1 }, party: party({ leader: "uada", members: [member(1, { id: "uada", name: "Ada" }), member(2)] }) };

function worldOf(more = {}) {
  const world = new World();
  world.accept = (peer) => {
    peer.open();
    peer.send({ ...welcome({ party: two }), ...more });
  };
  return world;
}

const hello = (world) => world.peer.received[0];

test("a token names the player in every hello, beside the guest it was", async () => {
  const world = worldOf({ ...ada, token: "" });
  const kit = await (await world.tab()).start({ identity: "jwt" });
  assert.equal(hello(world).identity, "jwt");
  assert.match(hello(world).key, /^[0-9a-f]{32}$/);
  assert.deepEqual(plain(kit.player), { id: "uada", name: "Ada", n: 1 });
  world.peer.close(1006);
  await world.clock.advance(1000);
  assert.equal(world.peers.length, 2);
  assert.equal(hello(world).identity, "jwt");
});

test("a guest says no identity, also when the game's function gives none", async () => {
  const world = worldOf();
  await (await world.tab()).start();
  assert.ok(!("identity" in hello(world)));
  await (await world.tab()).start({ identity: async () => undefined });
  assert.ok(!("identity" in hello(world)));
});

test("a function is asked anew for each connection", async () => {
  const world = worldOf();
  let asked = 0;
  await (await world.tab()).start({ identity: async () => `jwt${++asked}` });
  assert.equal(hello(world).identity, "jwt1");
  world.peer.close(1006);
  await world.clock.advance(1000);
  assert.equal(hello(world).identity, "jwt2");
  assert.equal(hello(world).resume.session, "s1");
});

test("there is no connection before the function has answered, and none after a close meanwhile", async () => {
  const world = worldOf();
  let answer;
  const starting = (await world.tab()).start({ identity: () => new Promise((resolve) => (answer = resolve)) });
  await settle();
  assert.equal(world.peers.length, 0);
  answer("jwt");
  const kit = await starting;
  world.peer.close(1006);
  await settle();
  assert.equal(kit.connection, "reconnecting");
  kit.close();
  answer("jwt");
  await world.clock.advance(60_000);
  assert.equal(world.peers.length, 1);
});

test("a start fails with what the function throws, after its tries", async () => {
  const world = worldOf();
  let asked = 0;
  const tab = await world.tab();
  const failing = () => {
    asked++;
    throw new Error("not logged in");
  };
  await assert.rejects(world.run(tab.PartyKit.start({ game: "demo", overlay: false, identity: failing }), 60_000), /not logged in/);
  assert.equal(asked, 5);
  assert.equal(world.peers.length, 0);
});

test("a reconnect outlasts a function that fails, with growing pauses", async () => {
  const world = worldOf();
  let fails = false;
  let asked = 0;
  const kit = await (await world.tab()).start({
    async identity() {
      asked++;
      if (fails) throw new Error("offline");
      return "jwt";
    },
  });
  fails = true;
  await world.clock.advance(2000);
  world.peer.close(1006);
  await world.clock.advance(60_000);
  assert.ok(asked > 3 && asked < 20, `${asked} tries in a minute`);
  assert.equal(kit.connection, "reconnecting");
  fails = false;
  await world.clock.advance(20_000);
  assert.equal(kit.connection, "connected");
});

test("a token that is refused ends the kit with the reason, and no guest is forgotten for it", async () => {
  const world = worldOf();
  const tab = await world.tab();
  await tab.start();
  tab.close();
  world.accept = (peer) => {
    peer.open();
    peer.send({ t: "error", code: "unauthorized", message: "It has expired." });
    peer.close(4201);
  };
  const again = await world.tab({ session: tab.session });
  await assert.rejects(world.run(again.PartyKit.start({ game: "demo", overlay: false, identity: "old" })), { code: "unauthorized", message: "It has expired." });
  assert.equal(world.peers.length, 2);
  again.close();
  world.accept = worldOf().accept;
  await (await world.tab({ session: tab.session })).start();
  assert.equal(hello(world).token, "guest-token");
});

test("the empty token of a named player is not stored", async () => {
  const world = worldOf({ token: "" });
  const tab = await world.tab();
  await tab.start({ identity: "jwt" });
  tab.close();
  await (await world.tab({ session: tab.session })).start();
  assert.ok(!("token" in hello(world)));
});

test("a guest that logs in becomes the player, now and in every later hello", async () => {
  const world = worldOf();
  const kit = await (await world.tab()).start();
  const told = [];
  kit.on("leader", ({ leader }) => told.push(["leader", leader.id]));
  kit.on("member", ({ change, member }) => told.push([change, member.name]));
  kit.on("party", (_, reason) => reason && told.push(["party", reason]));
  world.peer.answer = (frame) => {
    if (frame.t !== "identify") return;
    world.peer.send({ t: "event", seq: 11, rev: 2, at: 0, events: [{ type: "identified", n: 1, id: "uada" }, { type: "renamed", n: 1, name: "Ada" }] });
    world.peer.send({ t: "party", reason: "identified", seq: 11, ...ada });
    world.peer.send({ t: "ok", id: frame.id, seq: 11, you: ada.you });
  };
  let asked = 0;
  await kit.identify(() => `jwt${++asked}`);
  assert.deepEqual(world.peer.frames("identify"), [{ t: "identify", id: 1, token: "jwt1" }]);
  assert.deepEqual(plain(kit.player), { id: "uada", name: "Ada", n: 1 });
  assert.ok(kit.party.members[0].self && kit.party.members[0].leader);
  assert.deepEqual(told, [["renamed", "Ada"], ["party", "identified"]], "the crown is where it was");
  world.peer.close(1006);
  await world.clock.advance(1000);
  assert.equal(hello(world).identity, "jwt2");
});

test("who is among others elsewhere is asked first, and stays who it is until then", async () => {
  const world = worldOf();
  const kit = await (await world.tab()).start();
  world.peer.answer = ({ t, id, confirm }) => {
    if (t !== "identify") return;
    if (confirm) world.peer.send({ t: "ok", id, seq: 0, you: ada.you });
    else world.peer.send({ t: "error", id, code: "confirm_required", message: "Ask.", invite: { from: "Bob", game: "demo", size: 3 } });
  };
  await assert.rejects(kit.identify("jwt"), (error) => {
    assert.deepEqual(plain([error.code, error.invite]), ["confirm_required", { from: "Bob", game: "demo", size: 3 }]);
    return true;
  });
  world.peer.close(1006);
  await world.clock.advance(1000);
  assert.ok(!("identity" in hello(world)));
  world.peer.answer = world.peers[0].answer;
  await kit.identify("jwt", { confirm: true });
  assert.deepEqual(world.peer.frames("identify").map(({ confirm }) => confirm), [true]);
});

test("a connection that is lost before the answer comes back as the player", async () => {
  const world = worldOf();
  const kit = await (await world.tab()).start();
  kit.identify("jwt").catch(() => {});
  await settle();
  world.peer.close(1006);
  await world.clock.advance(1000);
  assert.equal(hello(world).identity, "jwt");
});

test("the game's token is not stored", async () => {
  const world = worldOf();
  const kit = await (await world.tab()).start({ identity: () => "jwt-a" });
  kit.identify("jwt-b").catch(() => {});
  kit.rename("Ada").catch(() => {});
  await settle();
  const stored = [...world.local.values.values()].join();
  assert.match(stored, /"rename"/);
  assert.doesNotMatch(stored, /jwt-/);
});

test("another's login disturbs nothing of a player that came by a link", async () => {
  const loading = [member(1, { state: "loading" }), member(2)];
  const world = worldOf({ party: party({ leader: "g2", members: loading }) });
  const kit = await (await world.tab({ url: "https://game.example/#partykit=abcdefghijklmnop" })).start({ loading: "manual" });
  const told = [];
  kit.on("invite", ({ kind }) => told.push(kind));
  kit.updatePartyData({ level: 2 }).catch(() => {});
  await settle();
  world.peer.send({ t: "event", seq: 11, rev: 2, at: 0, events: [{ type: "identified", n: 2, id: "ubob" }] });
  world.peer.send({
    t: "party",
    reason: "identified",
    seq: 11,
    you: { id: "g1", name: "FriendlyAlpaca", n: 1 },
    party: party({ leader: "ubob", members: [loading[0], member(2, { id: "ubob" })] }),
  });
  await world.clock.advance(1000);
  assert.deepEqual(told, ["joined"]);
  assert.ok(kit.isInviteLoading());
  world.peer.close(1006);
  await world.clock.advance(1000);
  assert.deepEqual(hello(world).own, { data: { level: 2 } });
});

test("identify needs a token", async () => {
  const kit = await (await worldOf().tab()).start();
  await assert.rejects(kit.identify(() => undefined), { code: "bad_request" });
});

test("the game's servers know the player by a token", async () => {
  const world = worldOf();
  const kit = await (await world.tab()).start();
  world.peer.answer = ({ id, t }) => t === "token" && world.peer.send({ t: "ok", id, seq: 0, token: "eyJ", until: 1_700_000_600_000 });
  assert.deepEqual(plain(await kit.getToken()), { token: "eyJ", until: 1_700_000_600_000 });
});

test("who is muted stays so when it logs in", async () => {
  const world = worldOf();
  const kit = await (await world.tab()).start();
  await kit.mute("g2", "block");
  world.peer.send({ t: "event", seq: 11, rev: 2, at: 0, events: [{ type: "identified", n: 2, id: "ubob" }] });
  assert.deepEqual(plain(kit.party.members.map(({ id, quiet }) => [id, quiet ?? null])), [["g1", null], ["ubob", "block"]]);
  await kit.mute("ubob", null);
  assert.equal(kit.party.members[1].quiet, undefined);
});
