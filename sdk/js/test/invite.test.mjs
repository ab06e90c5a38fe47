// Tickets, codes and what is asked and announced: the cold start and the warm one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./bundle.mjs";
import { World, member, party, settle, welcome } from "./world.mjs";

const { codeOf } = await load("src/code.ts");
const { split } = await load("src/ticket.ts");
const ticket = "abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrst";
const event = (seq, ...events) => ({ t: "event", seq, rev: seq, at: 0, events });

test("a ticket is split off, and other parts of the fragment stay as they are", () => {
  assert.deepEqual(split(`#partykit=${ticket}`), { ticket, rest: "" });
  assert.deepEqual(split(`#a=1&partykit=${ticket}&b=%20`), { ticket, rest: "#a=1&b=%20" });
  assert.deepEqual(split(`#/level/2&partykit=${ticket}`), { ticket, rest: "#/level/2" });
  assert.deepEqual(split("#level"), { rest: "#level" });
  assert.deepEqual(split(""), { rest: "" });
  assert.deepEqual(split("#partykit=<script>&x"), { rest: "#x" });
  assert.deepEqual(split(`#notpartykit=${ticket}`), { rest: `#notpartykit=${ticket}` });
});

test("of a pasted link only the code is taken", () => {
  assert.equal(codeOf("https://evil.example/join/0k3m9x7q2hd5tw8ce4?via=x#y"), "0k3m9x7q2hd5tw8ce4");
  assert.equal(codeOf("  party.example/join/0k3m9x7q2hd5tw8ce4/ "), "0k3m9x7q2hd5tw8ce4");
  assert.equal(codeOf("https://party.example/_discord/join?secret=0k3m9x7q2hd5tw8ce4"), "0k3m9x7q2hd5tw8ce4");
  assert.equal(codeOf("0k3m9x7q2hd5tw8ce4"), "0k3m9x7q2hd5tw8ce4");
  for (const bad of ["", "  ", "hello there", "javascript:alert(1)", "https://party.example/", "x".repeat(65)]) {
    assert.equal(codeOf(bad), undefined, bad);
  }
});

/** A tab opened by an invite, whose hello is answered as given. */
async function invited(answer, options) {
  const world = new World();
  world.accept = (peer) => {
    peer.open();
    peer.send(answer(peer.received[0]));
  };
  const tab = await world.tab({ url: `https://game.example/play#a=1&partykit=${ticket}` });
  return { world, tab, kit: await tab.start(options) };
}

const loadingTwo = () => welcome({ you: 2, party: { members: [member(1), member(2, { state: "loading", by: "g1" })] } });

test("the ticket leaves the address when the module is evaluated, before start", async () => {
  const world = new World();
  const tab = await world.tab({ url: `https://game.example/play?q=1#a=1&partykit=${ticket}` });
  assert.equal(tab.address, "https://game.example/play?q=1#a=1");
  assert.deepEqual(tab.sandbox.history.state, { of: "the game" });
  assert.equal(world.peers.length, 0);
});

test("a cold start carries the ticket, announces the party and offers to leave", async () => {
  const { world, kit } = await invited(loadingTwo);
  assert.equal(world.peer.received[0].ticket, ticket);
  const told = [];
  kit.on("invite", (invitation) => told.push(invitation));
  assert.deepEqual(told.map(({ kind, inviter }) => ({ kind, inviter })), [{ kind: "joined", inviter: "FriendlyAlpaca" }]);
  assert.equal(kit.isInviteLoading(), true);
  told[0].leave().catch(() => {});
  await settle();
  assert.deepEqual(world.peer.received.slice(1), [{ t: "finalize", success: false, id: 1 }]);
});

test("the ticket is said until it was answered, through a lost connection and a reload, and never after", async () => {
  const world = new World();
  let tries = 0;
  world.accept = (peer) => {
    peer.open();
    if (++tries === 1) peer.close(1006);
  };
  const tab = await world.tab({ url: `https://game.example/play#partykit=${ticket}` });
  tab.PartyKit.start({ game: "demo", overlay: false }).catch(() => {});
  await world.clock.advance(1000);
  assert.equal(world.peers.length, 2);
  assert.equal(world.peer.received[0].ticket, ticket);
  tab.close();

  world.accept = (peer) => {
    peer.open();
    peer.send(loadingTwo());
  };
  const again = await world.tab({ session: tab.session });
  await again.start();
  assert.equal(world.peer.received[0].ticket, ticket);
  again.close();
  await (await world.tab({ session: tab.session })).start();
  assert.equal(world.peer.received[0].ticket, undefined);
  assert.ok(![...tab.session.values.values()].includes(ticket));
});

test("a ticket that leads nowhere is told, and the player is in its own party", async () => {
  const { kit } = await invited(() => welcome({ invite: { error: { code: "ticket_spent", message: "Open the link again." } } }));
  const told = [];
  kit.on("invite", ({ kind, error }) => told.push([kind, error.code, error.message]));
  assert.deepEqual(told, [["failed", "ticket_spent", "Open the link again."]]);
  assert.equal(kit.isInviteLoading(), false);
});

test("a cold start in others' company asks first, and joins when told so", async () => {
  const { world, kit } = await invited(() =>
    welcome({ party: { members: [member(1), member(3)] }, invite: { from: "BraveOtter", game: "demo", size: 2 } }),
  );
  const asked = [];
  kit.on("invite", (invitation) => asked.push(invitation));
  assert.deepEqual(asked.map(({ kind, inviter, size }) => [kind, inviter, size]), [["ask", "BraveOtter", 2]]);
  const accepted = asked[0].accept();
  asked[0].accept();
  await settle();
  assert.deepEqual(world.peer.received.slice(1), [{ t: "join", ticket, confirm: true, id: 1 }]);
  world.peer.send({ t: "party", reason: "joined", seq: 50, you: member(2), party: party({ id: "ptwo", members: [member(1), member(2, { state: "loading", by: "g1" })] }) });
  world.peer.send({ t: "ok", id: 1, seq: 50 });
  await accepted;
  assert.deepEqual(asked.slice(1).map(({ kind, inviter }) => [kind, inviter]), [["joined", "FriendlyAlpaca"]]);
});

test("a warm start: a ticket in the address of the running game is taken, and joined", async () => {
  const world = new World();
  const tab = await world.tab();
  const kit = await tab.start();
  const told = [];
  kit.on("invite", ({ kind }) => told.push(kind));
  tab.go(`#partykit=${ticket}`);
  await settle();
  assert.equal(tab.address, "https://game.example/play");
  assert.deepEqual(world.peer.received.slice(1), [{ t: "join", ticket, id: 1 }]);
  world.peer.send({ t: "error", id: 1, code: "full", message: "The party is full." });
  await settle();
  assert.deepEqual(told, ["failed"]);
});

/** A running kit in company, that has asked to join by a code and was asked to confirm. */
async function asking(world = new World()) {
  world.accept = (peer) => {
    peer.answer = ({ t, id, confirm }) => {
      if (t !== "join") return;
      if (confirm) peer.send({ t: "ok", id });
      else peer.send({ t: "error", id, code: "confirm_required", message: "Ask.", invite: { from: "CalmHeron", game: "demo", size: 2 } });
    };
    peer.open();
    peer.send(welcome({ party: { members: [member(1), member(3)] } }));
  };
  const tab = await world.tab();
  const kit = await tab.start();
  return { world, tab, kit };
}

test("join asks before it leaves others' company: accepted", async () => {
  const { world, kit } = await asking();
  kit.on("invite", ({ accept }) => accept());
  await kit.join("https://party.example/join/0k3m9x7q2hd5tw8ce4");
  assert.deepEqual(world.peer.frames("join").map(({ code, confirm }) => [code, confirm]), [
    ["0k3m9x7q2hd5tw8ce4", undefined],
    ["0k3m9x7q2hd5tw8ce4", true],
  ]);
});

test("join asks before it leaves others' company: declined", async () => {
  const { world, kit } = await asking();
  kit.on("invite", ({ decline, accept }) => {
    decline();
    accept().catch(() => {});
  });
  await assert.rejects(kit.join("0k3m9x7q2hd5tw8ce4"), { code: "confirm_required" });
});

test("a question that nobody answers for 60 s means stay", async () => {
  const { world, kit } = await asking();
  kit.on("invite", () => {});
  const joining = assert.rejects(kit.join("0k3m9x7q2hd5tw8ce4"), { code: "confirm_required" });
  await world.clock.advance(60_000);
  await joining;
  assert.equal(world.peers.flatMap((peer) => peer.frames("join")).length, 1);
});

test("an answer after staying joins nobody", async () => {
  const { world, kit } = await asking();
  let late;
  kit.on("invite", (invitation) => (late = invitation));
  const joining = assert.rejects(kit.join("0k3m9x7q2hd5tw8ce4"), { code: "confirm_required" });
  await settle();
  late.decline();
  await joining;
  await assert.rejects(late.accept(), { code: "expired" });
  assert.equal(world.peer.frames("join").length, 1);
});

test("what is no code is refused here", async () => {
  const { world, kit } = await asking();
  await assert.rejects(kit.join("what?"), { code: "not_found" });
  assert.equal(world.peer.frames("join").length, 0);
});

test("no code and no ticket is ever written to the console", async () => {
  const { world, kit } = await invited(() => welcome({ invite: { error: { code: "ticket_spent", message: "…" } } }));
  kit.join("0k3m9x7q2hd5tw8ce4").catch(() => {});
  world.peer.close(4200);
  await world.clock.advance(1000);
  assert.ok(world.warnings.length > 0);
  assert.ok(!world.warnings.some((line) => line.includes(ticket) || line.includes("0k3m9")));
});

test("friends on the way in are told one by one", async () => {
  const world = new World();
  const kit = await (await world.tab()).start();
  const told = [];
  kit.on("loading", ({ state, n, name, self, loading, reason }) => told.push([state, n, name, self, loading?.progress, reason]));
  const seat = (n) => ({ n, name: member(n).name, face: n, since: 1 });
  world.peer.send(event(41, { type: "held", seat: seat(2) }, { type: "held", seat: seat(3) }));
  world.peer.send(event(42, { type: "joined", member: member(2, { state: "loading" }) }));
  world.peer.send({ t: "status", n: 2, presence: "connected", loading: { phase: "downloading", progress: 0.4 } });
  world.peer.send({ t: "status", n: 2, presence: "reconnecting", loading: { phase: "downloading", progress: 0.4 } });
  world.peer.send(event(43, { type: "lapsed", n: 3 }));
  world.peer.send(event(44, { type: "finalized", n: 2 }));
  world.peer.send(event(45, { type: "joined", member: member(4, { state: "loading" }) }));
  world.peer.send(event(46, { type: "left", n: 4, reason: "failed" }));
  assert.deepEqual(told, [
    ["opening", 2, "BraveOtter", false, undefined, undefined],
    ["opening", 3, "CalmHeron", false, undefined, undefined],
    ["loading", 2, "BraveOtter", false, undefined, undefined],
    ["loading", 2, "BraveOtter", false, 0.4, undefined],
    ["gone", 3, "CalmHeron", false, undefined, "lapsed"],
    ["in", 2, "BraveOtter", false, undefined, undefined],
    ["loading", 4, "KindLynx", false, undefined, undefined],
    ["gone", 4, "KindLynx", false, undefined, "failed"],
  ]);
});
