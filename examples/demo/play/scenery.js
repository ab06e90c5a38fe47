// What does not move in a level: ground, water, walls. It is painted once into two layers: what bodies walk on, and the tops of walls, which
// cover bodies behind them. All in tiles; the caller says how many pixels a tile has.

import { GROUND, PATH, SOLID, WATER } from "./levels/index.js";
import { outline, trace } from "./outline.js";
import { themes } from "./themes.js";

const RISE = 0.42; // how far the top of a wall is above its foot

/** paint returns { ground, cover }, two canvases of the level's size. */
export function paint(level, grain, pixels) {
  const theme = themes[level.theme];
  const layer = () => {
    const canvas = document.createElement("canvas");
    canvas.width = Math.ceil(level.width * pixels);
    canvas.height = Math.ceil(level.height * pixels);
    const ctx = canvas.getContext("2d");
    ctx.scale(pixels, pixels);
    return { canvas, ctx };
  };
  const ground = layer(), cover = layer();
  const tile = (x, y) => level.tiles[Math.min(level.height - 1, Math.max(0, y)) * level.width + Math.min(level.width - 1, Math.max(0, x))];
  const bridge = (x, y) => Object.values(level.gates).some((gate) => gate.bridge && gate.cells.some((c) => c.x === x && c.y === y));
  const wet = (x, y) => tile(x, y) === WATER || bridge(x, y);
  const solid = (x, y) => tile(x, y) === SOLID;
  const random = chance(level.id);

  paintGround(ground.ctx, level, theme);
  const trodden = pathFinder(level, tile);
  region(ground.ctx, level, trodden, 0.34, 0.06);
  fillStroke(ground.ctx, theme.path, theme.pathEdge, 0.07);
  tufts(ground.ctx, level, theme, (x, y) => tile(x, y) === GROUND && !bridge(x, y) && !trodden(x, y), random);
  grainOver(ground.ctx, level, grain, theme.grain);

  water(ground.ctx, level, theme, wet);

  // the long soft shadow of walls, then their sides and tops
  const { ctx } = ground;
  ctx.save();
  ctx.filter = `blur(${0.12 * pixels}px)`;
  ctx.fillStyle = theme.shade;
  ctx.translate(0.16, 0.3);
  region(ctx, level, solid, 0.3, 0.02);
  ctx.fill();
  ctx.restore();
  region(ctx, level, solid, 0.3, 0);
  ctx.fillStyle = theme.side;
  ctx.fill();
  ctx.clip();
  sides(ctx, level, theme, solid, random);

  cover.ctx.translate(0, -RISE);
  region(cover.ctx, level, solid, 0.3, 0);
  const top = cover.ctx.createLinearGradient(0, 0, level.width * 0.4, level.height);
  top.addColorStop(0, theme.top[0]);
  top.addColorStop(1, theme.top[1]);
  cover.ctx.fillStyle = top;
  cover.ctx.fill();
  tops(cover.ctx, level, theme, solid, random);
  return { ground: ground.canvas, cover: cover.canvas };
}

/** pathFinder says where the path runs: it goes on below plates and gates that stand in its way. */
function pathFinder(level, tile) {
  const among = new Set();
  for (const plate of level.plates) among.add(`${Math.floor(plate.x)},${Math.floor(plate.y)}`);
  for (const gate of Object.values(level.gates)) if (!gate.bridge) for (const cell of gate.cells) among.add(`${cell.x},${cell.y}`);
  const path = (x, y) => tile(x, y) === PATH;
  return (x, y) => path(x, y) || (among.has(`${x},${y}`) && (path(x - 1, y) || path(x + 1, y) || path(x, y - 1) || path(x, y + 1)));
}

/** chance is a source of numbers 0 … 1 that is the same on every screen. */
function chance(text) {
  let state = [...text].reduce((h, c) => Math.imul(h ^ c.charCodeAt(0), 16777619), 2166136261);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 4294967296;
  };
}

function paintGround(ctx, level, theme) {
  const fill = ctx.createLinearGradient(0, 0, level.width * 0.6, level.height);
  fill.addColorStop(0, theme.ground[0]);
  fill.addColorStop(1, theme.ground[1]);
  ctx.fillStyle = fill;
  ctx.fillRect(0, 0, level.width, level.height);
}

/** region makes the outline of all tiles for which inside holds, grown by pad, the present path. */
function region(ctx, level, inside, round, pad) {
  trace(ctx, outline(level.width, level.height, inside, pad), round);
}

function fillStroke(ctx, fill, edge, width) {
  ctx.lineWidth = width * 2;
  ctx.lineJoin = "round";
  ctx.strokeStyle = edge;
  ctx.stroke();
  ctx.fillStyle = fill;
  ctx.fill();
}

/** water is painted in bands: a dark bank, a line of foam, the shallows, the deep. */
function water(ctx, level, theme, wet) {
  const band = (pad, fill) => {
    region(ctx, level, wet, 0.42, pad);
    ctx.fillStyle = fill;
    ctx.fill();
  };
  band(0.13, theme.bank);
  band(0, theme.water[0]);
  band(0, theme.foam);
  band(-0.1, theme.water[0]);
  const deep = ctx.createLinearGradient(0, 0, level.width * 0.3, level.height);
  deep.addColorStop(0, theme.water[1]);
  deep.addColorStop(1, theme.water[2]);
  band(-0.34, deep);
}

/** grainOver lays the pack's grain over everything, so faintly that it is felt rather than seen. */
function grainOver(ctx, level, grain, strength) {
  const swatch = document.createElement("canvas");
  swatch.width = swatch.height = 256;
  const small = swatch.getContext("2d"), image = small.createImageData(256, 256);
  for (let i = 0; i < grain.length; i++) {
    image.data[4 * i] = image.data[4 * i + 1] = image.data[4 * i + 2] = grain[i] > 127 ? 255 : 0;
    image.data[4 * i + 3] = Math.abs(grain[i] - 127);
  }
  small.putImageData(image, 0, 0);
  ctx.save();
  ctx.globalAlpha = strength;
  ctx.fillStyle = ctx.createPattern(swatch, "repeat");
  ctx.fillStyle.setTransform?.(new DOMMatrix().scale(1 / 48));
  ctx.fillRect(0, 0, level.width, level.height);
  ctx.restore();
}

const dot = (ctx, x, y, r, colour) => {
  ctx.fillStyle = colour;
  ctx.beginPath();
  ctx.arc(x, y, r, 0, 7);
  ctx.fill();
};

/** tufts strews grass and flowers, cracked slabs, or pebbles. */
function tufts(ctx, level, theme, open, random) {
  const petals = ["#fff6d8", "#f7c9d4", "#f3e08c", "#d9d2f7"];
  for (let y = 0; y < level.height; y++) {
    for (let x = 0; x < level.width; x++) {
      if (!open(x, y)) continue;
      const px = x + random(), py = y + random(), luck = random();
      if (level.theme === "meadow") {
        ctx.strokeStyle = luck < 0.5 ? "rgba(70, 128, 66, 0.5)" : "rgba(222, 240, 176, 0.6)";
        ctx.lineWidth = 0.045;
        ctx.lineCap = "round";
        ctx.beginPath();
        for (const lean of [-0.09, 0, 0.09]) {
          ctx.moveTo(px, py);
          ctx.lineTo(px + lean, py - 0.16 + Math.abs(lean) * 0.5);
        }
        ctx.stroke();
        if (luck > 0.8) {
          const colour = petals[Math.floor(random() * petals.length)], r = 0.055;
          for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) dot(ctx, px + dx * r, py - 0.2 + dy * r, r * 0.85, colour);
          dot(ctx, px, py - 0.2, r * 0.7, "#e0a33c");
        }
      } else if (level.theme === "ruins") {
        if ((x + y) % 2 === 0 || luck < 0.25) {
          ctx.fillStyle = `rgba(${luck < 0.5 ? "255, 226, 190" : "94, 56, 66"}, ${0.05 + luck * 0.09})`;
          ctx.beginPath();
          ctx.roundRect(x + 0.04, y + 0.04, 0.92, 0.92, 0.1);
          ctx.fill();
        }
        if (luck > 0.86) {
          ctx.strokeStyle = "rgba(92, 54, 62, 0.35)";
          ctx.lineWidth = 0.035;
          ctx.beginPath();
          ctx.moveTo(px, py);
          ctx.lineTo(px + 0.2, py + 0.12);
          ctx.lineTo(px + 0.28, py + 0.34);
          ctx.stroke();
        } else if (luck < 0.07) {
          for (let i = 0; i < 5; i++) dot(ctx, px + random() * 0.4, py + random() * 0.3, 0.05 + random() * 0.06, "rgba(120, 132, 74, 0.55)");
        }
      } else {
        dot(ctx, px, py, 0.05 + luck * 0.1, luck < 0.5 ? "rgba(30, 44, 62, 0.22)" : "rgba(214, 228, 240, 0.16)");
        if (luck > 0.9) dot(ctx, px + 0.2, py + 0.1, 0.06, "rgba(150, 176, 128, 0.5)");
      }
    }
  }
}

/** sides draws the faces of walls that look to the south. */
function sides(ctx, level, theme, solid, random) {
  for (let y = 0; y < level.height; y++) {
    for (let x = 0; x < level.width; x++) {
      if (!solid(x, y) || solid(x, y + 1)) continue;
      const shade = ctx.createLinearGradient(0, y + 1 - RISE, 0, y + 1);
      shade.addColorStop(0, "rgba(0, 0, 0, 0)");
      shade.addColorStop(1, "rgba(0, 0, 0, 0.22)");
      ctx.fillStyle = shade;
      ctx.fillRect(x, y + 1 - RISE, 1, RISE - 0.04);
      if (level.theme === "ruins") {
        ctx.fillStyle = "rgba(255, 214, 170, 0.14)";
        ctx.fillRect(x + 0.05 + random() * 0.1, y + 1 - RISE + 0.05, 0.42, 0.14);
        ctx.fillRect(x + 0.42 + random() * 0.1, y + 1 - RISE + 0.23, 0.42, 0.12);
      }
    }
  }
}

/** tops gives the tops of walls what makes them hedges, masonry or rock. */
function tops(ctx, level, theme, solid, random) {
  ctx.save();
  ctx.clip();
  for (let y = 0; y < level.height; y++) {
    for (let x = 0; x < level.width; x++) {
      if (!solid(x, y)) continue;
      if (level.theme === "meadow") {
        for (let i = 0; i < 7; i++) {
          const light = random() < 0.5;
          dot(ctx, x + random(), y + random(), 0.1 + random() * 0.12, light ? "rgba(138, 190, 108, 0.28)" : "rgba(34, 82, 48, 0.22)");
        }
        if (random() > 0.93) dot(ctx, x + random(), y + random(), 0.07, "rgba(255, 236, 214, 0.85)");
      } else if (level.theme === "ruins") {
        ctx.strokeStyle = "rgba(110, 70, 66, 0.38)";
        ctx.lineWidth = 0.04;
        const half = y % 2 ? 0.5 : 0;
        ctx.strokeRect(x + half - 0.5, y, 1, 0.5);
        ctx.strokeRect(x + half, y + 0.5, 1, 0.5);
        if (random() > 0.7) {
          ctx.fillStyle = `rgba(${random() > 0.5 ? "255, 238, 214" : "120, 74, 72"}, 0.16)`;
          ctx.fillRect(x, y + (random() > 0.5 ? 0.5 : 0), 0.5, 0.5);
        }
        if (random() > 0.9) for (let i = 0; i < 6; i++) dot(ctx, x + random(), y + random() * 0.5, 0.06 + random() * 0.07, "rgba(118, 134, 76, 0.6)");
      } else {
        for (let i = 0; i < 4; i++) dot(ctx, x + random(), y + random(), 0.12 + random() * 0.14, random() < 0.5 ? "rgba(210, 224, 236, 0.14)" : "rgba(34, 48, 66, 0.22)");
      }
    }
  }
  ctx.restore();
  // a lit upper edge
  ctx.lineWidth = 0.05;
  ctx.strokeStyle = level.theme === "lighthouse" ? "rgba(220, 234, 246, 0.25)" : "rgba(255, 250, 225, 0.35)";
  ctx.beginPath();
  for (let y = 0; y < level.height; y++) {
    for (let x = 0; x < level.width; x++) {
      if (!solid(x, y) || solid(x, y + 1)) continue;
      ctx.moveTo(x + (solid(x - 1, y) ? 0 : 0.2), y + 0.97);
      ctx.lineTo(x + 1 - (solid(x + 1, y) ? 0 : 0.2), y + 0.97);
    }
  }
  ctx.stroke();
}
