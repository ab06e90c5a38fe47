// The things that stand in a level, and the strokes they are made of. Each is drawn at a place in tiles; pulse is time in seconds for what flickers.

import { INK, LIGHT, marks } from "./themes.js";

export function centre(cells) {
  return { x: cells.reduce((s, c) => s + c.x + 0.5, 0) / cells.length, y: cells.reduce((s, c) => s + c.y + 0.5, 0) / cells.length };
}

export function disc(ctx, x, y, r, colour) {
  ctx.fillStyle = colour;
  ctx.beginPath();
  ctx.arc(x, y, r, 0, 7);
  ctx.fill();
}

export function pill(ctx, text, x, y, size, back, front, weight) {
  ctx.font = `${weight} ${size}px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif`;
  const width = Math.min(ctx.measureText(text).width, 150) + size, height = size * 1.6;
  ctx.fillStyle = back;
  ctx.beginPath();
  ctx.roundRect(x - width / 2, y - height / 2, width, height, height / 2);
  ctx.fill();
  ctx.fillStyle = front;
  ctx.fillText(text, x, y + 0.5, 150);
}

export function glyph(ctx, sign, x, y, r, colour) {
  ctx.fillStyle = colour;
  ctx.beginPath();
  if (sign === "circle") ctx.arc(x, y, r * 0.9, 0, 7);
  else if (sign === "square") ctx.rect(x - r * 0.8, y - r * 0.8, r * 1.6, r * 1.6);
  else {
    const points = { diamond: 4, triangle: 3, star: 10 }[sign];
    for (let i = 0; i < points; i++) {
      const a = (i / points) * Math.PI * 2 - Math.PI / 2, far = sign === "star" && i % 2 ? r * 0.5 : r * 1.1;
      ctx.lineTo(x + Math.cos(a) * far, y + Math.sin(a) * far);
    }
  }
  ctx.fill();
}

export function drawLantern(ctx, { x, y }, burning, pulse) {
  ctx.fillStyle = "rgba(14, 18, 26, 0.28)";
  ctx.beginPath();
  ctx.ellipse(x + 0.08, y + 0.22, 0.26, 0.1, 0, 0, 7);
  ctx.fill();
  ctx.fillStyle = "#4a3a2c";
  ctx.fillRect(x - 0.05, y - 0.42, 0.1, 0.66);
  ctx.fillStyle = burning ? "#8a5a22" : "#3b4048";
  ctx.beginPath();
  ctx.roundRect(x - 0.24, y - 0.92, 0.48, 0.56, 0.1);
  ctx.fill();
  ctx.fillStyle = burning ? "#ffe2a1" : "#79828f";
  ctx.beginPath();
  ctx.roundRect(x - 0.17, y - 0.85, 0.34, 0.42, 0.07);
  ctx.fill();
  if (burning) {
    const lick = Math.sin(pulse * 7) * 0.02;
    ctx.fillStyle = "#ef8a34";
    ctx.beginPath();
    ctx.moveTo(x + lick, y - 0.8);
    ctx.quadraticCurveTo(x + 0.13, y - 0.58, x, y - 0.48);
    ctx.quadraticCurveTo(x - 0.13, y - 0.58, x + lick, y - 0.8);
    ctx.fill();
  }
  ctx.fillStyle = "#2c2620";
  ctx.beginPath();
  ctx.roundRect(x - 0.28, y - 0.98, 0.56, 0.1, 0.05);
  ctx.fill();
}

/** drawGate draws one tile of a gate that stands: posts between two rails, which sink into the ground as it opens. */
export function drawGate(ctx, level, cell, gate, open) {
  const upright = gate.cells.some((c) => c.x === cell.x && c.y !== cell.y), stone = level.theme === "ruins";
  const rise = 0.62 * (1 - open), [dark, mid, light] = stone ? ["#5e4a4f", "#8b7073", "#b59a94"] : ["#5f4428", "#94693c", "#c49a62"];
  const post = (x, foot) => {
    ctx.fillStyle = dark;
    ctx.fillRect(x - 0.1, foot - rise - 0.06, 0.2, rise + 0.06);
    ctx.fillStyle = mid;
    ctx.fillRect(x - 0.1, foot - rise - 0.06, 0.13, rise + 0.06);
    ctx.fillStyle = light;
    ctx.beginPath();
    ctx.ellipse(x, foot - rise - 0.06, 0.1, 0.05, 0, 0, 7);
    ctx.fill();
  };
  ctx.fillStyle = "rgba(14, 18, 26, 0.25)";
  if (upright) ctx.fillRect(cell.x + 0.4, cell.y, 0.36, 1);
  else ctx.fillRect(cell.x, cell.y + 0.6, 1, 0.26);
  for (let i = 0; i < 4; i++) {
    if (upright) post(cell.x + 0.5, cell.y + 0.14 + i * 0.25);
    else post(cell.x + 0.125 + i * 0.25, cell.y + 0.74);
  }
  if (!upright && open < 0.9) {
    ctx.fillStyle = mid;
    for (const high of [0.3, 0.72]) ctx.fillRect(cell.x, cell.y + 0.74 - rise * high - 0.05, 1, 0.08);
  }
  const middle = centre(gate.cells), last = gate.cells.at(-1);
  if (cell !== last) return;
  const y = middle.y + (upright ? 0.1 : 0.2) - rise * 0.7;
  disc(ctx, middle.x, y, 0.29, light);
  disc(ctx, middle.x, y, 0.25, "#24262c");
  glyph(ctx, marks[gate.letter].sign, middle.x, y, 0.16, marks[gate.letter].colour);
}

export function drawWisp(ctx, { x, y }, pulse) {
  const high = y - 0.35 + Math.sin(pulse * 3) * 0.06;
  ctx.fillStyle = "rgba(30, 10, 50, 0.3)";
  ctx.beginPath();
  ctx.ellipse(x, y + 0.16, 0.28, 0.1, 0, 0, 7);
  ctx.fill();
  disc(ctx, x, high, 0.34, "rgba(150, 92, 220, 0.45)");
  disc(ctx, x, high, 0.24, "#cda6ff");
  disc(ctx, x, high, 0.12, "#fbf3ff");
}

export function drawGuide(ctx, { x, y }, pulse) {
  const high = y - 0.4 + Math.sin(pulse * 4) * 0.07;
  ctx.fillStyle = "rgba(14, 18, 26, 0.25)";
  ctx.beginPath();
  ctx.ellipse(x, y + 0.14, 0.22, 0.09, 0, 0, 7);
  ctx.fill();
  disc(ctx, x, high, 0.26, LIGHT);
  disc(ctx, x, high, 0.17, "#fff7df");
  for (const side of [-0.06, 0.06]) disc(ctx, x + side, high - 0.01, 0.03, INK);
}
