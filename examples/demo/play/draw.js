// The picture of one moment: the painted layers, and on them everything that moves or changes. Nothing here decides anything; it is given a
// view (see game.js) and draws it.

import { Figures } from "./figure.js";
import { centre, disc, drawGate, drawGuide, drawLantern, drawWisp, glyph, pill } from "./props.js";
import { EXIT_REACH, held, lit, TOGETHER, wispAt } from "./rules.js";
import { paint } from "./scenery.js";
import { INK, LIGHT, marks, themes } from "./themes.js";

const FINEST = 96; //       pixels a tile, of the painted layers: more costs memory and is hardly seen

/** calm.matches while the player has asked for less motion. */
export const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class Picture {
  #canvas;
  #ctx;
  #night = document.createElement("canvas");
  #layers;
  #painted = "";
  #camera;
  #gates = new Map(); // how far each gate is open, 0 to 1, following what it should be
  #figures;

  /** faceAddress gives the address of a face's picture for its seed. */
  constructor(canvas, faceAddress) {
    this.#canvas = canvas;
    this.#ctx = canvas.getContext("2d", { alpha: false });
    this.#figures = new Figures(faceAddress);
  }

  /** cut makes the camera and the gates jump to where they belong, as after entering a level. */
  cut() {
    this.#camera = undefined;
    this.#gates.clear();
  }

  draw(view, now, dt) {
    const { level } = view, ctx = this.#ctx, theme = themes[level.theme];
    const size = this.#fit(), zoom = zoomFor(level, size);
    this.#repaint(level, view.grain, Math.min(FINEST, zoom * size.ratio));
    this.#follow(view, size, zoom, dt);
    const pulse = calm.matches ? 0 : now / 1000;

    ctx.setTransform(size.ratio, 0, 0, size.ratio, 0, 0);
    ctx.fillStyle = theme.beyond;
    ctx.fillRect(0, 0, size.width, size.height);
    ctx.translate(size.width / 2, size.height / 2);
    ctx.scale(zoom, zoom);
    ctx.translate(-this.#camera.x, -this.#camera.y);

    ctx.drawImage(this.#layers.ground, 0, 0, level.width, level.height);
    if (!calm.matches) this.#shimmer(ctx, level, theme, pulse);
    this.#cables(ctx, view, pulse);
    this.#gatesFlat(ctx, view, dt);
    this.#plates(ctx, view);
    this.#exit(ctx, view, pulse);
    this.#standing(ctx, view, pulse);
    ctx.drawImage(this.#layers.cover, 0, 0, level.width, level.height);
    if (theme.dark) this.#darkness(ctx, view, size, zoom, theme.dark, pulse);
    this.#glow(ctx, view, pulse);
    this.#sparks(ctx, view);
    this.#names(ctx, view, zoom);
    if (view.stick) this.#stick(ctx, view.stick, size);
  }

  /** fit makes the canvas as fine as the screen, and returns its size in CSS pixels. */
  #fit() {
    const ratio = Math.min(devicePixelRatio || 1, 2), width = this.#canvas.clientWidth, height = this.#canvas.clientHeight;
    if (this.#canvas.width !== Math.round(width * ratio) || this.#canvas.height !== Math.round(height * ratio)) {
      this.#canvas.width = Math.round(width * ratio);
      this.#canvas.height = Math.round(height * ratio);
    }
    return { ratio, width, height };
  }

  #repaint(level, grain, pixels) {
    const name = `${level.id} ${Math.round(pixels)} ${grain.length}`;
    if (this.#painted === name) return;
    this.#layers = paint(level, grain, pixels);
    this.#painted = name;
  }

  /** follow moves the camera after the player, within the level. */
  #follow({ level, me }, size, zoom, dt) {
    const within = (value, length, seen) => (length <= seen ? length / 2 : Math.min(length - seen / 2, Math.max(seen / 2, value)));
    const to = { x: within(me.x, level.width, size.width / zoom), y: within(me.y, level.height, size.height / zoom) };
    const ease = !this.#camera || calm.matches ? 1 : 1 - Math.exp(-dt * 7);
    this.#camera ??= to;
    this.#camera = { x: this.#camera.x + (to.x - this.#camera.x) * ease, y: this.#camera.y + (to.y - this.#camera.y) * ease };
  }

  #shimmer(ctx, level, theme, pulse) {
    ctx.strokeStyle = theme.foam;
    ctx.lineWidth = 0.045;
    ctx.lineCap = "round";
    ctx.globalAlpha = 0.5;
    ctx.beginPath();
    for (let y = 0; y < level.height; y++) {
      for (let x = (y * 5) % 3; x < level.width; x += 3) {
        if (level.tiles[y * level.width + x] !== 2) continue;
        const drift = Math.sin(pulse * 0.8 + x * 1.7 + y * 2.3), long = 0.12 + 0.1 * Math.sin(pulse * 0.6 + x + y * 1.9);
        ctx.moveTo(x + 0.5 + drift * 0.15 - long, y + 0.5);
        ctx.quadraticCurveTo(x + 0.5 + drift * 0.15, y + 0.42, x + 0.5 + drift * 0.15 + long, y + 0.5);
      }
    }
    ctx.stroke();
    ctx.globalAlpha = 1;
  }

  /** cables shows which plate belongs to which gate: a dotted line of the plate's colour, alight while it is held. */
  #cables(ctx, view, pulse) {
    const { level } = view, down = held(level, view.bodies);
    level.plates.forEach((plate, i) => {
      const gate = level.gates[plate.gate], middle = centre(gate.cells);
      ctx.strokeStyle = marks[plate.gate].colour;
      ctx.globalAlpha = down[i] ? 0.95 : 0.4;
      ctx.lineWidth = 0.09;
      ctx.lineCap = "round";
      ctx.setLineDash([0.01, 0.32]);
      ctx.lineDashOffset = down[i] ? -pulse * 1.5 : 0;
      ctx.beginPath();
      ctx.moveTo(plate.x, plate.y);
      ctx.lineTo(middle.x, plate.y);
      ctx.lineTo(middle.x, middle.y);
      ctx.stroke();
    });
    ctx.setLineDash([]);
    ctx.globalAlpha = 1;
  }

  /** gatesFlat draws bridges, and gates that lie down; those that stand are drawn by standing(). */
  #gatesFlat(ctx, view, dt) {
    for (const gate of Object.values(view.level.gates)) {
      const goal = view.open.has(gate.letter) ? 1 : 0, was = this.#gates.get(gate.letter) ?? goal;
      const is = calm.matches ? goal : was + Math.sign(goal - was) * Math.min(Math.abs(goal - was), dt * 4);
      this.#gates.set(gate.letter, is);
      if (gate.bridge) this.#bridge(ctx, gate, is);
    }
  }

  #bridge(ctx, gate, open) {
    const xs = gate.cells.map((c) => c.x), ys = gate.cells.map((c) => c.y);
    const box = { x: Math.min(...xs), y: Math.min(...ys), w: Math.max(...xs) - Math.min(...xs) + 1, h: Math.max(...ys) - Math.min(...ys) + 1 };
    const along = box.w >= box.h, long = along ? box.w : box.h, wide = along ? box.h : box.w;
    ctx.save();
    ctx.translate(box.x, box.y);
    if (!along) ctx.transform(0, 1, 1, 0, 0, 0);
    const inset = 0.12;
    ctx.setLineDash([0.18, 0.22]);
    ctx.lineWidth = 0.06;
    ctx.strokeStyle = marks[gate.letter].colour;
    ctx.globalAlpha = 0.75 * (1 - open);
    ctx.strokeRect(0, inset, long, wide - 2 * inset);
    ctx.setLineDash([]);
    ctx.globalAlpha = 1;
    const planks = Math.round(long * 3), half = Math.ceil((planks / 2) * open);
    for (let i = 0; i < planks; i++) {
      if (i >= half && i < planks - half) continue;
      const x = (i / planks) * long;
      ctx.fillStyle = "rgba(10, 20, 34, 0.35)";
      ctx.fillRect(x + 0.06, inset + 0.12, long / planks - 0.05, wide - 2 * inset);
      ctx.fillStyle = i % 2 ? "#b98a58" : "#ad7f4f";
      ctx.fillRect(x + 0.025, inset, long / planks - 0.05, wide - 2 * inset);
      ctx.fillStyle = "rgba(255, 236, 200, 0.22)";
      ctx.fillRect(x + 0.025, inset, long / planks - 0.05, 0.06);
    }
    for (const x of [-0.1, long + 0.1]) {
      for (const y of [inset, wide - inset]) {
        disc(ctx, x, y, 0.16, "#6d4c30");
        disc(ctx, x - 0.02, y - 0.04, 0.11, marks[gate.letter].colour);
      }
    }
    ctx.restore();
  }

  #plates(ctx, view) {
    const down = held(view.level, view.bodies);
    view.level.plates.forEach((plate, i) => {
      const { colour, sign } = marks[plate.gate];
      const done = view.facts.has(`gate:${plate.gate}`), on = down[i] || done;
      disc(ctx, plate.x, plate.y + 0.07, 0.52, "rgba(20, 22, 30, 0.28)");
      disc(ctx, plate.x, plate.y, 0.52, "#5b616c");
      disc(ctx, plate.x, plate.y - (on ? 0 : 0.06), 0.46, on ? "#eef1f4" : "#d3d7dc");
      ctx.lineWidth = 0.08;
      ctx.strokeStyle = colour;
      ctx.beginPath();
      ctx.arc(plate.x, plate.y - (on ? 0 : 0.06), 0.36, 0, 7);
      ctx.stroke();
      glyph(ctx, sign, plate.x, plate.y - (on ? 0 : 0.06), 0.17, on ? colour : "#878d98");
    });
  }

  #exit(ctx, view, pulse) {
    const { level, facts } = view, { x, y } = level.exit, ready = lit(level, facts) === level.lanterns.length;
    const here = view.bodies.filter((b) => Math.hypot(b.x - x, b.y - y) <= EXIT_REACH).length;
    if (level.theme === "lighthouse") this.#tower(ctx, x, y - 0.9, ready);
    ctx.lineWidth = 0.07;
    ctx.strokeStyle = ready ? LIGHT : "rgba(255, 255, 255, 0.45)";
    ctx.setLineDash([0.22, 0.2]);
    ctx.lineDashOffset = ready ? -pulse * 0.4 : 0;
    ctx.beginPath();
    ctx.ellipse(x, y, EXIT_REACH, EXIT_REACH * 0.92, 0, 0, 7);
    ctx.stroke();
    ctx.setLineDash([]);
    if (level.theme !== "lighthouse") {
      for (let i = 0; i < 8; i++) {
        const a = (i / 8) * Math.PI * 2 + 0.2, sx = x + Math.cos(a) * EXIT_REACH, sy = y + Math.sin(a) * EXIT_REACH * 0.92;
        disc(ctx, sx + 0.05, sy + 0.09, 0.19, "rgba(20, 22, 30, 0.25)");
        disc(ctx, sx, sy, 0.18, "#8c8f96");
        disc(ctx, sx - 0.02, sy - 0.05, 0.13, "#b4b7bd");
      }
    }
    for (let i = 0; i < TOGETHER; i++) disc(ctx, x + (i - (TOGETHER - 1) / 2) * 0.5, y, 0.15, i < here ? LIGHT : "rgba(20, 22, 30, 0.3)");
  }

  #tower(ctx, x, y, ready) {
    disc(ctx, x + 0.14, y + 0.24, 0.95, "rgba(4, 10, 22, 0.5)");
    disc(ctx, x, y, 0.92, "#d9dde2");
    ctx.lineWidth = 0.2;
    ctx.strokeStyle = "#c2564a";
    ctx.beginPath();
    ctx.arc(x, y, 0.74, 0, 7);
    ctx.stroke();
    disc(ctx, x, y, 0.5, "#39475a");
    disc(ctx, x, y, 0.34, ready ? LIGHT : "#8794a3");
  }

  /** standing draws what stands up, from back to front: lanterns, gates, wisps, players. */
  #standing(ctx, view, pulse) {
    const { level } = view, things = [];
    level.lanterns.forEach((lantern, i) => things.push({ y: lantern.y, draw: () => drawLantern(ctx, lantern, view.facts.has(`lantern:${i}`), pulse + i) }));
    for (const gate of Object.values(level.gates)) {
      if (!gate.bridge) for (const cell of gate.cells) things.push({ y: cell.y + 0.8, draw: () => drawGate(ctx, level, cell, gate, this.#gates.get(gate.letter)) });
    }
    for (const wisp of level.wisps) {
      const at = wispAt(wisp, view.clock);
      things.push({ y: at.y, draw: () => drawWisp(ctx, at, pulse) });
    }
    if (view.guide) things.push({ y: view.guide.y, draw: () => drawGuide(ctx, view.guide, pulse) });
    for (const figure of view.figures) things.push({ y: figure.y, draw: () => this.#figures.draw(ctx, figure, pulse) });
    things.sort((a, b) => a.y - b.y);
    for (const thing of things) thing.draw();
  }

  /** darkness lies over the level, with holes where there is light. */
  #darkness(ctx, view, size, zoom, depth, pulse) {
    const night = this.#night, fine = 0.5; // half as fine as the screen: it is soft anyway
    night.width = Math.ceil(size.width * fine);
    night.height = Math.ceil(size.height * fine);
    const dark = night.getContext("2d");
    dark.fillStyle = `rgba(5, 11, 26, ${depth})`;
    dark.fillRect(0, 0, night.width, night.height);
    dark.setTransform(fine, 0, 0, fine, 0, 0);
    dark.translate(size.width / 2, size.height / 2);
    dark.scale(zoom, zoom);
    dark.translate(-this.#camera.x, -this.#camera.y);
    dark.globalCompositeOperation = "destination-out";
    const hole = (x, y, r, strength) => {
      const light = dark.createRadialGradient(x, y, 0, x, y, r);
      light.addColorStop(0, `rgba(0, 0, 0, ${strength})`);
      light.addColorStop(0.55, `rgba(0, 0, 0, ${strength * 0.7})`);
      light.addColorStop(1, "rgba(0, 0, 0, 0)");
      dark.fillStyle = light;
      dark.fillRect(x - r, y - r, 2 * r, 2 * r);
    };
    for (const figure of view.figures) hole(figure.x, figure.y - 0.3, 4.4, 1);
    view.level.lanterns.forEach((lantern, i) => hole(lantern.x, lantern.y, view.facts.has(`lantern:${i}`) ? 3.6 : 0.9, view.facts.has(`lantern:${i}`) ? 0.95 : 0.35));
    for (const plate of view.level.plates) hole(plate.x, plate.y, 1, 0.5);
    for (const wisp of view.level.wisps) {
      const at = wispAt(wisp, view.clock);
      hole(at.x, at.y - 0.3, 1.6, 0.7);
    }
    const { exit } = view.level, solved = view.facts.has("solved");
    hole(exit.x, exit.y - 0.9, solved ? 7 : 2.4, 0.8);
    if (solved) this.#beam(dark, exit, pulse);
    ctx.save();
    ctx.setTransform(size.ratio, 0, 0, size.ratio, 0, 0);
    ctx.drawImage(night, 0, 0, size.width, size.height);
    ctx.restore();
  }

  #beam(dark, from, pulse) {
    dark.save();
    dark.translate(from.x, from.y - 0.9);
    dark.rotate(pulse * 0.5 + 2.4);
    const light = dark.createRadialGradient(0, 0, 0, 0, 0, 30);
    light.addColorStop(0, "rgba(0, 0, 0, 0.95)");
    light.addColorStop(1, "rgba(0, 0, 0, 0.1)");
    dark.fillStyle = light;
    dark.beginPath();
    dark.moveTo(0, 0);
    dark.arc(0, 0, 30, -0.16, 0.16);
    dark.fill();
    dark.restore();
  }

  /** glow is the light that lanterns shed, over everything. */
  #glow(ctx, view, pulse) {
    ctx.save();
    ctx.globalCompositeOperation = "lighter";
    const warm = themes[view.level.theme].dark ? 0.3 : 0.13;
    const shed = (x, y, r, strength, colour = "255, 176, 84") => {
      const light = ctx.createRadialGradient(x, y, 0, x, y, r);
      light.addColorStop(0, `rgba(${colour}, ${strength})`);
      light.addColorStop(1, `rgba(${colour}, 0)`);
      ctx.fillStyle = light;
      ctx.fillRect(x - r, y - r, 2 * r, 2 * r);
    };
    view.level.lanterns.forEach((lantern, i) => {
      if (view.facts.has(`lantern:${i}`)) shed(lantern.x, lantern.y - 0.62, 2.2 + Math.sin(pulse * 5 + i * 2) * 0.08, warm * 1.8);
    });
    for (const figure of view.figures) shed(figure.x + this.#figures.side(figure) * 0.4, figure.y - 0.12, 1, warm);
    for (const wisp of view.level.wisps) {
      const at = wispAt(wisp, view.clock);
      shed(at.x, at.y - 0.35, 1.1, 0.4, "190, 120, 255");
    }
    if (view.guide) shed(view.guide.x, view.guide.y - 0.4, 1.4, 0.5);
    ctx.restore();
  }

  #sparks(ctx, view) {
    for (const spark of view.sparks) {
      ctx.globalAlpha = Math.max(0, spark.life);
      disc(ctx, spark.x, spark.y, 0.05 + 0.05 * spark.life, LIGHT);
    }
    ctx.globalAlpha = 1;
  }

  /** names and what is said stand over all, in letters that do not grow with the level. */
  #names(ctx, view, zoom) {
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    for (const figure of view.figures) {
      ctx.save();
      ctx.translate(figure.x, figure.y - 1.14);
      ctx.scale(1 / zoom, 1 / zoom);
      if (!figure.self) pill(ctx, figure.away ? `${figure.name} (away)` : figure.name, 0, 0, 13, "rgba(18, 20, 26, 0.72)", "#fbf7ee", 600);
      if (figure.saying) pill(ctx, figure.saying, 0, figure.self ? -4 : -28, 15, "#fffdf6", INK, 700);
      ctx.restore();
    }
  }

  #stick(ctx, stick, size) {
    ctx.setTransform(size.ratio, 0, 0, size.ratio, 0, 0);
    const dx = stick.to.x - stick.from.x, dy = stick.to.y - stick.from.y, far = Math.max(1, Math.hypot(dx, dy) / stick.reach);
    disc(ctx, stick.from.x, stick.from.y, stick.reach, "rgba(255, 255, 255, 0.16)");
    disc(ctx, stick.from.x + dx / far, stick.from.y + dy / far, 26, "rgba(255, 255, 255, 0.5)");
  }
}

/** zoomFor is how many CSS pixels a tile takes: about 14 by 10 tiles are seen, more of them on a small screen, and no more height than the level has. */
function zoomFor(level, { width, height }) {
  const whole = Math.min(width / 14, height / 10.5), filled = Math.min(height / level.height, width / 8.5);
  return Math.min(68, Math.max(30, whole, filled));
}
