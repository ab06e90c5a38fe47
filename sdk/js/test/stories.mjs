// Plays the stories of conformance/stories with the SDK that a running server
// serves, each player in a tab of its own; conformance/README.md says how they
// read. The server's address stands in SERVER:
//
//   SERVER=http://localhost:7700 node --experimental-vm-modules --experimental-websocket --test sdk/js/test/stories.mjs
import assert from "node:assert/strict";
import { createHmac, randomUUID } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Player } from "./stories-player.mjs";

const game = "conformance";
const other = "conformance-moon";
const secret = "the stories are told with this secret";
/** How long something that should come true is waited for, in ms. */
const patience = 20_000;

const folder = new URL("../../../conformance/stories/", import.meta.url);
for (const file of readdirSync(folder)) {
  const { about, story } = JSON.parse(readFileSync(new URL(file, folder)));
  test(`${file.replace(".json", "")}: ${about}`, () => tell(story));
}

async function tell(story) {
  const cast = { players: new Map(), links: new Map(), mark: randomUUID() };
  try {
    for (const [i, [who, does, arg, fails]] of story.entries()) {
      for (const name of who.split(" ")) {
        try {
          await play(cast, name, does, arg, fails);
        } catch (error) {
          error.message = `step ${i + 1}, ${name} ${does} ${JSON.stringify(arg) ?? ""}: ${error.message}`;
          throw error;
        }
      }
    }
    await arrived(cast);
    agree(cast);
  } finally {
    for (const player of cast.players.values()) player.end();
  }
}

async function play(cast, name, does, arg, fails) {
  if (does === "start") cast.players.set(name, new Player(name, process.env.SERVER));
  const player = cast.players.get(name);
  assert.ok(player, `${name} has not started`);
  if (looks[does]) return until(() => looks[does](cast, player, arg));
  assert.ok(acts[does], "there is no such act");
  const act = async () => {
    let code;
    try {
      await acts[does](cast, player, arg ?? {});
    } catch (error) {
      if (!error.code || error instanceof assert.AssertionError) throw error;
      code = error.code;
    }
    assert.equal(code, fails);
  };
  // What it does without a connection goes on beside the story until it returns.
  if (player.wire.held && !["drop", "return", "reload", "close"].includes(does)) player.later(act);
  else await act();
}

async function until(check) {
  for (const end = Date.now() + patience; ; await pause(10)) {
    try {
      return check();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}

/** A token by which the game names the player of one of its accounts. */
function token(cast, account, name) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const signed = `${part({ alg: "HS256" })}.${part({ aud: game, sub: account + cast.mark, name, exp })}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

/** The number of a member as the player sees it, or the number that the story names. */
function number(cast, { kit }, who) {
  if (typeof who === "number") return who;
  const id = cast.players.get(who).kit.player.id;
  return kit.party.members.find((member) => member.id === id).n;
}

/** What a player has of a link: its address, or what was read out. */
const code = (cast, { link, spoken }) => (spoken ? cast.links.get(spoken).spoken : cast.links.get(link).url);

const acts = {
  start: (cast, player, { name = player.name, has, account, way }) =>
    player.begin(
      { game: way ? other : game, name, has, ...(account && { identity: () => token(cast, account, player.name) }) },
      way && new URL(cast.players.get(way).way.url).hash,
    ),
  reload: (cast, player) => player.reload(),
  close: (cast, { kit }) => kit.close(),
  drop: (cast, { wire }) => wire.drop(),
  deafen: (cast, { wire }) => wire.deafen(),
  return: (cast, player) => player.return(),
  away: (cast, player, { away }) => player.hide(away),

  async invite(cast, { kit }, { as, for: whom, replaces, ...options }) {
    const invite = await kit.createInvite({ ...options, ...(replaces && { replaces: cast.links.get(replaces) }), ...(whom && { for: cast.players.get(whom).kit.player }) });
    cast.links.set(as, invite);
  },
  revoke: (cast, { kit }, { link }) => kit.revokeInvite(cast.links.get(link).id),
  join(cast, player, { party, confirm = false, onward = false, ...by }) {
    player.leavesOthers = confirm;
    return player.kit.join(party ? { party: cast.players.get(party).kit.party.id } : code(cast, by), { onward });
  },
  leave: (cast, { kit }) => kit.leaveParty(),
  finalize: (cast, { kit }, { success = true }) => kit.finalizeInviteLoading(success),
  loading: (cast, { kit }, { message, ...details }) => kit.updateInviteLoadingMessage(message, details),
  rename: (cast, { kit }, { name }) => kit.rename(name),
  identify: (cast, player, { account, confirm }) => player.kit.identify(() => token(cast, account, player.name), { confirm }),

  data: (cast, { kit }, { set, patch, if: ifRevision }) =>
    patch ? kit.patchPartyData(patch, { ifRevision }) : kit.updatePartyData(set, { ifRevision }),
  landing: (cast, { kit }, { fields }) => kit.updateInviteLandingPageInfo(fields),
  member: (cast, { kit }, { set, patch }) => (patch ? kit.patchMemberData(patch) : kit.updateMemberData(set)),

  settings: (cast, { kit }, settings) => kit.settings(settings),
  promote: (cast, player, { who }) => player.kit.promote(number(cast, player, who)),
  kick: (cast, player, { who, ban }) => player.kit.kick(number(cast, player, who), { ban }),
  readmit: (cast, player, { who }) => player.kit.readmit(number(cast, player, who)),

  wait: (cast, { kit }, by) => kit.waitInLine(code(cast, by)),
  ask: (cast, { kit }, by) => kit.askToJoin(code(cast, by)),
  "go away": (cast, { kit }) => kit.leaveLine(),
  admit: (cast, player, { who, yes }) => player.kit.admit(number(cast, player, who), yes),

  match: (cast, { kit }, { match = null }) => kit.setMatch(match),
  follow: (cast, { kit }, { yes = true }) => kit.follow(yes),
  "ask ready": (cast, { kit }, { within: seconds, keep }) => kit.startReadyCheck({ seconds, keep }),
  answer: (cast, { kit }, { yes = true }) => kit.answerReady(yes),
  cancel: (cast, { kit }) => kit.cancelReadyCheck(),

  async travel(cast, player, { payload, within }) {
    player.way = await player.kit.travel(other, { payload, within });
  },
  "call off": (cast, { kit }) => kit.travel(null),
  async board(cast, player, { yes = true }) {
    player.way = await player.kit.board(yes);
  },
  report: (cast, player, { who, reason }) => player.kit.report(number(cast, player, who), reason),

  chat: (cast, { kit }, { text }) => kit.chat(text),
  send: (cast, { kit }, { json, bytes, to, channel }) =>
    kit.send(bytes === undefined ? json : Uint8Array.from(Buffer.from(bytes, "hex")), { channel, ...(to && { to: cast.players.get(to).kit.player }) }),
};

const looks = {
  sees(cast, { kit }, want) {
    const { party, player: you, invitePayload: payload, chatHistory } = kit;
    fits(cast, want, { party, acting: party.acting, you, payload, chat: chatHistory.map(({ name, text }) => `${name}: ${text}`) });
  },
  hears(cast, player, want) {
    fits(cast, want, player.heard.slice(0, want.length));
    player.heard.splice(0, want.length);
  },
  moved: (cast, { moved }, want) => assert.equal(moved, want),
  "at the door": (cast, { door }, want) => fits(cast, want, door),
  ended: (cast, { kit }) => assert.equal(kit.connection, "closed"),
  log: (cast, { stays }, want) => assert.deepEqual(stays.at(-1).entries.map(({ line }) => line), want),
};

/** Compares what is there with what the story wants: of an object the members that are named, of a list all. */
function fits(cast, want, there) {
  const names = new Map();
  const open = ({ kit }) => kit?.connection !== "closed"; // who has ended may live on in another connection
  const players = [...cast.players.values()].toSorted((a, b) => open(a) - open(b));
  for (const { name, kit } of players) if (kit) names.set(kit.player.id, name);
  for (const [name, { id }] of cast.links) names.set(id, name);
  const plain = JSON.parse(JSON.stringify(there ?? null), (_, value) => names.get(value) ?? value);
  assert.deepEqual(part(want, plain), want);
}

/** What there is, without what the story does not speak of. Nothing is the same as "". */
function part(want, there) {
  if (want === null) return there || null;
  if (Array.isArray(want)) return Array.isArray(there) ? there.map((value, i) => (i < want.length ? part(want[i], value) : value)) : there;
  if (typeof want !== "object" || typeof there !== "object" || !there) return there;
  return Object.fromEntries(Object.entries(want).map(([name, value]) => [name, part(value, there[name])]));
}

/** Waits until all who are in a party have seen its last. */
async function arrived({ players }) {
  const here = [...players.values()].filter(({ kit, wire }) => kit?.connection === "connected" && !wire.held);
  await until(() => {
    for (const one of here) {
      for (const other of here.filter(({ kit }) => kit.party.id === one.kit.party.id)) {
        const last = other.stays.at(-1).last;
        assert.ok(one.stays.at(-1).last >= last || one.sent.has(last), `${one.name} has not seen ${last}, and ${other.name} has`);
      }
    }
  });
}

/** Nothing was heard that no step speaks of, and all who were in a party saw the same happen there. */
function agree({ players }) {
  const logs = new Map();
  for (const { name, heard, stays } of players.values()) {
    assert.deepEqual(heard, [], `${name} heard what no step speaks of`);
    for (const { party, entries } of stays) {
      const log = logs.get(party) ?? new Map();
      logs.set(party, log);
      for (const { seq, what } of entries) {
        assert.equal(what, log.get(seq) ?? what, `${name} saw something else than others`);
        log.set(seq, what);
      }
    }
  }
  for (const { name, sent, stays } of players.values()) {
    for (const { party, from, entries, last } of stays) {
      const seen = entries.map(({ seq }) => seq);
      assert.deepEqual(seen, seen.toSorted((a, b) => a - b), `${name} saw things out of their order`);
      for (const [seq, what] of logs.get(party)) {
        if (seq > from && seq <= last && !sent.has(seq)) assert.ok(seen.includes(seq), `${name} missed ${what}`);
      }
    }
  }
}
