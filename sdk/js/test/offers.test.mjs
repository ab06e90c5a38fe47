// A launch ticket that a tab in which the player already plays takes.
import assert from "node:assert/strict";
import { test } from "node:test";
import vm from "node:vm";
import { script } from "./bundle.mjs";
import { World, member, party, settle, welcome } from "./world.mjs";

const ticket = "abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrst";

/** A tab that plays, and another one that offers its ticket. */
async function twoTabs(first = {}) {
  const world = new World();
  world.accept = (peer) => {
    peer.open();
    peer.send(welcome(first));
  };
  const playing = await world.tab();
  const kit = await playing.start();
  const opened = await world.tab({ url: `https://game.example/#partykit=${ticket}` });
  const { offer } = vm.runInContext(`(() => { ${await script("src/offers.ts")}; return sdk; })()`, opened.sandbox);
  return { world, playing, kit, opened, offer: () => offer("demo", ticket) };
}

test("an open tab takes the ticket and joins", async () => {
  const { world, offer } = await twoTabs();
  const taken = await world.run(offer());
  assert.deepEqual(world.peer.received.at(-1), { t: "join", ticket, id: 1 });
  assert.equal(taken.joined(), false);
  world.peer.send({ t: "ok", id: 1, seq: 10 });
  await settle();
  assert.equal(taken.joined(), true);
});

test("who is in company is asked there; playing here instead takes the question back, and the ticket with it", async () => {
  const { world, kit, offer } = await twoTabs({ party: { members: [member(1), member(2)] } });
  const questions = [];
  kit.on("invite", (invitation) => questions.push(invitation));
  const taken = await world.run(offer());
  world.peer.send({ t: "error", id: 1, code: "confirm_required", message: "", invite: { from: "CalmHeron", game: "demo", size: 3 } });
  await settle();
  assert.deepEqual(questions.map(({ kind, inviter }) => `${kind} ${inviter}`), ["ask CalmHeron"]);
  taken.back();
  await settle();
  await assert.rejects(questions[0].accept(), { code: "expired" });
  assert.equal(taken.joined(), false);
  assert.equal(world.peer.frames("join").length, 1);
});

test("nobody takes it: in a lost connection, another game, or where this player has invited others", async () => {
  const { world, kit, offer } = await twoTabs();
  world.peer.send({ t: "event", seq: 11, rev: 2, at: 0, events: [{ type: "invited", invite: { id: "i1", by: kit.player.id, made: 0, expires: 0, maxUses: 0, uses: 0, message: "" } }] });
  const start = world.clock.now;
  assert.equal(await world.run(offer()), undefined);
  assert.ok(world.clock.now - start <= 300);
  world.peer.send({ t: "event", seq: 12, rev: 3, at: 0, events: [{ type: "revoked", invite: "i1" }] });
  world.accept = () => {};
  world.peer.close(1006);
  assert.equal(await world.run(offer()), undefined);
  kit.close();
  assert.equal(world.channels.length, 0);
});

test("without another tab nobody waits", async () => {
  const { world, kit, offer } = await twoTabs();
  kit.close();
  await settle();
  const start = world.clock.now;
  assert.equal(await world.run(offer()), undefined);
  assert.equal(world.clock.now, start);
});

test("of several tabs one takes it", async () => {
  const { world, offer } = await twoTabs();
  const other = await world.tab();
  await other.start();
  await world.run(offer());
  assert.equal(world.peers.flatMap((peer) => peer.frames("join")).length, 1);
});
