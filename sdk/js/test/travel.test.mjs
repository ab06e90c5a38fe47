// The party goes to another game: its leader says so, each member is asked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { World, member, plain, welcome } from "./world.mjs";

const travel = { id: "t1", to: "moonfall", title: "Moonfall", by: "g2", since: 1000, until: 61_000, answers: [] };

async function running(more = {}) {
  const world = new World();
  world.accept = (peer) => {
    peer.open();
    peer.send(welcome({ party: { leader: "g2", members: [member(1), member(2)], ...more } }));
    peer.answer = ({ t, id, yes, to }) => {
      const way = (t === "travel" && to) || (t === "board" && yes) ? { ticket: "abc", url: "https://moonfall.example/#partykit=abc" } : {};
      if (id) peer.send({ t: "ok", id, seq: 0, ...way });
    };
  };
  const kit = await (await world.tab()).start();
  let seq = 10;
  return { world, kit, event: (...events) => world.peer.send({ t: "event", seq: ++seq, rev: seq, at: 0, events }) };
}

test("a member is asked once, and says yes", async () => {
  const { world, kit, event } = await running();
  const asked = [];
  kit.on("travel", (question) => asked.push(question));
  event({ type: "travel", travel });
  event({ type: "boarded", n: 9, yes: false }); // another's answer is no new question
  assert.deepEqual(plain(asked), [{ to: "moonfall", title: "Moonfall", from: "BraveOtter", until: 61_000 }]);
  assert.deepEqual(plain(kit.party.travel.answers), [{ n: 9, yes: false }]);
  const late = [];
  kit.on("travel", ({ title }) => late.push(title))();
  assert.deepEqual(late, ["Moonfall"], "a question that is open is put to a new listener");
  assert.deepEqual(plain(await asked[0].accept()), { url: "https://moonfall.example/#partykit=abc" });
  assert.deepEqual(world.peer.frames("board"), [{ t: "board", id: 1, travel: "t1", yes: true }]);
  event({ type: "boarded", n: 1, yes: true });
  kit.on("travel", () => asked.push("answered already"));
  event({ type: "boarded", n: 9, yes: true });
  assert.deepEqual(plain(kit.party.travel.answers), [{ n: 1, yes: true }, { n: 9, yes: true }]);
  assert.equal(asked.length, 1);
  event({ type: "travel", travel: { ...travel, id: "t2" } });
  assert.equal(asked.length, 3, "to both listeners: another travel is another question");
  event({ type: "travel", travel: null });
  assert.equal(kit.party.travel, undefined);
});

test("a member is asked about a travel that it finds", async () => {
  const { world, kit } = await running({ travel });
  const asked = [];
  kit.on("travel", (question) => asked.push(question));
  assert.equal(await asked[0].decline(), undefined);
  assert.equal(await kit.board(false), undefined);
  assert.deepEqual(plain(await kit.board()), { url: "https://moonfall.example/#partykit=abc" });
  assert.deepEqual(world.peer.frames("board").map(({ travel, yes }) => [travel, yes]), [["t1", false], ["t1", false], ["t1", true]]);
});

test("the leader gets its own way, and is not asked", async () => {
  const { kit, event } = await running({ leader: "g1" });
  const asked = [];
  kit.on("travel", (question) => asked.push(question));
  assert.deepEqual(plain(await kit.travel("moonfall")), { url: "https://moonfall.example/#partykit=abc" });
  event({ type: "travel", travel: { ...travel, by: "g1" } });
  assert.equal(await kit.travel(null), undefined);
  assert.equal(asked.length, 0);
});

test("who travelled has left, and the crown goes on", async () => {
  const { kit, event } = await running();
  const seen = [];
  kit.on("member", ({ change, member, reason }) => seen.push([change, member.n, reason]));
  kit.on("leader", ({ leader, reason }) => seen.push([leader.n, reason]));
  event({ type: "left", n: 2, reason: "travelled" }, { type: "leader", leader: "g1", reason: "travelled" });
  assert.deepEqual(seen, [["left", 2, "travelled"], [1, "travelled"]]);
});
