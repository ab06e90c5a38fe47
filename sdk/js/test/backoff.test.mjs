import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./bundle.mjs";

const { pause } = await load("src/backoff.ts");

test("4000 to 4099, and any unknown end, come back at once, then with growing pauses", () => {
  for (const code of [4000, 4001, 4002, 4099, 1006, 1001, 1011, 4202]) {
    assert.equal(pause(code, 0, 0.5), 0, `${code}`);
    assert.deepEqual([1, 2, 3, 20].map((failures) => pause(code, failures, 0.999999).toFixed(0)), ["250", "500", "1000", "15000"]);
  }
});

test("pauses are spread, so that a crowd does not come back in step", () => {
  assert.equal(pause(1006, 3, 0), 500);
  assert.equal(pause(1006, 3, 0.5), 750);
});

test("rate limited: 5 s or more, growing", () => {
  assert.ok(pause(4100, 0, 0) >= 5000);
  assert.ok(pause(4100, 3, 0) > pause(4100, 0, 1));
  assert.ok(pause(4100, 30, 1) <= 65_000);
});

test("4101 to 4199 come back later, never at once", () => {
  assert.ok(pause(4101, 0, 0) > 0);
});

test("4200 to 4299 do not come back, but for 4202", () => {
  for (const code of [4200, 4201, 4203, 4204, 4299]) assert.equal(pause(code, 0, 0.5), undefined);
});
