import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { load } from "./bundle.mjs";

const { decode, payloadOf, putVarint, reliable, volatile } = await load("src/frames.ts");
const { cut } = await load("src/limits.ts");

const varint = (value) => {
  const out = [];
  putVarint(out, value);
  return out;
};

test("varints are LEB128 up to 53 bits", () => {
  assert.deepEqual(varint(0), [0]);
  assert.deepEqual(varint(127), [127]);
  assert.deepEqual(varint(128), [128, 1]);
  assert.deepEqual(varint(300), [0xac, 2]);
  assert.deepEqual(varint(2 ** 53 - 1), [255, 255, 255, 255, 255, 255, 255, 15]);
  for (const seq of [0, 1, 127, 128, 2 ** 31, 2 ** 32 + 5, 2 ** 53 - 1]) {
    assert.deepEqual(decode(new Uint8Array([3, ...varint(7), ...varint(seq)])), { kind: "acknowledged", id: 7, seq });
  }
});

test("what is sent has the layout of the protocol", () => {
  const json = payloadOf({ a: 1 });
  assert.deepEqual([...volatile(5, 300, json)], [1, 5, 1, 0xac, 2, ...Buffer.from('{"a":1}')]);
  assert.deepEqual([...reliable(200, 0, payloadOf(new Uint8Array([9, 8])))], [2, 0, 200, 1, 0, 9, 8]);
});

test("what comes is taken apart", () => {
  assert.deepEqual(decode(new Uint8Array([1, 255, 3, 4, 10, 11])), {
    kind: "volatile", channel: 255, json: true, direct: true, from: 4, payload: new Uint8Array([10, 11]),
  });
  assert.deepEqual(decode(new Uint8Array([2, 0, 0x80, 1, 4])), {
    kind: "reliable", seq: 128, json: false, direct: false, from: 4, payload: new Uint8Array(),
  });
});

// The vectors that every SDK runs: conformance/frames. This SDK speaks to one server, which never sends what they refuse,
// and does not spend bytes on telling; it runs those that are taken.
const vectors = (name) =>
  JSON.parse(readFileSync(new URL(`../../../conformance/frames/${name}`, import.meta.url)))
    .filter(({ code }) => !code)
    .map(({ about, hex, pad = 0, value }) => ({ about, bytes: new Uint8Array([...Buffer.from(hex, "hex"), ...Buffer.alloc(pad)]), value }));

for (const { about, bytes, value } of vectors("ack.json")) {
  test(`ack.json: ${about}`, () => assert.deepEqual(decode(bytes), { kind: "acknowledged", ...value }));
}

for (const { about, bytes, value } of vectors("message.json")) {
  test(`message.json: ${about}`, () => {
    const { reliable: safe, channel = 0, flags = 0, id, peer = 0, payload = "" } = value;
    const [json, direct] = [(flags & 1) !== 0, (flags & 2) !== 0];
    const content = new Uint8Array(Buffer.from(payload, "hex"));
    const expected = safe ? { kind: "reliable", seq: id } : { kind: "volatile", channel };
    assert.deepEqual(decode(bytes), { ...expected, json, direct, from: peer, payload: content });
    if (direct) return; // only the server says so
    const sent = safe ? reliable(id, peer, { json, bytes: content }) : volatile(channel, peer, { json, bytes: content });
    assert.deepEqual(sent, bytes);
  });
}

test("broken frames are refused, whatever they hold", () => {
  for (const frame of [[], [0], [4, 1], [1], [1, 0], [1, 0, 0], [2, 0, 128], [3, 1], [3, 1, 128], [2, 0, ...Array(9).fill(255), 1]]) {
    assert.throws(() => decode(new Uint8Array(frame)), { name: "RangeError" }, `${frame}`);
  }
  let seed = 1;
  for (let i = 0; i < 20_000; i++) {
    const bytes = Uint8Array.from({ length: i % 14 }, () => (seed = (seed * 48271) % 2147483647) >> 8);
    if (bytes.length) bytes[0] %= 5;
    try {
      const frame = decode(bytes);
      assert.ok(["volatile", "reliable", "acknowledged"].includes(frame.kind));
    } catch (error) {
      assert.equal(error.name, "RangeError", `${bytes}`);
    }
  }
});

test("bytes stay bytes, a view only its own part, and the rest is JSON", () => {
  const whole = new Uint8Array([1, 2, 3, 4]);
  assert.deepEqual(payloadOf(whole.subarray(1, 3)), { json: false, bytes: new Uint8Array([2, 3]) });
  assert.deepEqual(payloadOf(whole.buffer), { json: false, bytes: whole });
  assert.deepEqual(payloadOf(new DataView(whole.buffer, 2)), { json: false, bytes: new Uint8Array([3, 4]) });
  assert.deepEqual(Buffer.from(payloadOf("ü").bytes).toString(), '"ü"');
  assert.deepEqual(Buffer.from(payloadOf(undefined).bytes).toString(), "null");
});

test("a payload is a copy, so that the game may use its buffer again", () => {
  const whole = new Uint8Array([1, 2, 3, 4]);
  const kept = [payloadOf(whole), payloadOf(whole.buffer), payloadOf(new DataView(whole.buffer))];
  whole.fill(9);
  for (const { bytes } of kept) assert.deepEqual(bytes, new Uint8Array([1, 2, 3, 4]));
});

test("a text is cut between characters", () => {
  assert.equal(cut("abc", 2), "ab");
  assert.equal(cut("aüb", 2), "a");
  assert.equal(cut("a🦙", 4), "a");
  assert.equal(cut("a🦙", 5), "a🦙");
});
