// The leader's tools, member data, match, ready check, chat and presence.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { World, member, plain, settle, welcome } from "./world.mjs";

const two = { members: [member(1), member(2)] };

async function running(more = {}) {
  const world = new World();
  world.accept = (peer) => {
    peer.open();
    peer.send(welcome({ party: two, ...more }));
  };
  const tab = await world.tab();
  const kit = await tab.start();
  let seq = 10;
  const event = (...events) => world.peer.send({ t: "event", seq: ++seq, rev: seq, at: 0, events });
  const chat = (n, text, name = "BraveOtter") => world.peer.send({ t: "chat", seq: ++seq, n, name, text, at: 5 });
  return { world, tab, kit, event, chat };
}

// What each call says, as the protocol has it.
const said = [
  [(kit) => kit.settings({ openness: "locked" }), { t: "settings", openness: "locked" }],
  [(kit) => kit.settings({ inviters: "leader", size: 4 }), { t: "settings", inviters: "leader", size: 4 }],
  [(kit) => kit.settings({ approve: true }), { t: "settings", approve: true }],
  [(kit) => kit.waitInLine("https://party.example/join/0k3m9x7q2hd5tw8ce4"), { t: "wait", code: "0k3m9x7q2hd5tw8ce4" }],
  [(kit) => kit.askToJoin("7KM-2Q9"), { t: "ask", code: "7KM-2Q9" }],
  [(kit) => kit.leaveLine(), { t: "wait" }],
  [(kit) => kit.admit(7), { t: "admit", n: 7, yes: true }],
  [(kit) => kit.admit({ n: 7, name: "who asks" }, false), { t: "admit", n: 7, yes: false }],
  [(kit) => kit.join(" 7km 2q9 "), { t: "join", code: "7km-2q9" }],
  [
    (kit) => kit.createInvite({ until: "empty", for: kit.party.members[1], onLeave: "revoke", payload: { a: 1 }, requires: { version: "2" }, spoken: true }),
    { t: "invite", until: "empty", for: "g2", onLeave: "revoke", payload: { a: 1 }, requires: { version: "2" }, spoken: true },
  ],
  [(kit) => kit.promote(kit.party.members[1]), { t: "promote", n: 2 }],
  [(kit) => kit.promote("g2"), { t: "promote", n: 2 }],
  [(kit) => kit.report(kit.party.members[1], "rude"), { t: "report", n: 2, reason: "rude" }],
  [(kit) => kit.report(2), { t: "report", n: 2 }],
  [(kit) => kit.travel("moonfall"), { t: "travel", to: "moonfall" }],
  [(kit) => kit.travel("moonfall", { payload: [1], within: 20 }), { t: "travel", to: "moonfall", payload: [1], within: 20 }],
  [(kit) => kit.travel(null), { t: "travel", to: null }],
  [(kit) => kit.kick(7), { t: "kick", n: 7 }],
  [(kit) => kit.kick({ n: 7, name: "a held seat" }, { ban: true }), { t: "kick", n: 7, ban: true }],
  [(kit) => kit.readmit(7), { t: "readmit", n: 7 }],
  [(kit) => kit.updateMemberData({ hero: "owl" }), { t: "member", set: { hero: "owl" } }],
  [(kit) => kit.patchMemberData({ hero: null }), { t: "member", patch: { hero: null } }],
  [(kit) => kit.updatePartyData({ level: 2 }, { ifRevision: 0 }), { t: "data", set: { level: 2 }, if: 0 }],
  [(kit) => kit.patchPartyData({ level: 2 }, { ifRevision: 7 }), { t: "data", patch: { level: 2 }, if: 7 }],
  [(kit) => kit.setMatch({ id: "m1", connection: { ip: "::1" }, joinable: true, free: 2 }), { t: "match", match: { id: "m1", connection: { ip: "::1" }, joinable: true, free: 2 } }],
  [(kit) => kit.setMatch(null), { t: "match", match: null }],
  [(kit) => kit.startReadyCheck({ seconds: 10, keep: true }), { t: "ready", within: 10, keep: true }],
  [(kit) => kit.startReadyCheck(), { t: "ready" }],
  [(kit) => kit.answerReady(false), { t: "answer", yes: false }],
  [(kit) => kit.cancelReadyCheck(), { t: "cancel" }],
  [(kit) => kit.chat("Hello!"), { t: "chat", text: "Hello!" }],
  [(kit) => kit.join({ party: "ptwo" }), { t: "join", party: "ptwo" }],
];
for (const [call, frame] of said) {
  test(`${call.toString().replace(/^\(kit\) => /, "")} says ${JSON.stringify(frame)}`, async () => {
    const { world, kit } = await running();
    const done = call(kit);
    assert.deepEqual(world.peer.received.slice(1), [{ ...frame, id: 1 }]);
    world.peer.send({ t: "error", id: 1, code: "not_allowed", message: "The leader may." });
    await assert.rejects(done, { code: "not_allowed", message: "The leader may." });
  });
}

test("what is wrong is told at the call, and nothing is sent", async () => {
  const { world, kit } = await running();
  await assert.rejects(kit.promote("nobody"), { code: "not_found" });
  await assert.rejects(kit.updateMemberData(null), { code: "bad_request" });
  await assert.rejects(kit.updateMemberData([]), { code: "bad_request" });
  await assert.rejects(kit.settings({ opennes: "locked" }), { code: "bad_request", message: "There is no option opennes." });
  await assert.rejects(kit.createInvite({ maxUse: 1 }), { code: "bad_request", message: "There is no option maxUse." });
  await assert.rejects(kit.chat("x".repeat(32_000)), { code: "too_large" });
  assert.equal(world.peer.received.length, 1);
});

test("a call made while calls.js is still loading is made when it is there, and fails when it cannot be", async () => {
  const world = new World();
  world.offline = true;
  const tab = await world.tab();
  const kit = await tab.start();
  assert.match(world.warnings[0], /^PartyKit: https:\/\/party\.example\/sdk\/v1\/calls\.js could not be loaded/);
  await assert.rejects(kit.chat("hi"), { code: "unavailable" });
  world.offline = false;
  kit.chat("hi");
  kit.answerReady(true);
  await settle();
  assert.deepEqual(world.peer.received.slice(1).map(({ t }) => t), ["chat", "answer"]);
});

test("a conflict tells the data as it is, and what was refused is not said again", async () => {
  const { world, kit } = await running();
  const failed = assert.rejects(kit.updatePartyData({ level: 1 }, { ifRevision: 3 }), (error) => {
    assert.deepEqual(plain([error.code, error.data, error.revision]), ["revision_conflict", { level: "ruins" }, 4]);
    return true;
  });
  world.peer.send({ t: "error", id: 1, code: "revision_conflict", message: "It changed.", data: { level: "ruins" }, dataRevision: 4 });
  await failed;
  world.peer.close(1006);
  await world.clock.advance(1000);
  assert.deepEqual(world.peer.received[0].own, {});
});

test("match tells where the party plays, at once and at every change", async () => {
  const { kit, event } = await running();
  const seen = [];
  kit.on("match", (match) => seen.push(match && [match.id, match.free]));
  const match = { id: "m1", joinable: true, free: 2, since: 3000 };
  event({ type: "match", match });
  event({ type: "match", match: { ...match, free: 1 } });
  event({ type: "data", data: { level: 1 }, revision: 1 });
  event({ type: "match", match: null });
  assert.deepEqual(seen, [null, ["m1", 2], ["m1", 1], null]);
});

test("follow asks once about each match that began while the player was there", async () => {
  const { world, kit, event } = await running({ party: { leader: "g2", members: [member(1, { joined: 2000 }), member(2)], match: { id: "m0", joinable: true, since: 1000 } } });
  const asked = [];
  kit.on("follow", (question) => asked.push(question));
  assert.equal(asked.length, 0, "who comes later is not asked");
  event({ type: "match", match: { id: "m1", joinable: true, since: 3000 } });
  event({ type: "match", match: { id: "m1", joinable: false, since: 3000 } });
  assert.deepEqual(asked.map(({ match }) => match.id), ["m1"]);

  const late = [];
  kit.on("follow", (question) => late.push(question.match.id))();
  assert.deepEqual(late, ["m1"], "a question that is open is put to a new listener");

  asked[0].accept();
  assert.deepEqual(world.peer.received.at(-1), { t: "follow", into: "m1", yes: true, id: 1 });
  const changes = [];
  kit.on("member", ({ change, member }) => changes.push([change, member.n, member.follow]));
  event({ type: "followed", n: 1, answer: "yes" });
  assert.deepEqual(changes, [["follow", 1, "yes"]]);

  event({ type: "match", match: { id: "m2", joinable: true, since: 4000 } });
  asked[1].decline();
  kit.follow(true);
  assert.deepEqual(world.peer.received.slice(-2), [{ t: "follow", into: "m2", yes: false, id: 2 }, { t: "follow", into: "m2", yes: true, id: 3 }]);
});

test("nobody is asked by whom it has blocked", async () => {
  const { kit, event } = await running({ party: { ...two, leader: "g2" } });
  const asked = [];
  kit.on("follow", (question) => asked.push(question));
  kit.on("travel", (question) => asked.push(question));
  await kit.mute("g2", "block");
  event({ type: "match", match: { id: "m1", joinable: true, since: 3000 } });
  event({ type: "travel", travel: { id: "t1", to: "moonfall", title: "Moonfall", by: "g2", since: 1, until: 2, answers: [] } });
  assert.equal(asked.length, 0);
  await kit.mute("g2", null);
  assert.equal(asked.length, 2);
});

test("the leader is in its match, and is not asked", async () => {
  const { kit, event } = await running();
  const asked = [];
  kit.on("follow", (question) => asked.push(question));
  event({ type: "match", match: { id: "m1", joinable: true, since: 3000 } });
  assert.equal(asked.length, 0);
});

test("ready tells each answer, and how it ended", async () => {
  const { kit, event } = await running();
  const seen = [];
  kit.on("ready", (check, ended) => seen.push(plain([check && check.answers.map(({ n, yes }) => `${n} ${yes}`), ended ?? null])));
  event({ type: "ready", ready: { by: "g1", since: 1, until: 2, answers: [] } });
  event({ type: "answered", n: 2, yes: true });
  event({ type: "answered", n: 1, yes: true }, { type: "readyEnded", reason: "all", ready: true });
  assert.deepEqual(seen, [[null, null], [[], null], [["2 true"], null], [null, { reason: "all", ready: true }]]);
});

test("member data is told, with whose it is", async () => {
  const { kit, event } = await running();
  const seen = [];
  kit.on("member", ({ change, member }) => seen.push([change, member.n, plain(member.data)]));
  event({ type: "member", n: 2, data: { hero: "owl" } });
  event({ type: "member", n: 2, data: { hero: "owl" } });
  assert.deepEqual(seen, [["data", 2, { hero: "owl" }]]);
  assert.ok(Object.isFrozen(kit.party.members[1].data));
});

for (const reason of ["kicked", "banned"]) {
  test(`who is ${reason} is told`, async () => {
    const { world, kit } = await running({ party: { ...two, leader: "g2" } });
    const seen = [];
    kit.on("kicked", (kick) => seen.push(plain(kick)));
    kit.on("party", (party, why) => why && seen.push([party.id, why]));
    world.peer.send({ t: "party", reason, seq: 0, you: { id: "g1", name: "FriendlyAlpaca", n: 1 }, party: { id: "palone", game: "demo", leader: "g1", members: [member(1)] } });
    assert.deepEqual(seen, [["palone", reason], { banned: reason === "banned", leader: "BraveOtter" }]);
  });
}

test("a seat that was removed is gone with its reason", async () => {
  const { kit, event } = await running();
  const seen = [];
  kit.on("loading", ({ state, n, reason }) => seen.push([state, n, reason]));
  event({ type: "held", seat: { n: 3, name: "CalmHeron", face: 3, since: 1 } });
  event({ type: "lapsed", n: 3, reason: "kicked" }, { type: "castOut", outcast: { n: 3, name: "CalmHeron", banned: false } });
  assert.deepEqual(seen, [["opening", 3, undefined], ["gone", 3, "kicked"]]);
  assert.deepEqual(plain(kit.party.outcasts), [{ n: 3, name: "CalmHeron", banned: false }]);
});

test("who acts for the leader", async () => {
  const { world, kit, event } = await running({ party: { members: [member(1, { presence: "reconnecting" }), member(2, { state: "loading" }), member(3)] } });
  assert.equal(kit.party.acting, "g3");
  world.peer.send({ t: "status", n: 3, presence: "reconnecting" });
  assert.equal(kit.party.acting, "g2");
  world.peer.send({ t: "status", n: 2, presence: "reconnecting" });
  assert.equal(kit.party.acting, undefined);
  world.peer.send({ t: "status", n: 2, presence: "away" });
  assert.equal(kit.party.acting, "g2");
  world.peer.send({ t: "status", n: 1, presence: "away" });
  assert.equal(kit.party.acting, undefined);
  event({ type: "leader", leader: "g3", reason: "promoted" });
  assert.equal(kit.party.acting, "g1");
});

test("chat comes in order, once, with a history", async () => {
  const { world, kit, chat } = await running({ chat: [{ seq: 8, n: 9, name: "Gone", text: "before", at: 1 }, { seq: 9, n: 2, name: "BraveOtter", text: "hi", at: 2 }] });
  const seen = [];
  kit.on("chat", (line) => seen.push(plain(line)));
  chat(2, "Hello!");
  world.peer.send({ t: "chat", seq: 11, n: 2, name: "BraveOtter", text: "Hello!", at: 5 });
  assert.deepEqual(seen, [{ n: 2, name: "BraveOtter", text: "Hello!", at: 5, id: "g2" }]);
  assert.deepEqual(plain(kit.chatHistory).map(({ text, id }) => [text, id]), [["before", undefined], ["hi", "g2"], ["Hello!", "g2"]]);
  assert.ok(Object.isFrozen(kit.chatHistory) && Object.isFrozen(kit.chatHistory[0]));
  for (let i = 0; i < 200; i++) chat(2, `line ${i}`);
  assert.deepEqual([kit.chatHistory.length, kit.chatHistory[0].text], [200, "line 0"]);
  world.peer.send({ t: "party", reason: "left", seq: 0, you: { id: "g1", name: "A", n: 1 }, party: { id: "palone", members: [member(1)] } });
  assert.deepEqual(plain(kit.chatHistory), []);
});

test("the chat of muted players is not shown, after a reload neither, until they are unmuted", async () => {
  const { world, tab, kit, chat } = await running({ chat: [{ seq: 9, n: 2, name: "BraveOtter", text: "before", at: 2 }] });
  const seen = [];
  const parties = [];
  kit.on("chat", ({ text }) => seen.push(text));
  kit.on("party", (party) => parties.push(party.members[1].quiet));
  await kit.mute(kit.party.members[1]);
  chat(2, "muted");
  await kit.mute("g2", "block");
  chat(1, "mine");
  assert.deepEqual(seen, ["mine"]);
  assert.deepEqual(parties, [undefined, "mute", "block"]);
  assert.deepEqual(plain(kit.chatHistory).map(({ text }) => text), ["mine"]);
  assert.equal(world.peer.received.length, 1, "nobody is told");

  tab.close();
  const again = await (await world.tab({ session: tab.session })).start();
  assert.equal(again.party.members[1].quiet, "block");
  assert.deepEqual(plain(again.chatHistory), []);
  await again.mute(again.party.members[1], null);
  assert.equal(again.chatHistory.length, 1);
});

test("a hidden page is away, and says so again after a reconnect and a move", async () => {
  const { world, tab } = await running();
  const aways = () => world.peer.frames("away").map(({ away }) => away);
  tab.event("visibilitychange");
  tab.hide(true);
  tab.hide(true);
  tab.hide(false);
  assert.deepEqual(aways(), [true, false]);
  tab.hide(true);
  world.peer.send({ t: "party", reason: "left", seq: 0, you: { id: "g1", name: "A", n: 1 }, party: { id: "palone", members: [member(1)] } });
  assert.deepEqual(aways(), [true, false, true, true]);

  world.peer.close(1006);
  await world.clock.advance(1000);
  assert.deepEqual(aways(), [true]);
  world.accept = () => {};
  world.peer.close(1006);
  await world.clock.advance(1000);
  tab.hide(false); // nobody hears it
  world.peer.open();
  world.peer.send(welcome({ party: two }));
  assert.deepEqual(aways(), [false]);
});

test("an event that does not exist is told, with those that do", async () => {
  const { kit } = await running();
  for (const name of ["partydata", "toString", undefined]) {
    assert.throws(() => kit.on(name, () => {}), { code: "bad_request", message: /: party, partyData, .*, error\.$/ });
  }
  const declared = readFileSync(new URL("../src/partykit.d.ts", import.meta.url), "utf8").match(/export interface Events \{(.*?)\n\}/s)[1];
  const names = [...declared.matchAll(/^  (\w+):/gm)].map(([, name]) => name);
  assert.ok(names.length > 15);
  for (const name of names) kit.on(name, () => {})();
});
