// How a game uses PartyKit, in one file. Everything about the party stands here; game.js, draw.js and the others would be the same without it.
//
//   1. start the kit                             connect()
//   2. who came by an invite loads it in sight   arrive()
//   3. what the party shares                     share(), onPartyData()
//   4. messages between the players              onMessage(), found()

import { advice } from "./advice.js";
import { download } from "./download.js";
import { Picture } from "./draw.js";
import { describe, Game } from "./game.js";
import { Hud, named, sayings } from "./hud.js";
import { Input } from "./input.js";
import { levelById, levels } from "./levels/index.js";
import { Peers } from "./net.js";
import { Progress } from "./progress.js";
import { lit } from "./rules.js";
import { Sound } from "./sound.js";
import { remember, taught, teach } from "./tutorial.js";

const server = document.querySelector('meta[name="partykit-server"]').content || location.origin;
const PLACES = 0, WORDS = 1; // channels of volatile messages: on each, only the newest counts

let kit, progress = new Progress();
let leadersLevel; //                   where the leader was when we last looked
let way = new AbortController(); //    ends what is being loaded when something newer begins
let givingUp = false; //               while we leave by our own wish

const face = (seed) => `${server}/face/${seed}.svg`;
const hud = new Hud(face), sound = new Sound(), canvas = document.getElementById("stage");
const peers = new Peers((bytes) => {
  if (kit.party.members.length > 1) kit.send(bytes, { channel: PLACES }).catch(quietly);
});

const self = () => kit.party.members.find((member) => member.self);
const others = () => kit.party.members.filter((member) => !member.self && member.state === "in");
const leader = () => kit.party.members.find((member) => member.leader);
const playing = () => document.body.dataset.phase === "playing";

/** What failed here is tried again by itself, or can be done without: the place is sent 15 times a second, the party's data at every change. */
const quietly = (error) => console.debug("partykit:", error.code ?? error.message);

const game = new Game({
  input: new Input(canvas), picture: new Picture(canvas, face), peers, self, others, found, frame,
  facts: (level) => progress.facts(level),
  heard: (what) => {
    sound.play(what);
    if (what === "caught") hud.hint("A wisp has carried you back.", 2500);
  },
});

// ── 1. start ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

async function connect() {
  game.leave(levels[0]);
  try {
    const { PartyKit } = await import(`${server}/sdk/v1/partykit.js`);
    kit = await PartyKit.start({ game: "demo", server, loading: "manual" });
  } catch (error) {
    hud.phase("failed");
    hud.card({ title: "No connection", text: error.code ? error.message : "The party server cannot be reached just now.", buttons: { retry: () => location.reload() } });
    return;
  }
  hud.talk(say);
  hud.button("invite", () => kit.showInviteLink().catch((error) => hud.hint(error.message)));
  hud.button("levels", chooseLevel);
  hud.button("sound", () => hud.pressed("sound", sound.toggle()));

  kit.on("party", onParty);
  kit.on("partyData", onPartyData);
  kit.on("message", onMessage);
  kit.on("member", ({ change, member }) => {
    if (change === "in" && !member.self) hud.hint(`${named(member)} is here.`);
    if (change === "left") hud.announce(`${named(member)} has left.`);
    share();
  });
  kit.on("leader", share);
  kit.on("connection", (state) => {
    if (state === "reconnecting") hud.hint("The connection is lost. Trying again …", 60_000);
    if (state === "connected" && playing()) hud.hint("Connected.", 1500);
  });
  kit.on("error", (error) => hud.hint(error.message, 60_000)); // such as: the same player went on in another window
  const [entry] = performance.getEntriesByType("navigation");
  await arrive({ straight: entry?.type === "reload" }); // who was playing goes straight on
}

// ── 2. the invite ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * arrive brings the player into its party's level. Who came by an invite is seen doing so by the others, from the first byte to the end of the
 * lesson, and becomes a full member with finalizeInviteLoading(true). The same function serves a cold start and an invite into the running game.
 * over is a word to the player on the start card; straight leaves that card out.
 */
async function arrive({ over = "", straight = false } = {}) {
  const signal = newWay(), invited = kit.isInviteLoading();
  progress = new Progress();
  progress.mergeAll(kit.getPartyData().progress);
  game.leave(target());
  try {
    if (!invited && !straight) await begin(over, signal);
    let level, pack;
    do { //                                                  the leader may go on while we load
      level = target();
      pack = await fetchPack(level, invited, signal);
      if (!taught(kit.player.id)) await lesson(invited, signal);
    } while (level !== target());
    signal.throwIfAborted();
    await kit.finalizeInviteLoading(true);
    play(level, pack);
  } catch (error) {
    if (signal.aborted) return;
    if (invited) await giveUp("Could not load the game");
    hud.phase("failed");
    hud.card({ title: "That did not work", text: error.message, buttons: { retry: () => arrive() } });
  }
}

const target = () => levelById(kit.getPartyData().level) ?? levels[0];

/** newWay ends what was being loaded and returns the signal of what begins. */
function newWay() {
  way.abort();
  way = new AbortController();
  return way.signal;
}

/** begin waits for Play. */
function begin(over, signal) {
  hud.phase("ready");
  return new Promise((resolve, reject) => {
    hud.card({ over: over || `You are ${named(kit.player)}`, text: "A small game for two or more friends. Light every lantern, then leave together.", keys: true, buttons: { play: resolve } });
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

async function fetchPack(level, invited, signal) {
  const text = `Fetching ${level.name}`;
  const inviter = kit.party.members.find((member) => member.id === self()?.by) ?? leader();
  hud.phase("downloading");
  hud.card({ over: invited && inviter ? `Joining ${named(inviter)}` : "", title: level.name, text, progress: 0, buttons: invited ? { "not-now": notNow } : {} });
  const pack = await download(level.id, (part) => {
    hud.progress(`${text}, ${Math.floor(part * 100)} %`, part);
    if (invited) kit.updateInviteLoadingMessage(text, { phase: "downloading", progress: part });
  }, signal);
  signal.throwIfAborted();
  return pack;
}

async function lesson(invited, signal) {
  hud.phase("tutorial");
  hud.place({ id: "tutorial", name: "The gatehouse" });
  hud.lanterns(0, 0);
  hud.leaveLesson(invited ? notNow : undefined);
  await teach({
    game, hud, signal, mustFinish: invited,
    report: (step, part) => invited && kit.updateInviteLoadingMessage(`Learning: ${step}`, { phase: "tutorial", progress: part }),
  });
  remember(kit.player.id);
}

/** notNow is the player's own way out while loading: back to a party of one, and to the start. */
async function notNow() {
  newWay();
  hud.phase("leaving");
  hud.card({ text: "Leaving …" });
  await giveUp("Not now");
  await arrive({ over: "You are on your own again" });
}

async function giveUp(message) {
  givingUp = true;
  kit.updateInviteLoadingMessage(message);
  await kit.finalizeInviteLoading(false).catch(quietly);
  givingUp = false;
}

/** onParty hears of every change, and with a reason when this player has moved: joined, left, timed out, … */
function onParty(party, reason) {
  peers.keep(new Set(party.members.map((member) => member.id)));
  refresh();
  if (reason === "joined") arrive();
  else if (reason && !givingUp) {
    if (!playing()) arrive({ over: "You are on your own again" });
    else hud.hint("You are in a party of your own now.");
  }
}

// ── 3. what the party shares ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

let sharing;

/**
 * share tells the party where this player is and what is done. From the leader everybody hears it; everyone else's waits at the server, and counts
 * at once should they lead one day. The landing page shows the same things to who opens the link.
 */
function share() {
  refresh();
  clearTimeout(sharing);
  sharing = setTimeout(() => {
    if (!playing()) return;
    const { level } = game, facts = progress.facts(level.id);
    kit.updatePartyData({ level: level.id, progress: progress.toJSON() }).catch(quietly);
    kit.updateInviteLandingPageInfo([
      { id: "title", value: level.name },
      { id: "description", value: level.about },
      { id: "image", value: level.id }, // the name of a picture uploaded for this game
      { id: "partySize", value: String(kit.party.members.length) },
      { id: "partyMaxSize", value: String(kit.party.size) },
      { id: "lanterns", label: "Lanterns lit", value: `${lit(level, facts)} of ${level.lanterns.length}` },
    ]).catch(quietly);
  }, 250);
}

/** onPartyData hears the leader's data. When the leader has gone to another level, the player is asked: nobody is moved without a yes. */
async function onPartyData(data) {
  for (const level of levels) take(level.id, data.progress?.[level.id]?.run, data.progress?.[level.id]?.facts);
  const level = levelById(data.level);
  if (!level || level.id === leadersLevel) return;
  leadersLevel = level.id;
  hud.endAsk();
  if (!playing() || level === game.level || self()?.leader) return;
  if (await hud.ask(`${leader() ? named(leader()) : "Your party"} goes to ${level.name}.`)) await travel(level);
}

/** travel takes this player to a level, fetching it first when it is not here. */
async function travel(level) {
  const signal = newWay();
  hud.endAsk();
  try {
    const pack = await fetchPack(level, false, signal);
    play(level, pack);
  } catch (error) {
    if (signal.aborted) return;
    hud.phase("playing");
    hud.hint(error.message);
  }
}

function play(level, pack) {
  leadersLevel = kit.getPartyData().level;
  game.enter(level, pack.grain);
  hud.place(level);
  hud.phase("playing");
  hud.hint(kit.party.members.length > 1 ? level.hint : `${level.hint} Invite a friend!`, 9000);
  share();
}

/** chooseLevel: anybody may walk off alone; when the leader does, the others are asked to follow. */
function chooseLevel() {
  const alone = kit.party.members.length === 1;
  hud.chooseLevel({
    text: alone ? "Friends who come by your link land where you are." : self().leader ? "You lead: your friends will be asked to follow." : `${named(leader())} leads. You can look around on your own.`,
    note: (level) => `${lit(level, progress.facts(level.id))} of ${level.lanterns.length} lanterns lit${level === game.level ? " · you are here" : ""}`,
    go,
  });
}

/** go is travel by choice: the leader begins a level that is done anew. */
function go(level) {
  if (self().leader && progress.facts(level.id).has("solved")) progress.again(level.id);
  return travel(level);
}

// ── 4. messages ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

function onMessage({ data, from, channel }) {
  if (!from) return;
  if (channel === PLACES) peers.receive(from.id, data, performance.now());
  else if (channel === WORDS) hear(from, data);
  else take(data?.level, data?.run, data?.facts);
}

/** found is told by the game what came true through this player. The others must hear of it, whatever happens: reliable. */
function found(facts) {
  const { id } = game.level, run = progress.run(id);
  take(id, run, facts);
  if (kit.party.members.length > 1) kit.send({ level: id, run, facts }).catch(quietly);
}

/** take adds facts of a level, from wherever they come, and shows what is new. */
function take(id, run, facts) {
  const before = progress.run(id), fresh = progress.merge(id, run, facts);
  const here = game.level?.id === id && playing() ? game.level : undefined;
  if (here && progress.run(id) !== before) game.enter(here, game.grain);
  if (fresh.length === 0) return;
  for (const fact of here ? fresh : []) {
    const [kind, which] = fact.split(":");
    if (kind === "lantern") game.celebrate(here.lanterns[which]);
    if (kind === "lantern") hud.announce(`${lit(here, progress.facts(id))} of ${here.lanterns.length} lanterns burn.`);
    if (kind === "gate") hud.hint("It stays open now.", 3000);
    if (kind === "solved") [here.exit, ...here.lanterns].forEach((place) => game.celebrate(place, 30));
    if (kind !== "gate") sound.play(kind);
  }
  share();
}

function say(i) {
  hear(self(), i);
  kit.send(i, { channel: WORDS }).catch(quietly);
}

function hear(from, i) {
  if (!sayings[i]) return;
  game.say(from.id, sayings[i]);
  sound.play("say");
  if (!from.self) hud.announce(`${named(from)}: ${sayings[i]}`);
}

// ── the page ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** refresh brings the page up to the party and the level. */
function refresh() {
  const now = performance.now();
  hud.party(kit.party.members, (member) => {
    if (member.state === "loading") return "on the way";
    const level = !member.self && levelById(peers.at(member.id, now)?.level);
    return level && level !== game.level ? `in ${level.name}` : undefined;
  });
  if (!game.level || !playing()) return;
  const { level } = game, facts = progress.facts(level.id);
  hud.lanterns(lit(level, facts), level.lanterns.length);
  if (!facts.has("solved")) return hud.endDone();
  const next = levels[levels.indexOf(level) + 1];
  hud.done({
    title: next ? `${level.name} is lit!` : "The lighthouse burns!",
    text: self().leader ? "Well done, all of you." : `Well done. ${named(leader())} picks the next level.`,
    next: self().leader ? () => go(next ?? levels[0]) : undefined,
    label: next ? `On to ${next.name}` : "Once more from the Meadow",
  });
}

let looked = 0, described = 0, advised;

/** frame is told of every frame. A few times a second it writes down on <body> what is drawn, for tests and the curious, and now and then in words. */
function frame(view) {
  const now = performance.now();
  if (now - looked < 100) return;
  looked = now;
  const place = ({ x, y }) => ({ x: Math.round(x * 100) / 100, y: Math.round(y * 100) / 100 });
  const { dataset } = document.body, me = place(view.me);
  dataset.meX = me.x;
  dataset.meY = me.y;
  dataset.peers = JSON.stringify(Object.fromEntries(view.figures.filter((f) => !f.self).map((f) => [f.name, place(f)])));
  dataset.open = [...view.open].join("");
  const words = playing() ? advice(view.level, view.me, view.bodies.slice(1), view.facts) : undefined;
  if (words && words !== advised) hud.hint(words);
  advised = words;
  if (now - described < 2000) return;
  described = now;
  hud.scene(describe(view));
  refresh();
}

await connect();
