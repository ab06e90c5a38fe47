// Where the player wants to go, from keys, a finger or a gamepad.

const KEYS = { KeyW: [0, -1], ArrowUp: [0, -1], KeyS: [0, 1], ArrowDown: [0, 1], KeyA: [-1, 0], ArrowLeft: [-1, 0], KeyD: [1, 0], ArrowRight: [1, 0] };
const STICK = 56; //  pixels of a thumb's way to full speed
const DEAD = 0.18; // of a gamepad's stick

export class Input {
  #down = new Set();
  #stick = null;

  constructor(canvas) {
    addEventListener("keydown", (event) => {
      if (!KEYS[event.code] || event.ctrlKey || event.metaKey || event.altKey || typing(event)) return;
      this.#down.add(event.code);
      event.preventDefault(); // arrows scroll nothing
    });
    addEventListener("keyup", (event) => this.#down.delete(event.code));
    addEventListener("blur", () => this.release());
    document.addEventListener("visibilitychange", () => this.release());

    canvas.addEventListener("pointerdown", (event) => {
      canvas.focus({ preventScroll: true });
      if (event.pointerType === "mouse" || this.#stick) return;
      canvas.setPointerCapture(event.pointerId);
      this.#stick = { id: event.pointerId, from: { x: event.clientX, y: event.clientY }, to: { x: event.clientX, y: event.clientY } };
    });
    canvas.addEventListener("pointermove", (event) => {
      if (this.#stick?.id === event.pointerId) this.#stick.to = { x: event.clientX, y: event.clientY };
    });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      canvas.addEventListener(end, (event) => {
        if (this.#stick?.id === event.pointerId) this.#stick = null;
      });
    }
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  /** release lets go of everything, as when the window loses the keyboard. */
  release() {
    this.#down.clear();
    this.#stick = null;
  }

  /** stick is the thumb's { from, to } in CSS pixels while there is one, to be drawn. */
  get stick() {
    return this.#stick && { ...this.#stick, reach: STICK };
  }

  /** direction is a vector of length ≤ 1. */
  direction() {
    let x = 0, y = 0;
    for (const code of this.#down) {
      x += KEYS[code][0];
      y += KEYS[code][1];
    }
    if (this.#stick) {
      x += (this.#stick.to.x - this.#stick.from.x) / STICK;
      y += (this.#stick.to.y - this.#stick.from.y) / STICK;
    }
    for (const pad of navigator.getGamepads?.() ?? []) {
      const [px = 0, py = 0] = pad?.axes ?? [];
      if (Math.hypot(px, py) > DEAD) {
        x += px;
        y += py;
      }
    }
    const length = Math.max(1, Math.hypot(x, y));
    return { x: x / length, y: y / length };
  }
}

/** typing says whether a key goes into a text field, also one inside a shadow root. */
function typing(event) {
  const target = event.composedPath()[0];
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}
