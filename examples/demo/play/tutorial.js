// The first lesson, in which a light named Pip plays the friend. Who came by an invite finishes it; others may skip it.

import { tutorialLevel } from "./levels/index.js";
import { EXIT_REACH, openGates } from "./rules.js";

const PACE = 4; // tiles a second
const DOOR = 6.4; // where Pip waits until its door, gate A, is open

const steps = [
  { title: "Walk", text: "Go right, along the path." },
  { title: "Hold the plate", text: "Stay on the plate: it keeps the door open for Pip." },
  { title: "Your turn", text: "Now Pip holds your door. Walk through, to the ring of stones." },
];

/** Lesson is the course of the tutorial, without a screen: where Pip is, and which step the player is at. */
export class Lesson {
  guide = { x: 4.5, y: 2.5 };
  step = 0;
  #way = [{ x: 14.5, y: 2.5 }, { x: 14.5, y: 4.5 }]; // to the plate that opens gate B

  /** advance lets dt seconds pass with the player at me, and says whether the lesson is over. */
  advance(me, dt) {
    const open = openGates(tutorialLevel, [me, this.guide], new Set());
    this.#walk(open.has("A"), dt);
    if (this.step === 0 && me.x > tutorialLevel.spawn.x + 2.5) this.step = 1;
    if (this.step === 1 && open.has("B")) this.step = 2;
    return this.step === 2 && Math.hypot(me.x - tutorialLevel.exit.x, me.y - tutorialLevel.exit.y) <= EXIT_REACH;
  }

  #walk(open, dt) {
    const [to] = this.#way;
    if (!to || this.step === 0) return;
    const far = Math.hypot(to.x - this.guide.x, to.y - this.guide.y), pace = Math.min(far, PACE * dt);
    if (far < 0.01) return void this.#way.shift();
    const x = this.guide.x + ((to.x - this.guide.x) / far) * pace, y = this.guide.y + ((to.y - this.guide.y) / far) * pace;
    if (!open && this.guide.x <= DOOR && x > DOOR) return;
    this.guide = { x, y };
  }
}

/**
 * teach plays the lesson and resolves when it is finished or skipped. report gets the title of each step and how far it is, 0 to 1. A signal that is
 * aborted ends it with its reason.
 */
export function teach({ game, hud, mustFinish, report, signal }) {
  const lesson = new Lesson();
  return new Promise((resolve, reject) => {
    const end = (settle, value) => {
      game.script = undefined;
      hud.endLesson();
      settle(value);
    };
    signal.addEventListener("abort", () => end(reject, signal.reason), { once: true });
    let shown = -1;
    game.enter(tutorialLevel);
    game.script = (me, dt) => {
      const over = lesson.advance(me, dt);
      if (lesson.step !== shown) {
        shown = lesson.step;
        hud.lesson({ ...steps[shown], step: shown, count: steps.length, skip: mustFinish ? undefined : () => end(resolve) });
        report(steps[shown].title, shown / steps.length);
      }
      if (over) end(resolve);
      return lesson.guide;
    };
  });
}

const KEY = "lamplighters.taught";

/** taught says whether this player has had the lesson in this browser. */
export function taught(player) {
  return remembered().includes(player);
}

export function remember(player) {
  try {
    localStorage.setItem(KEY, JSON.stringify([player, ...remembered()].slice(0, 20)));
  } catch {
    // blocked or full: the lesson comes again next time
  }
}

function remembered() {
  try {
    const list = JSON.parse(localStorage.getItem(KEY));
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}
