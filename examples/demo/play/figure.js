// The players as they are seen: a hooded figure with its face, in its own colour, carrying a light.

import { disc } from "./props.js";
import { coat, INK, LIGHT } from "./themes.js";

const HEAD = 0.4; // radius of a head, in tiles

export class Figures {
  #faces = new Map();
  #sides = new Map();
  #faceAddress;

  /** faceAddress gives the address of a face's picture for its seed. */
  constructor(faceAddress) {
    this.#faceAddress = faceAddress;
  }

  /** draw draws a figure: { id, n, face, x, y, speed, away }. */
  draw(ctx, figure, pulse) {
    const { x, y } = figure, stride = Math.min(1, figure.speed / 2), bob = Math.abs(Math.sin(pulse * 9)) * 0.06 * stride;
    const side = this.side(figure), colour = coat(figure.n), foot = y + 0.2, neck = y - 0.28 - bob, head = y - 0.5 - bob;
    ctx.save();
    ctx.globalAlpha = figure.away ? 0.55 : 1;
    ctx.fillStyle = "rgba(14, 18, 26, 0.3)";
    ctx.beginPath();
    ctx.ellipse(x + 0.06, foot, 0.42, 0.15, 0, 0, 7);
    ctx.fill();
    const sway = Math.sin(pulse * 9) * 0.04 * stride, hem = 0.36;
    const cloak = () => {
      ctx.beginPath();
      ctx.moveTo(x - 0.16, neck);
      ctx.quadraticCurveTo(x - 0.34, y - 0.1, x - hem + sway, foot - 0.04);
      ctx.quadraticCurveTo(x - hem / 2 + sway, foot + 0.08, x + sway, foot);
      ctx.quadraticCurveTo(x + hem / 2 + sway, foot + 0.08, x + hem + sway, foot - 0.04);
      ctx.quadraticCurveTo(x + 0.34, y - 0.1, x + 0.16, neck);
      ctx.closePath();
    };
    cloak();
    ctx.fillStyle = colour;
    ctx.fill();
    ctx.save();
    ctx.clip();
    ctx.fillStyle = "rgba(20, 16, 40, 0.17)"; // its shaded side, away from the light it carries
    ctx.fillRect(side > 0 ? x - 0.5 : x + 0.1, y - 0.6, 0.4, 1);
    ctx.restore();
    disc(ctx, x, head, HEAD, colour); // the hood
    const face = this.#face(figure.face), inner = HEAD - 0.07;
    if (face) ctx.drawImage(face, x - inner, head - inner, 2 * inner, 2 * inner);
    else {
      disc(ctx, x, head, inner, "#fff6e6");
      for (const eye of [-0.12, 0.12]) disc(ctx, x + eye, head - 0.02, 0.05, INK);
    }
    const hand = { x: x + side * 0.4, y: y - 0.16 - bob }; // the light it carries
    ctx.strokeStyle = "#5b4526";
    ctx.lineWidth = 0.05;
    ctx.lineCap = "round";
    ctx.beginPath();
    ctx.moveTo(x + side * 0.22, hand.y - 0.05);
    ctx.lineTo(hand.x, hand.y - 0.13);
    ctx.stroke();
    ctx.fillStyle = "#5b4526";
    ctx.beginPath();
    ctx.roundRect(hand.x - 0.1, hand.y - 0.12, 0.2, 0.27, 0.05);
    ctx.fill();
    ctx.fillStyle = LIGHT;
    ctx.beginPath();
    ctx.roundRect(hand.x - 0.065, hand.y - 0.075, 0.13, 0.18, 0.04);
    ctx.fill();
    ctx.restore();
  }

  /** side is 1 for a figure that looks, and carries its light, to the right, -1 to the left: the way it last went. */
  side({ id, x }) {
    const last = this.#sides.get(id) ?? { x, side: 1 };
    const side = Math.abs(x - last.x) < 0.004 ? last.side : Math.sign(x - last.x);
    this.#sides.set(id, { x, side });
    return side;
  }

  /** face is the picture of a face, or undefined while it is not here. */
  #face(seed) {
    if (seed === undefined) return undefined;
    if (!this.#faces.has(seed)) {
      const image = new Image();
      image.src = this.#faceAddress(seed);
      this.#faces.set(seed, image);
    }
    const image = this.#faces.get(seed);
    return image.complete && image.naturalWidth ? image : undefined;
  }
}
