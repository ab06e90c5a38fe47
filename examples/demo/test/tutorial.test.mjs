import assert from "node:assert/strict";
import { test } from "node:test";
import { tutorialLevel } from "../play/levels/index.js";
import { move, openGates } from "../play/rules.js";
import { Lesson } from "../play/tutorial.js";

/** play takes the lesson with the directions that go(me, lesson) gives, and returns the steps seen, and the seconds it took or undefined. */
function play(go) {
  const lesson = new Lesson(), steps = new Set();
  let me = tutorialLevel.spawn;
  for (let t = 0; t < 30; t += 1 / 60) {
    const over = lesson.advance(me, 1 / 60);
    steps.add(lesson.step);
    if (over) return { steps: [...steps], seconds: t, lesson };
    me = move(tutorialLevel, openGates(tutorialLevel, [me, lesson.guide], new Set()), me, go(me, lesson), 1 / 60);
  }
  return { steps: [...steps], lesson };
}

test("walking right is enough, and takes all three steps", () => {
  const { steps, seconds } = play(() => ({ x: 1, y: 0 }));
  assert.deepEqual(steps, [0, 1, 2]);
  assert.ok(seconds > 3 && seconds < 12, `${seconds} s`);
});

test("who does not move learns nothing", () => {
  const { steps, seconds } = play(() => ({ x: 0, y: 0 }));
  assert.deepEqual(steps, [0]);
  assert.equal(seconds, undefined);
});

test("Pip waits at the door for who leaves the plate, and goes on later", () => {
  const { lesson } = play((me) => ({ x: me.x < 6 ? 1 : 0, y: 0 }));
  assert.equal(lesson.step, 1);
  assert.ok(lesson.guide.x < 7, `Pip stands at ${lesson.guide.x}`);
  let rested = 0;
  const late = play((me) => ({ x: me.x < 6 || rested++ > 240 ? 1 : 0, y: 0 }));
  assert.ok(late.seconds, "it ends after all");
});
