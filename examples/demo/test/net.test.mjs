import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, DELAY, encode, Peers, RATE, Track } from "../play/net.js";

const close = (a, b, by) => assert.ok(Math.abs(a - b) <= by, `${a} is not within ${by} of ${b}`);

test("a place survives the wire to 1/256 of a tile", () => {
  const place = { level: "ruins", x: 12.3456, y: 7.8901, away: true, time: 123456.7 };
  const got = decode(encode(place));
  close(got.x, place.x, 1 / 512);
  close(got.y, place.y, 1 / 512);
  assert.deepEqual({ level: got.level, away: got.away, time: got.time }, { level: "ruins", away: true, time: 123457 });
});

test("a place read from within a larger buffer is the same", () => {
  const large = new Uint8Array(40);
  large.set(encode({ level: "meadow", x: 3, y: 4, away: false, time: 5 }), 17);
  assert.deepEqual(decode(large.subarray(17, 29)), { level: "meadow", x: 3, y: 4, away: false, time: 5 });
});

test("other bytes are no place", () => {
  const good = encode({ level: "meadow", x: 3, y: 4, away: false, time: 5 });
  const changed = (i, value) => Object.assign(good.slice(), { [i]: value });
  for (const bad of [null, undefined, "x", 12, {}, [], new Uint8Array(0), good.subarray(1), new Uint8Array([...good, 0]), changed(0, 2), changed(1, 3), changed(1, 255), changed(8, 255), changed(10, 255)]) {
    assert.equal(decode(bad), undefined, String(bad));
  }
});

/** arriving gives a track the places of a body walking right at speed tiles a second, each message late by latency(i) ms. */
function arriving(track, { messages, speed, latency, from = 0 }) {
  const frames = [];
  for (let i = 0; i < messages; i++) {
    const time = from + (i * 1000) / RATE;
    frames.push({ at: 50_000 + time + latency(i), place: { level: "meadow", x: 2 + (speed * time) / 1000, y: 5, away: false, time } });
  }
  frames.sort((a, b) => a.at - b.at);
  return (until) => {
    while (frames.length && frames[0].at <= until) {
      const { at, place } = frames.shift();
      track.push(place, at);
    }
  };
}

test("drawn at the screen's rate from 15 jittery messages a second, a walk is smooth", () => {
  const track = new Track(), speed = 4;
  const deliver = arriving(track, { messages: 60, speed, latency: (i) => 30 + ((i * 37) % 50) });
  let last, worst = 0;
  for (let now = 50_500; now < 53_500; now += 1000 / 60) {
    deliver(now);
    const { x } = track.at(now);
    if (last !== undefined) {
      assert.ok(x >= last - 1e-9, "never backwards");
      worst = Math.max(worst, x - last);
    }
    last = x;
  }
  assert.ok(worst < (speed / 60) * 1.6, `the largest step is ${(worst / (speed / 60)).toFixed(2)} times the mean one`);
});

test("others are drawn where they were about 120 ms ago", () => {
  const track = new Track(), latency = 40;
  const deliver = arriving(track, { messages: 40, speed: 4, latency: () => latency });
  const now = 52_000;
  deliver(now);
  close(track.at(now).x, 2 + (4 * (2000 - latency - DELAY)) / 1000, 0.05);
  close(track.at(now).speed, 4, 0.01);
});

test("who stood still and walks on does not glide there from the last message", () => {
  const track = new Track();
  track.push({ level: "meadow", x: 5, y: 5, away: false, time: 1000 }, 51_000);
  track.push({ level: "meadow", x: 5.3, y: 5, away: false, time: 1500 }, 51_500);
  assert.equal(track.at(51_500 + DELAY - 100).x, 5);
  assert.equal(track.at(51_500 + DELAY + 1).x, 5.3);
});

test("a leap or another level is a cut, not a flight", () => {
  const track = new Track();
  track.push({ level: "meadow", x: 5, y: 5, away: false, time: 1000 }, 51_000);
  track.push({ level: "meadow", x: 25, y: 5, away: false, time: 1066 }, 51_066);
  track.push({ level: "ruins", x: 25.1, y: 5, away: false, time: 1132 }, 51_132);
  for (let now = 51_000; now < 51_400; now += 5) assert.ok([5, 25, 25.1].includes(track.at(now).x));
  assert.equal(track.at(51_066 + DELAY + 30).level, "meadow");
  assert.equal(track.at(51_132 + DELAY + 1).level, "ruins");
});

test("late and repeated messages change nothing; a reloaded player starts anew", () => {
  const track = new Track();
  track.push({ level: "meadow", x: 5, y: 5, away: false, time: 90_000 }, 51_000);
  track.push({ level: "meadow", x: 9, y: 9, away: false, time: 90_000 }, 51_010);
  track.push({ level: "meadow", x: 9, y: 9, away: false, time: 89_900 }, 51_020);
  assert.equal(track.at(52_000).x, 5);
  track.push({ level: "meadow", x: 2, y: 2, away: false, time: 300 }, 53_000);
  assert.equal(track.at(53_500).x, 2);
  close(track.clock(53_500), 800, 1);
});

test("a walking player tells its place 15 times a second, a standing one twice", () => {
  const sent = [], peers = new Peers((bytes) => sent.push(decode(bytes)));
  const place = { level: "meadow", x: 2, y: 2, away: false };
  for (let now = 0; now < 4000; now += 1000 / 60) peers.tell({ ...place, x: 2 + now / 1000 }, now);
  close(sent.length, 4 * RATE, 3);
  sent.length = 0;
  for (let now = 4000; now < 8000; now += 1000 / 60) peers.tell(place, now);
  close(sent.length, 8, 2);
  sent.length = 0;
  peers.tell({ ...place, away: true }, 9000);
  assert.equal(sent.length, 1, "being away is told at once");
});

test("members that have gone are forgotten", () => {
  const peers = new Peers(() => {});
  for (const id of ["ada", "bea"]) peers.receive(id, encode({ level: "meadow", x: 2, y: 2, away: false, time: 1 }), 10);
  peers.receive("eve", new Uint8Array([1, 2, 3]), 10);
  peers.keep(new Set(["bea"]));
  assert.equal(peers.at("ada", 200), undefined);
  assert.equal(peers.at("bea", 200).x, 2);
  assert.equal(peers.at("eve", 200), undefined);
});
