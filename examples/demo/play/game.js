// The running game of one player: the loop that reads the input, applies the rules and draws. It knows nothing of parties; main.js tells it who is
// there, and is told what happened.

import { calm } from "./draw.js";
import { tutorialLevel } from "./levels/index.js";
import { caught, discover, held, lit, move, openGates } from "./rules.js";

const SAYING = 2600; // ms that a saying stands
const SAFE_REACH = 1;
const NO_GRAIN = new Uint8Array(0);

export class Game {
  level;
  grain;
  backdrop; // the level that is shown from afar while the player is in none
  me = { x: 0, y: 0 };
  script; // (me, dt) → the guide's body; the tutorial's
  #safe;
  #sparks = [];
  #sayings = new Map();
  #wasOpen = new Set();
  #last = 0;
  #parts;

  /**
   * parts: input, picture, peers (see those files) and
   *   self()          this player: { id, n, name, face }
   *   others()        the other members that are in, likewise
   *   facts(level)    the facts of a level's present run
   *   found(facts)    is told what came true through this player
   *   heard(what)     is told "gate", "caught": for sound and words
   *   frame(view)     is told of every frame
   */
  constructor(parts) {
    this.#parts = parts;
    requestAnimationFrame((now) => this.#frame(now));
    setInterval(() => document.hidden && this.#tell(performance.now()), 1000); // no frames come while hidden, but newcomers should see us
    document.addEventListener("visibilitychange", () => this.#tell(performance.now()));
  }

  /** enter puts the player at the beginning of a level. grain is its pack's; without one (the tutorial has no pack) the ground is plain. */
  enter(level, grain = NO_GRAIN) {
    const place = level === tutorialLevel ? 0 : this.#parts.self().n, turn = place * 2.4; // side by side, not in one spot
    this.level = level;
    this.grain = grain;
    this.me = { x: level.spawn.x + Math.cos(turn) * (place ? 0.7 : 0), y: level.spawn.y + Math.sin(turn) * (place ? 0.7 : 0), speed: 0 };
    this.#safe = this.me;
    this.#sparks = [];
    this.#wasOpen = new Set();
    this.#parts.picture.cut();
  }

  /** leave takes the player off the stage; the backdrop is shown. */
  leave(backdrop) {
    this.level = undefined;
    this.backdrop = backdrop;
  }

  say(id, text) {
    this.#sayings.set(id, { text, until: performance.now() + SAYING });
  }

  /** celebrate lets sparks rise from a place. */
  celebrate({ x, y }, count = 18) {
    for (let i = 0; i < count && !calm.matches; i++) {
      this.#sparks.push({ x, y: y - 0.6, vx: (Math.random() - 0.5) * 3, vy: -1 - Math.random() * 2.4, life: 1 });
    }
  }

  #frame(now) {
    requestAnimationFrame((next) => this.#frame(next));
    const dt = Math.min(0.1, (now - this.#last) / 1000);
    this.#last = now;
    if (!this.level) return this.#drift(now, dt);
    const { level } = this, { input, peers } = this.#parts;
    const facts = this.#parts.facts(level.id);
    const guide = this.script?.(this.me, dt);
    if (level !== this.level || !this.level) return; // the script has ended the lesson
    const others = this.#others(now), bodies = [this.me, ...others, ...(guide ? [guide] : [])];
    const open = openGates(level, bodies, facts);
    const before = this.me;
    this.me = move(level, open, this.me, input.direction(), dt);
    this.me.speed = dt ? Math.hypot(this.me.x - before.x, this.me.y - before.y) / dt : 0;
    bodies[0] = this.me;

    const keeper = others.reduce((first, other) => (other.n < first.n ? other : first), this.#parts.self()); // whose clock the wisps walk by
    const clock = (keeper.id === this.#parts.self().id ? now : peers.clock(keeper.id, now)) / 1000;
    if (caught(level, this.me, clock)) {
      this.me = { ...this.#safe, speed: 0 };
      this.#parts.heard("caught");
    }
    const rest = [...level.plates, ...level.lanterns].find((place) => Math.hypot(place.x - this.me.x, place.y - this.me.y) < SAFE_REACH);
    if (rest) this.#safe = { x: this.me.x, y: this.me.y };

    if (level !== tutorialLevel) {
      const found = discover(level, this.me, others, facts);
      if (found.length) this.#parts.found(found);
    }
    if ([...open].some((gate) => !this.#wasOpen.has(gate))) this.#parts.heard("gate");
    this.#wasOpen = open;
    this.#tell(now);
    this.#float(dt);

    const view = { level, grain: this.grain, me: this.me, bodies, figures: this.#figures(others, now), guide, open, facts, clock, sparks: this.#sparks, stick: input.stick };
    this.#parts.picture.draw(view, now, dt);
    this.#parts.frame(view);
  }

  /** drift shows the backdrop, slowly passing by. */
  #drift(now, dt) {
    const level = this.backdrop, turn = calm.matches ? 0 : now / 9000;
    if (!level) return;
    const me = { x: level.width * (0.5 + 0.22 * Math.sin(turn)), y: level.height * (0.5 + 0.16 * Math.cos(turn * 1.3)) };
    this.#parts.picture.draw({ level, grain: NO_GRAIN, me, bodies: [], figures: [], open: new Set(), facts: this.#parts.facts(level.id), clock: now / 1000, sparks: [] }, now, dt);
  }

  #others(now) {
    if (this.level === tutorialLevel) return [];
    return this.#parts.others().flatMap((member) => {
      const at = this.#parts.peers.at(member.id, now);
      return at?.level === this.level.id ? [{ ...at, id: member.id, n: member.n, name: member.name, face: member.face, away: at.away || member.presence !== "connected" }] : [];
    });
  }

  #figures(others, now) {
    const self = { ...this.#parts.self(), ...this.me, self: true };
    return [self, ...others].map((figure) => {
      const said = this.#sayings.get(figure.id);
      return { ...figure, saying: said && said.until > now ? said.text : undefined };
    });
  }

  #tell(now) {
    if (this.level && this.level !== tutorialLevel) this.#parts.peers.tell({ level: this.level.id, x: this.me.x, y: this.me.y, away: document.hidden }, now);
  }

  #float(dt) {
    for (const spark of this.#sparks) {
      spark.x += spark.vx * dt;
      spark.y += spark.vy * dt;
      spark.vy += 1.6 * dt;
      spark.life -= dt * 0.8;
    }
    this.#sparks = this.#sparks.filter((spark) => spark.life > 0);
  }
}

/** describe says in words what is to be seen, for those who do not see it. */
export function describe(view) {
  const { level, facts } = view, names = view.figures.filter((f) => !f.self).map((f) => f.name);
  const plates = held(level, view.bodies).filter(Boolean).length;
  return `${level.about} ${lit(level, facts)} of ${level.lanterns.length} lanterns burn. ${plates} of ${level.plates.length} plates are held. ` +
    (names.length ? `Here with you: ${names.join(", ")}.` : "You are alone here.");
}
