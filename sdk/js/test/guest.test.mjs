// Slots: a reload or a reopened tab is the same guest, tabs open together are
// different ones, a duplicated tab is a new one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Storage, World, settle, welcome } from "./world.mjs";

const key = (world) => world.peer.received[0].key;

function copyOf(storage) {
  const copy = new Storage();
  copy.values = new Map(storage.values);
  return copy;
}

for (const hasLocks of [true, false]) {
  const by = hasLocks ? "with Web Locks" : "on an insecure origin, by leases";

  test(`a reload is the same guest, ${by}`, async () => {
    const world = new World();
    world.hasLocks = hasLocks;
    const before = await world.tab();
    await before.start();
    const first = key(world);
    before.close();
    const after = await world.tab({ session: before.session });
    await after.start();
    assert.equal(key(world), first);
    assert.deepEqual(world.peer.received[0].resume, { session: "s1", token: "r1", epoch: "e1", seq: 0 });
  });

  test(`tabs open together are different guests, and each comes back as itself, ${by}`, async () => {
    const world = new World();
    world.hasLocks = hasLocks;
    const tabs = [await world.tab(), await world.tab(), await world.tab()];
    const keys = [];
    for (const tab of tabs) {
      await tab.start();
      keys.push(key(world));
    }
    assert.equal(new Set(keys).size, 3);
    tabs.forEach((tab) => tab.close());
    for (const n of [2, 0, 1]) {
      await (await world.tab({ session: tabs[n].session })).start();
      assert.equal(key(world), keys[n]);
    }
  });

  test(`a tab reopened without its memory takes the first free guest, ${by}`, async () => {
    const world = new World();
    world.hasLocks = hasLocks;
    const first = await world.tab();
    await first.start();
    const firstKey = key(world);
    const second = await world.tab();
    await second.start();
    first.close();
    await (await world.tab()).start();
    assert.equal(key(world), firstKey);
  });

  test(`a duplicated tab is a new guest, ${by}`, async () => {
    const world = new World();
    world.hasLocks = hasLocks;
    const tab = await world.tab();
    await tab.start();
    const first = key(world);
    const twin = await world.tab({ session: copyOf(tab.session) });
    await twin.start();
    assert.notEqual(key(world), first);
    const second = key(world);
    twin.close();
    await (await world.tab({ session: twin.session })).start();
    assert.equal(key(world), second);
  });

  test(`two kits in one page are two guests, ${by}`, async () => {
    const world = new World();
    world.hasLocks = hasLocks;
    const tab = await world.tab();
    await tab.start();
    const first = key(world);
    await tab.start();
    assert.notEqual(key(world), first);
  });
}

test("a reload whose page before has not let go yet waits for it", async () => {
  const world = new World();
  const before = await world.tab();
  await before.start();
  const first = key(world);
  const after = await world.tab({ session: before.session });
  const starting = after.start();
  await world.clock.advance(200);
  before.close();
  await starting;
  assert.equal(key(world), first);
});

test("a lease of a tab that died is free after a while, and one that lives is not", async () => {
  const world = new World();
  world.hasLocks = false;
  const tab = await world.tab();
  await tab.start();
  const first = key(world);
  await world.clock.advance(600_000); // it renews its lease
  await (await world.tab()).start();
  assert.notEqual(key(world), first);

  const later = new World();
  later.hasLocks = false;
  later.local = world.local;
  later.clock.now = world.clock.now + 91_000; // and nobody renewed
  await (await later.tab()).start();
  assert.equal(key(later), first);
});

test("games and servers do not share guests", async () => {
  const world = new World();
  await (await world.tab()).start();
  const first = key(world);
  await (await world.tab()).start({ game: "other" });
  assert.notEqual(key(world), first);
  const second = key(world);
  await (await world.tab()).start({ server: "http://localhost:7700" });
  assert.equal(world.peer.url, "ws://localhost:7700/connect?game=demo");
  assert.ok(![first, second].includes(key(world)));
});

test("where nothing can be stored, the guest is new each time", async () => {
  const world = new World();
  const tab = await world.tab({ storage: false });
  const kit = await tab.start();
  assert.equal(kit.connection, "connected");
  const first = key(world);
  await (await world.tab({ storage: false })).start();
  assert.notEqual(key(world), first);
});

test("a full storage does not stop the game", async () => {
  const world = new World();
  world.local.setItem = () => {
    throw new Error("QuotaExceededError");
  };
  const kit = await (await world.tab()).start();
  kit.send("x");
  await settle();
  assert.equal(world.peer.binary.length, 1);
});

/** A storage in which only so many characters fit. */
class Small extends Storage {
  room = Infinity;
  setItem(key, value) {
    const others = [...this.values].filter(([other]) => other !== key);
    if (others.concat([[key, value]]).flat().join("").length > this.room) throw new Error("QuotaExceededError");
    super.setItem(key, value);
  }
  get used() {
    return [...this.values].flat().join("").length;
  }
}

test("a page whose storage is full is the same guest after a reload, and uses no number twice", async () => {
  const world = new World();
  world.local = new Small();
  const before = await world.tab();
  const kit = await before.start();
  const first = key(world);
  world.local.room = world.local.used + 100;
  kit.send("x".repeat(1000)).catch(() => {});
  await settle();
  assert.equal(world.peer.binary[0][2], 1);
  before.close();
  const again = await (await world.tab({ session: before.session })).start();
  assert.equal(key(world), first);
  assert.equal(world.peer.received[0].resume.session, "s1");
  again.send("y").catch(() => {});
  await settle();
  assert.deepEqual(world.peer.binary.map((frame) => frame[2]), [2]);
});

test("where not even that fits, a reload is a new guest rather than one of long ago", async () => {
  const world = new World();
  world.local = new Small();
  const before = await world.tab();
  const kit = await before.start();
  const first = key(world);
  world.local.room = 0;
  kit.send("x").catch(() => {});
  await settle();
  before.close();
  const again = await (await world.tab({ session: before.session })).start();
  assert.notEqual(key(world), first);
  assert.equal(world.peer.received[0].resume, undefined);
  assert.equal(again.connection, "connected");
});

test("what is stored is read with suspicion", async () => {
  const hostile = [
    "not json",
    "null",
    "[]",
    '"text"',
    '{"key":"short"}',
    '{"key":7,"token":7}',
    JSON.stringify({ key: "A".repeat(32) }),
    JSON.stringify({
      key: "0123456789abcdef0123456789abcdef",
      token: {},
      party: 5,
      resume: { session: "s", token: 1, epoch: null },
      lastCommand: -1,
      lastMessage: "9",
      unanswered: [null, 1, { id: 0, command: { t: "leave" } }, { id: 1, command: {} }, { id: 2, message: "to 1 %%%" }],
      own: { data: [], landing: {} },
      invites: [null, { id: "x" }],
    }),
  ];
  for (const stored of hostile) {
    const world = new World();
    world.local.setItem("partykit:party.example:demo:0", stored);
    const kit = await (await world.tab()).start();
    const [hello] = world.peer.received;
    assert.match(hello.key, /^[0-9a-f]{32}$/, stored);
    assert.deepEqual([hello.token, hello.party, hello.resume, hello.own], [undefined, undefined, undefined, {}], stored);
    kit.rename("Ada");
    await settle();
    assert.deepEqual(world.peer.received.slice(1), [{ t: "rename", name: "Ada", id: 1 }], stored);
  }
});

test("requests without an answer survive a reload, with their ids, in the same session", async () => {
  const world = new World();
  const before = await world.tab();
  const kit = await before.start();
  kit.rename("Ada").catch(() => {});
  kit.send({ hi: "ü" }).catch(() => {});
  await settle();
  const sent = world.peer.received.slice(1);
  before.close();

  const after = await world.tab({ session: before.session });
  const again = await after.start();
  await settle();
  assert.deepEqual(world.peer.received.slice(1), sent);
  again.rename("Bob").catch(() => {});
  await settle();
  assert.equal(world.peer.frames("rename")[1].id, 2);
});

test("they are forgotten when the session is another", async () => {
  const world = new World();
  const before = await world.tab();
  const kit = await before.start();
  kit.leaveParty().catch(() => {});
  await settle();
  before.close();
  world.accept = (peer) => {
    peer.open();
    peer.send(welcome({ session: "s2" }));
  };
  await (await world.tab({ session: before.session })).start();
  await settle();
  assert.equal(world.peer.received.length, 1);
});

test("the resume token is stored before anything is sent under it", async () => {
  const world = new World();
  const kit = await (await world.tab()).start();
  const stored = [];
  world.accept = (peer) => {
    peer.answer = ({ t }) => {
      const { resume } = JSON.parse(world.local.getItem("partykit:party.example:demo:0"));
      stored.push([t, resume.token]);
    };
    peer.open();
    peer.send({ t: "resumed", session: "s1", resume: "r2", epoch: "e1", seq: 10, applied: { command: 0, message: 0 } });
  };
  kit.rename("Ada").catch(() => {});
  world.peer.close(1006);
  await world.clock.advance(1000);
  assert.deepEqual(stored, [["hello", "r1"], ["rename", "r2"]]);
});
