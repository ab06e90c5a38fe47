// Party data, landing info and links: what a client sets, keeps and restates.
import assert from "node:assert/strict";
import { test } from "node:test";
import { World, member, party, plain, settle, welcome } from "./world.mjs";

const ticket = "abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrst";

async function running(answer = welcome()) {
  const world = new World();
  world.accept = (peer) => {
    peer.open();
    peer.send(answer);
  };
  const tab = await world.tab();
  const kit = await tab.start();
  const ok = (more) => world.peer.send({ t: "ok", id: world.peer.received.at(-1).id, ...more });
  return { world, tab, kit, ok };
}

/** What a hello of this tab would restate. */
async function restated(world) {
  world.peer.close(1006);
  await world.clock.advance(1000);
  return world.peer.received[0].own;
}

test("data is replaced, patched and read", async () => {
  const { world, kit, ok } = await running();
  const seen = [];
  const off = kit.onPartyDataUpdated((data) => seen.push(plain(data)));
  const updated = kit.updatePartyData({ level: "meadow", mode: "hard" });
  await settle();
  assert.deepEqual(world.peer.received.at(-1), { t: "data", set: { level: "meadow", mode: "hard" }, id: 1 });
  world.peer.send({ t: "event", seq: 41, rev: 2, at: 0, events: [{ type: "data", data: { level: "meadow", mode: "hard" }, revision: 1 }] });
  ok();
  await updated;
  kit.patchPartyData({ mode: null, lives: 3 });
  await settle();
  assert.deepEqual(world.peer.received.at(-1), { t: "data", patch: { mode: null, lives: 3 }, id: 2 });
  world.peer.send({ t: "event", seq: 42, rev: 3, at: 0, events: [{ type: "data", data: { level: "meadow", lives: 3 }, revision: 2 }] });
  assert.deepEqual(plain(kit.getPartyData()), { level: "meadow", lives: 3 });
  assert.deepEqual(seen, [{}, { level: "meadow", mode: "hard" }, { level: "meadow", lives: 3 }]);
  off();
  ok();
  assert.deepEqual((await restated(world)).data, { level: "meadow", lives: 3 });
});

test("what is not the leader's is remembered, and patched, by itself", async () => {
  const { world, kit } = await running(welcome({ you: 2, party: { members: [member(1), member(2)], data: { level: "ruins" } } }));
  kit.patchPartyData({ a: 1 });
  kit.patchPartyData({ b: 2 });
  kit.updateInviteLandingPageInfo([{ id: "title", value: "Mine" }]);
  await settle();
  assert.deepEqual(plain(kit.getPartyData()), { level: "ruins" });
  assert.deepEqual(await restated(world), { data: { a: 1, b: 2 }, landing: [{ id: "title", label: "", value: "Mine" }] });
});

test("the leader patches what all see", async () => {
  const { world, kit } = await running(welcome({ party: { data: { level: "ruins", by: "the one before" } } }));
  kit.patchPartyData({ level: "meadow" });
  kit.patchPartyData({ by: null }); // while the first is still on its way
  await settle();
  assert.deepEqual((await restated(world)).data, { level: "meadow" });
});

test("a refused set is not restated", async () => {
  const { world, kit } = await running();
  kit.updatePartyData({ a: 1 });
  await settle();
  world.peer.send({ t: "ok", id: 1 });
  const refused = kit.updatePartyData({ b: 2 });
  await settle();
  world.peer.send({ t: "error", id: 2, code: "storage_full", message: "" });
  await assert.rejects(refused, { code: "storage_full" });
  assert.deepEqual((await restated(world)).data, { a: 1 });
});

test("what was set is restated after a reload, kept when leadership is lost, and goes to another party", async () => {
  const { world, tab, kit } = await running();
  kit.updatePartyData({ level: "meadow" });
  await settle();
  world.peer.send({ t: "ok", id: 1 });
  world.peer.send({ t: "event", seq: 41, rev: 2, at: 0, events: [{ type: "leader", leader: "g9", reason: "timeout" }, { type: "data", data: { not: "mine" }, revision: 5 }] });
  await settle();
  tab.close();
  const again = await world.tab({ session: tab.session });
  await again.start();
  assert.deepEqual(world.peer.received[0].own, { data: { level: "meadow" } });
  world.peer.send({ t: "party", reason: "left", seq: 0, you: member(1), party: party({ id: "ptwo" }) });
  assert.deepEqual(await restated(world), { data: { level: "meadow" } });
});

test("what a party had goes with its leader, whoever of the leaders before had set it", async () => {
  const led = welcome({ party: { data: { by: "the one before" }, landing: [{ id: "title", label: "", value: "Ruins" }] } });
  const own = { data: { by: "the one before" }, landing: [{ id: "title", label: "", value: "Ruins" }] };
  const left = await running(led);
  left.world.peer.send({ t: "party", reason: "joined", seq: 0, you: member(1), party: party({ id: "ptwo", leader: "g9", data: { not: "mine" } }) });
  left.world.peer.send({ t: "party", reason: "left", seq: 0, you: member(1), party: party({ id: "pthree" }) });
  assert.deepEqual(await restated(left.world), own);

  const deposed = await running(led);
  deposed.world.peer.send({ t: "event", seq: 41, rev: 2, at: 0, events: [{ type: "leader", leader: "g9", reason: "timeout" }, { type: "data", data: { not: "mine" }, revision: 5 }] });
  assert.deepEqual(await restated(deposed.world), own);
});

test("with a ticket nothing is restated, unless it led nowhere else", async () => {
  const stay = new World();
  const tab = await stay.tab();
  const kit = await tab.start();
  kit.updatePartyData({ level: "meadow" });
  kit.updateInviteLandingPageInfo([{ id: "title", value: "Meadow" }]);
  await settle();
  tab.close();
  const url = `https://game.example/#partykit=${ticket}`;
  const copy = new World();
  copy.local.values = new Map(stay.local.values);

  stay.accept = (peer) => {
    peer.open();
    peer.send(welcome({ session: "s2", party: { id: "palone" }, invite: { error: { code: "expired", message: "" } } }));
  };
  await (await stay.tab({ url, session: tab.session })).start();
  await settle();
  assert.equal(stay.peer.received[0].own, undefined);
  assert.equal(stay.peer.received[0].resume, undefined);
  assert.deepEqual(stay.peer.received.slice(1).map(({ t, set, fields }) => [t, set ?? fields]), [
    ["data", { level: "meadow" }],
    ["landing", [{ id: "title", label: "", value: "Meadow" }]],
  ]);

  copy.accept = (peer) => {
    peer.open();
    peer.send(welcome({ session: "s2", you: 2, party: { id: "pother", members: [member(1), member(2, { state: "loading" })] } }));
  };
  await (await copy.tab({ url, session: tab.session })).start();
  await settle();
  assert.deepEqual(copy.peer.received.slice(1), []);
  assert.deepEqual(await restated(copy), {});
});

test("the limits of party data are told at the call", async () => {
  const { world, kit } = await running();
  const keys = (n) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, 1]));
  const circle = {};
  circle.self = circle;
  for (const [data, code] of [
    [null, "bad_request"],
    [[1], "bad_request"],
    ["text", "bad_request"],
    [circle, "bad_request"],
    [{ "": 1 }, "bad_request"],
    [{ ["k".repeat(64)]: 1 }, "too_large"],
    [{ ["ü".repeat(32)]: 1 }, "too_large"],
    [{ a: "x".repeat(4094) }, "too_large"],
    [keys(65), "too_large"],
    [Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`k${i}`, "x".repeat(4000)])), "too_large"],
  ]) {
    await assert.rejects(kit.updatePartyData(data), { name: "PartyKitError", code });
    await assert.rejects(kit.patchPartyData(data), { name: "PartyKitError", code });
  }
  assert.equal(world.peer.frames("data").length, 0);
  for (const data of [keys(64), { ["k".repeat(63)]: "x".repeat(4093) }, { nothing: undefined }]) kit.updatePartyData(data);
  await settle();
  assert.equal(world.peer.frames("data").length, 3);
  assert.deepEqual(world.peer.received.at(-1).set, {});
});

test("the limits of landing info are told at the call", async () => {
  const { world, kit } = await running();
  const field = { id: "i".repeat(63), label: "l".repeat(63), value: "v".repeat(511), extra: "left out" };
  for (const [fields, code] of [
    ["text", "bad_request"],
    [[{ value: "x" }], "bad_request"],
    [Array(9).fill(field), "too_large"],
    [[{ ...field, id: "i".repeat(64) }], "too_large"],
    [[{ ...field, label: "l".repeat(64) }], "too_large"],
    [[{ ...field, value: "ü".repeat(256) }], "too_large"],
  ]) {
    await assert.rejects(kit.updateInviteLandingPageInfo(fields), { name: "PartyKitError", code });
  }
  assert.equal(world.peer.frames("landing").length, 0);
  kit.updateInviteLandingPageInfo(Array(8).fill(field));
  kit.updateInviteLandingPageInfo([{ id: "partySize", value: 3 }]);
  await settle();
  assert.deepEqual(Object.keys(world.peer.received[1].fields[0]), ["id", "label", "value"]);
  assert.deepEqual(world.peer.received[2].fields, [{ id: "partySize", label: "", value: "3" }]);
});

const link = (id, more) => ({ id, by: "g1", made: 1, expires: 1_700_086_400_000, maxUses: 0, uses: 0, message: "", ...more });

/** Answers each `invite` command with a new link. */
function makesLinks(world) {
  let made = 0;
  world.peer.answer = ({ t, id, maxUses = 0 }) => {
    if (t !== "invite") return;
    const invite = link(`i${++made}`, { maxUses });
    world.peer.send({ t: "event", seq: 100 + made, rev: 100 + made, at: 0, events: [{ type: "invited", invite }] });
    world.peer.send({ t: "ok", id, invite, code: `code${made}`, url: `https://party.example/join/code${made}` });
  };
}

test("the same options give the same live link, also after a reload", async () => {
  const { world, tab, kit } = await running();
  makesLinks(world);
  const [first, twin] = await Promise.all([kit.createInvite(), kit.createInvite({})]);
  assert.deepEqual([first.code, first.url, twin.code], ["code1", "https://party.example/join/code1", "code1"]);
  assert.equal((await kit.createInvite({ maxUses: 2 })).code, "code2");
  assert.equal((await kit.createInvite()).code, "code1");
  assert.deepEqual(world.peer.frames("invite").map(({ maxUses }) => maxUses), [undefined, 2]);
  tab.close();
  world.accept = (peer) => {
    peer.open();
    peer.send(welcome({ party: { invites: [link("i1"), link("i2", { maxUses: 2, uses: 2 })] } }));
  };
  const again = await (await world.tab({ session: tab.session })).start();
  makesLinks(world);
  assert.equal((await again.createInvite()).code, "code1");
  assert.equal(world.peer.frames("invite").length, 0);
  await again.createInvite({ maxUses: 2 });
  assert.equal(world.peer.frames("invite").length, 1, "a link that is used up is not offered again");
});

test("a link that was taken back or has expired is not offered again", async () => {
  const { world, kit, ok } = await running();
  makesLinks(world);
  await kit.createInvite();
  const revoked = kit.revokeInvite("i1");
  await settle();
  assert.deepEqual(world.peer.received.at(-1), { t: "revoke", invite: "i1", id: 2 });
  world.peer.send({ t: "event", seq: 200, rev: 200, at: 0, events: [{ type: "revoked", invite: "i1" }] });
  ok();
  await revoked;
  assert.equal((await kit.createInvite()).code, "code2");
  await world.clock.advance(90_000_000);
  makesLinks(world);
  world.peer.send(welcome({ session: "s1", party: { invites: [link("i2")] } }));
  assert.equal((await kit.createInvite()).code, "code1", "made anew, by a server that counts from 1 here");
});

test("the list of links holds codes only where this guest made them", async () => {
  const { world, kit } = await running();
  makesLinks(world);
  await kit.createInvite();
  const listed = kit.invites();
  await settle();
  world.peer.send({ t: "ok", id: 2, invites: [link("i1"), link("other")] });
  assert.deepEqual([...(await listed)].map(({ id, code }) => [id, code]), [["i1", "code1"], ["other", undefined]]);
});

test("a message of an invite has its limit", async () => {
  const { kit } = await running();
  await assert.rejects(kit.createInvite({ message: "ü".repeat(128) }), { code: "too_large" });
});

test("without an overlay, showing a link says so", async () => {
  const { kit } = await running();
  await assert.rejects(kit.showInviteLink(), { code: "bad_request" });
});
