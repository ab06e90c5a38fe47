// The outline of a set of tiles, as loops of corners: what lets hedges, paths and shores have round corners, outward and inward.

/**
 * outline returns the loops around the tiles for which inside(x, y) holds, each a list of corners { x, y }, moved outward by pad (inward if below 0).
 * Loops run clockwise around tiles and counter-clockwise around holes. Looks one tile beyond the map, so that its edge is no shore.
 */
export function outline(width, height, inside, pad) {
  const within = (x, y) => x >= -1 && y >= -1 && x <= width && y <= height && inside(x, y);
  const from = new Map(); // "x,y" → the edges that begin there; the inside is on an edge's right
  const edge = (x, y, dx, dy) => {
    const key = `${x},${y}`;
    if (!from.has(key)) from.set(key, []);
    from.get(key).push({ x, y, dx, dy });
  };
  for (let y = -1; y <= height; y++) {
    for (let x = -1; x <= width; x++) {
      if (!within(x, y)) continue;
      if (!within(x, y - 1)) edge(x, y, 1, 0);
      if (!within(x + 1, y)) edge(x + 1, y, 0, 1);
      if (!within(x, y + 1)) edge(x + 1, y + 1, -1, 0);
      if (!within(x - 1, y)) edge(x, y + 1, 0, -1);
    }
  }
  const loops = [];
  for (const starts of from.values()) {
    while (starts.length) loops.push(walk(from, starts.pop(), pad));
  }
  return loops;
}

/** walk follows edges from the first until it comes back, taking each out of the map, and returns the corners on the way. */
function walk(from, first, pad) {
  const corners = [];
  for (let at = first; ; ) {
    const next = from.get(`${at.x + at.dx},${at.y + at.dy}`);
    // Where two tiles touch by a corner only, two edges begin: the right turn stays with the tile.
    const turn = next.findIndex((e) => e.dx === -at.dy && e.dy === at.dx);
    const then = next.length ? next.splice(Math.max(0, turn), 1)[0] : first;
    if (then.dx !== at.dx || then.dy !== at.dy) {
      corners.push({ x: then.x + pad * (at.dy + then.dy), y: then.y - pad * (at.dx + then.dx) });
    }
    if (then === first) return corners;
    at = then;
  }
}

const half = (a, b) => Math.hypot(a.x - b.x, a.y - b.y) / 2;

/** trace makes loops the present path of a context, with corners of the given radius, or less where there is no room for it. */
export function trace(ctx, loops, radius) {
  ctx.beginPath();
  for (const corners of loops) {
    const last = corners.at(-1), [head] = corners;
    ctx.moveTo((last.x + head.x) / 2, (last.y + head.y) / 2);
    corners.forEach((corner, i) => {
      const next = corners[(i + 1) % corners.length];
      const room = Math.min(radius, half(corner, next), half(corner, corners.at(i - 1)));
      ctx.arcTo(corner.x, corner.y, (corner.x + next.x) / 2, (corner.y + next.y) / 2, room);
    });
    ctx.closePath();
  }
}
