// A browser small enough to script: tabs in their own contexts, with one
// localStorage, Web Locks, a clock that the test moves, and sockets to a server
// that is the test itself.
import vm from "node:vm";
import { setImmediate as turn } from "node:timers/promises";
import { script } from "./bundle.mjs";

/** Lets everything run that waits for nothing but its turn. */
export async function settle() {
  for (let i = 0; i < 10; i++) await turn();
}

export class Clock {
  now = 1_700_000_000_000;
  #timers = new Map();
  #last = 0;

  set(run, ms = 0, every) {
    this.#timers.set(++this.#last, { at: this.now + ms, run, every });
    return this.#last;
  }

  clear(id) {
    this.#timers.delete(id);
  }

  /** Moves time on, running each timer when it is due. */
  async advance(ms) {
    const end = this.now + ms;
    for (;;) {
      await settle();
      const due = [...this.#timers].filter(([, timer]) => timer.at <= end).sort((a, b) => a[1].at - b[1].at)[0];
      if (!due) break;
      const [id, timer] = due;
      this.now = Math.max(this.now, timer.at);
      if (timer.every) timer.at += timer.every;
      else this.#timers.delete(id);
      timer.run();
    }
    this.now = end;
    await settle();
  }

  /** The pauses of the timers that run now, in milliseconds. */
  get pending() {
    return [...this.#timers.values()].map((timer) => timer.at - this.now).sort((a, b) => a - b);
  }
}

export class Storage {
  values = new Map();
  getItem(key) {
    return this.values.get(key) ?? null;
  }
  setItem(key, value) {
    this.values.set(key, `${value}`);
  }
  removeItem(key) {
    this.values.delete(key);
  }
}

/** Web Locks, as far as the SDK uses them. */
export class Locks {
  #held = new Map();
  #waiting = new Map();

  request(name, options, run) {
    if (options.ifAvailable && this.#held.has(name)) return Promise.resolve(run(null));
    return new Promise((resolve, reject) => {
      const start = () => {
        this.#held.set(name, start);
        const released = Promise.resolve(run({ name })).then(resolve);
        released.then(() => this.release(name, start));
      };
      if (!this.#held.has(name)) return start();
      const queue = this.#waiting.get(name) ?? [];
      this.#waiting.set(name, [...queue, start]);
      options.signal?.onabort(() => {
        this.#waiting.set(name, this.#waiting.get(name).filter((other) => other !== start));
        reject(Object.assign(new Error("timed out"), { name: "TimeoutError" }));
      });
    });
  }

  release(name, holder) {
    if (this.#held.get(name) !== holder) return;
    this.#held.delete(name);
    const [next, ...rest] = this.#waiting.get(name) ?? [];
    this.#waiting.set(name, rest);
    next?.();
  }

  get held() {
    return [...this.#held.keys()].map((name) => ({ name }));
  }

  /** What this tab holds; a closing tab lets go of it. */
  forTab() {
    const mine = [];
    return {
      request: (name, options, run) =>
        this.request(name, options, (lock) => {
          if (!lock) return run(lock);
          const holder = this.#held.get(name);
          mine.push(() => this.release(name, holder));
          return run(lock);
        }),
      query: async () => ({ held: this.held }),
      closeTab: () => mine.forEach((release) => release()),
    };
  }
}

/** The server's end of one socket. */
class Peer {
  received = [];
  closed = false;

  constructor(socket, url) {
    this.socket = socket;
    this.url = url;
  }

  open() {
    this.socket.onopen?.({});
  }

  /** Sends an object as text, or bytes. */
  send(frame) {
    const data = frame instanceof Uint8Array ? frame.buffer.slice(frame.byteOffset, frame.byteOffset + frame.length) : JSON.stringify(frame);
    this.socket.onmessage?.({ data });
  }

  close(code) {
    this.closed = true;
    this.socket.onclose?.({ code });
  }

  /** The text frames of one type that came, as objects. */
  frames(type) {
    return this.received.filter((frame) => frame.t === type);
  }

  /** The binary frames that came, as arrays of bytes. */
  get binary() {
    return this.received.filter((frame) => frame instanceof Array);
  }
}

export class World {
  clock = new Clock();
  local = new Storage();
  locks = new Locks();
  /** Every connection that any tab opened, in order. */
  peers = [];
  /** Called with each new connection; by default it opens and is welcomed. */
  accept = (peer) => {
    peer.open();
    peer.send(welcome());
  };
  /** What `fetch` answers; by default nobody is there. */
  fetch = async () => {
    throw new TypeError("failed to fetch");
  };
  warnings = [];
  /** What the game's own listeners threw, uncaught. */
  thrown = [];
  /** Set to false for an insecure origin, which has no Web Locks. */
  hasLocks = true;
  /** What Math.random gives. */
  random = 0.5;
  /** The SDK's files that were loaded when they were needed, by address. */
  loaded = [];
  /** The open ends of every BroadcastChannel. */
  channels = [];
  /** Set to true when nothing more can be loaded. */
  offline = false;

  /** The newest connection. */
  get peer() {
    return this.peers.at(-1);
  }

  /** Opens a tab on an address and evaluates the SDK there. */
  async tab({ url = "https://game.example/play", session = new Storage(), storage = true } = {}) {
    const world = this;
    const at = new URL(url);
    const events = new EventTarget();
    const locks = this.locks.forTab();
    const modules = new Map();
    const importModule = async (address) => {
      if (world.offline) throw new TypeError("Failed to fetch dynamically imported module");
      world.loaded.push(address);
      const source = address.replace("https://party.example/sdk/v1/", "src/").replace(/js$/, "ts");
      if (!modules.has(source)) modules.set(source, vm.runInContext(`(() => { ${await script(source)}; return sdk; })()`, sandbox));
      return modules.get(source);
    };
    const sandbox = {
      importModule,
      console: { warn: (text) => world.warnings.push(text) },
      URL,
      TextEncoder,
      TextDecoder,
      btoa,
      atob,
      crypto: globalThis.crypto,
      fetch: (...args) => world.fetch(...args),
      queueMicrotask(run) {
        try {
          run();
        } catch (error) {
          world.thrown.push(error);
        }
      },
      setTimeout: (run, ms) => world.clock.set(run, ms),
      clearTimeout: (id) => world.clock.clear(id),
      setInterval: (run, ms) => world.clock.set(run, ms, ms),
      clearInterval: (id) => world.clock.clear(id),
      AbortSignal: { timeout: (ms) => ({ onabort: (run) => world.clock.set(run, ms) }) },
      addEventListener: events.addEventListener.bind(events),
      removeEventListener: events.removeEventListener.bind(events),
      location: {
        get href() {
          return at.href;
        },
        get hash() {
          return at.hash;
        },
        get pathname() {
          return at.pathname;
        },
        get search() {
          return at.search;
        },
      },
      history: {
        state: { of: "the game" },
        replaceState(state, _, to) {
          sandbox.history.state = state;
          at.href = new URL(to, at).href;
        },
      },
      BroadcastChannel: class {
        constructor(name) {
          this.name = name;
          world.channels.push(this);
        }
        postMessage(data) {
          const others = world.channels.filter((other) => other !== this && other.name === this.name);
          for (const other of others) void Promise.resolve().then(() => world.channels.includes(other) && other.onmessage({ data }));
        }
        close() {
          world.channels = world.channels.filter((other) => other !== this);
        }
      },
      document: {
        visibilityState: "visible",
        addEventListener: events.addEventListener.bind(events),
        removeEventListener: events.removeEventListener.bind(events),
      },
      navigator: this.hasLocks ? { locks } : {},
      WebSocket: class {
        bufferedAmount = 0;
        constructor(to) {
          const peer = new Peer(this, to);
          this.peer = peer;
          world.peers.push(peer);
          queueMicrotask(() => world.accept(peer));
        }
        send(data) {
          const frame = typeof data === "string" ? JSON.parse(data) : [...data];
          this.peer.received.push(frame);
          this.peer.answer?.(frame);
        }
        close() {
          this.peer.closed = true;
        }
      },
    };
    Object.defineProperty(sandbox, "localStorage", { get: () => (storage ? world.local : blocked()) });
    Object.defineProperty(sandbox, "sessionStorage", { get: () => (storage ? session : blocked()) });
    vm.createContext(sandbox);
    vm.runInContext("globalThis.now = () => 0; Date = { now: () => now() };", sandbox);
    sandbox.now = () => world.clock.now;
    vm.runInContext("globalThis.chance = () => 0; Math.random = () => chance();", sandbox);
    sandbox.chance = () => world.random;
    await Promise.all(["src/calls.ts", "src/moves.ts"].map(script)); // built beforehand, so that loading them takes no more than a turn
    vm.runInContext(await script("src/index.ts"), sandbox);
    return {
      sandbox,
      session,
      PartyKit: sandbox.sdk.PartyKit,
      get address() {
        return at.href;
      },
      async start(options) {
        const kit = await world.run(sandbox.sdk.PartyKit.start({ game: "demo", overlay: false, ...options }));
        await settle(); // calls.js is there
        return kit;
      },
      /** The user, or a link, changes the fragment. */
      go(fragment) {
        at.hash = fragment;
        events.dispatchEvent(new Event("hashchange"));
      },
      event: (name) => events.dispatchEvent(new Event(name)),
      /** Another tab comes before this one, or it comes back. */
      hide(hidden) {
        sandbox.document.visibilityState = hidden ? "hidden" : "visible";
        events.dispatchEvent(new Event("visibilitychange"));
      },
      close() {
        events.dispatchEvent(new Event("pagehide"));
        locks.closeTab();
      },
    };
  }

  /** Waits for something that needs a little time to pass, and no more than that. */
  async run(promise, ms = 1000) {
    const guarded = promise.then(
      (value) => ({ value }),
      (error) => ({ error }),
    );
    let result;
    guarded.then((found) => (result = found));
    for (let passed = 0; !result && passed <= ms; passed += 10) await this.clock.advance(passed ? 10 : 0);
    if (!result) throw new Error("it took too long");
    if (result.error) throw result.error;
    return result.value;
  }
}

function blocked() {
  throw new Error("storage is blocked");
}

/** A member as the server writes it. */
export function member(n, more = {}) {
  const names = ["", "FriendlyAlpaca", "BraveOtter", "CalmHeron", "KindLynx"];
  return { id: `g${n}`, n, name: names[n], face: n, state: "in", joined: n * 1000, presence: "connected", ...more };
}

export function party(more = {}) {
  return {
    id: "pone",
    game: "demo",
    revision: 1,
    size: 8,
    openness: "invite_only",
    leader: "g1",
    members: [member(1)],
    held: [],
    data: {},
    dataRevision: 0,
    landing: [],
    invites: [],
    ...more,
  };
}

export function welcome({ you = 1, party: more, ...rest } = {}) {
  const { id, name, n } = member(you);
  return {
    t: "welcome",
    v: 1,
    server: "test",
    epoch: "e1",
    you: { id, name, n },
    token: "guest-token",
    session: "s1",
    resume: "r1",
    seq: 10,
    lost: false,
    gap: false,
    party: party(more),
    ...rest,
  };
}

/** What crossed a context's border, as plain values of this one. */
export const plain = (value) => JSON.parse(JSON.stringify(value));
