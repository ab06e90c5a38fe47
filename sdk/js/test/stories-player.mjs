// Somebody in a story: a tab with the SDK in it, its way to the server, and what
// it heard.
import vm from "node:vm";

/** Where the games of the stories are at home. */
const origin = "https://game.example";
const files = new Map();

/** What the server serves under an address, once. */
function source(url) {
  if (!files.has(url)) files.set(url, fetch(url).then((response) => response.text()));
  return files.get(url);
}

export class Player {
  kit;
  /** What it heard and no step has spoken of yet. */
  heard = [];
  /** Why it is in another party than before. */
  moved;
  /** How it goes at another party's door. */
  door;
  /** What it saw happen in one party after the other. */
  stays = [];
  /** The places of its own messages, which it is not sent. */
  sent = new Set();
  /** The way to the other game, after a travel. */
  way;
  /** In a join: whether it may leave others' company. */
  leavesOthers = false;
  #server;
  #tab;
  #options;
  #pending = [];
  #stores = { localStorage: store(), sessionStorage: store() };

  constructor(name, server) {
    this.name = name;
    this.#server = server;
    this.wire = new Wire((data) => this.#received(data));
  }

  /** Starts the SDK in a page whose address has this fragment. */
  async begin(options, hash = "") {
    this.#options = options;
    this.#tab = new Tab(this.wire.socket, this.#stores, hash);
    const { PartyKit } = await this.#tab.load(new URL("/sdk/v1/partykit.js", this.#server).href);
    const kit = await PartyKit.start({ ...options, server: this.#server, overlay: false, loading: "manual" });
    kit.on("invite", (invitation) => {
      if (invitation.kind === "ask") this.leavesOthers ? invitation.accept() : invitation.decline();
    });
    kit.on("chat", ({ text, n, id = n }) => this.heard.push({ chat: text, from: id }));
    kit.on("message", ({ data, from, direct, channel }) => {
      const bytes = ArrayBuffer.isView(data);
      this.heard.push({
        ...(bytes ? { bytes: Buffer.from(data).toString("hex") } : { message: data }),
        from: from?.id,
        ...(direct && { direct }),
        ...(channel !== undefined && { channel }),
      });
    });
    kit.on("party", (_, reason) => {
      if (!reason) return;
      this.moved = reason;
      this.door = undefined;
    });
    kit.on("door", (door) => (this.door = door));
    this.kit = kit;
  }

  /** The same tab, loaded anew. */
  reload() {
    this.#tab.close();
    this.wire.forget();
    return this.begin(this.#options);
  }

  hide(hidden) {
    this.#tab.hide(hidden);
  }

  /** Does something while there is no connection, after what was done before. */
  later(act) {
    this.#pending.push(this.#pending.length ? this.#pending.at(-1).then(act) : act());
    this.#pending.at(-1).catch(() => {}); // it is told at the return
  }

  async return() {
    this.wire.restore();
    await Promise.all(this.#pending.splice(0));
  }

  end() {
    this.wire.restore();
    this.kit?.close();
    this.#tab?.close();
  }

  #received(data) {
    if (typeof data !== "string") return this.#message(new Uint8Array(data));
    const frame = JSON.parse(data);
    if (frame.t === "welcome" || (frame.t === "party" && frame.party.id !== this.stays.at(-1).party)) this.stays.push(new Stay(frame.party.id, frame.seq));
    if (frame.t === "event") this.stays.at(-1).add(frame.seq, frame.events.map(({ type }) => type).join(", "), data);
    if (frame.t === "chat") this.stays.at(-1).add(frame.seq, "chat", data);
  }

  /** A binary frame, as docs/protocol.md lays it out. */
  #message(bytes) {
    let at = 1;
    const varint = () => {
      for (let value = 0, scale = 1; ; scale *= 128) {
        const byte = bytes[at++];
        value += (byte & 127) * scale;
        if (byte < 128) return value;
      }
    };
    if (bytes[0] === 3) {
      varint();
      this.sent.add(varint());
    }
    if (bytes[0] !== 2) return;
    const direct = bytes[at++] & 2;
    if (!direct) this.stays.at(-1).add(varint(), "message", Buffer.from(bytes).toString("hex"));
  }
}

/** What a player saw happen in one party, from its coming to its going. */
class Stay {
  entries = [];

  constructor(party, from) {
    this.party = party;
    this.from = from; // where its snapshot stood
  }

  /** Up to where the player has seen the party. */
  get last() {
    return this.entries.at(-1)?.seq ?? this.from;
  }

  /** A party of one that nobody was invited to has no order yet: 0. What a resume brings again was seen. */
  add(seq, line, what) {
    if (seq > this.last) this.entries.push({ seq, line, what });
  }
}

/** A page's own world, as far as the SDK needs one. */
class Tab {
  #context;
  #modules = new Map();
  #events = new EventTarget();
  #timers = new Set();
  #document = Object.assign(new EventTarget(), { visibilityState: "visible" });

  constructor(WebSocket, stores, hash) {
    const timer = (set) => (run, ms) => {
      const id = set(run, ms);
      this.#timers.add(id);
      return id;
    };
    const { URL, TextEncoder, TextDecoder, btoa, atob, crypto, fetch, queueMicrotask, AbortSignal, console, clearTimeout, clearInterval } = globalThis;
    this.#context = vm.createContext({
      ...{ URL, TextEncoder, TextDecoder, btoa, atob, crypto, fetch, queueMicrotask, AbortSignal, console, clearTimeout, clearInterval },
      ...{ WebSocket, ...stores, document: this.#document },
      location: { href: `${origin}/${hash}`, pathname: "/", search: "", hash },
      history: { state: null, replaceState() {} },
      setTimeout: timer(setTimeout),
      setInterval: timer(setInterval),
      addEventListener: this.#events.addEventListener.bind(this.#events),
      removeEventListener: this.#events.removeEventListener.bind(this.#events),
    });
  }

  /** Imports what the server serves, unchanged. */
  async load(url) {
    const module = await this.#module(url);
    if (module.status === "unlinked") await module.link((specifier, { identifier }) => this.#module(new URL(specifier, identifier).href));
    await module.evaluate();
    return module.namespace;
  }

  #module(url) {
    if (!this.#modules.has(url)) {
      const made = source(url).then(
        (text) =>
          new vm.SourceTextModule(text, {
            context: this.#context,
            identifier: url,
            initializeImportMeta: (meta) => (meta.url = url),
            importModuleDynamically: async (specifier) => {
              const module = await this.#module(new URL(specifier, url).href);
              await this.load(module.identifier);
              return module;
            },
          }),
      );
      this.#modules.set(url, made);
    }
    return this.#modules.get(url);
  }

  hide(hidden) {
    this.#document.visibilityState = hidden ? "hidden" : "visible";
    this.#document.dispatchEvent(new Event("visibilitychange"));
  }

  close() {
    this.#events.dispatchEvent(new Event("pagehide"));
    for (const id of this.#timers) clearTimeout(id);
  }
}

/** A player's way to the server, which a story may cut. */
class Wire {
  #received;
  #up = resolvers();
  #down = false;
  #sockets = new Set();

  constructor(received) {
    this.#received = received;
    this.#up.resolve();
  }

  /** Cut off, one way or both. */
  get held() {
    return this.#down || [...this.#sockets].some(({ deaf }) => deaf);
  }

  /** The WebSocket of the tab. */
  get socket() {
    const wire = this;
    return class {
      binaryType = "arraybuffer";
      deaf = false;
      #real;
      #closed = false;

      constructor(url) {
        wire.#sockets.add(this);
        wire.#up.promise.then(() => this.#closed || this.#open(url));
      }

      get bufferedAmount() {
        return this.#real?.bufferedAmount ?? 0;
      }

      send(data) {
        this.#real.send(data);
      }

      close() {
        this.#closed = true;
        wire.#sockets.delete(this);
        this.#real?.close();
      }

      cut() {
        this.close();
        this.onclose?.({ code: 1006 });
      }

      #open(url) {
        this.#real = new WebSocket(url, { headers: { origin } });
        this.#real.binaryType = "arraybuffer";
        this.#real.onopen = () => this.#closed || this.onopen?.({});
        this.#real.onmessage = ({ data }) => {
          if (this.deaf || this.#closed) return;
          wire.#received(data);
          this.onmessage?.({ data });
        };
        this.#real.onclose = ({ code }) => {
          wire.#sockets.delete(this);
          if (!this.#closed) this.onclose?.({ code });
        };
      }
    };
  }

  /** Lets nothing of the server's through any more. */
  deafen() {
    for (const socket of this.#sockets) socket.deaf = true;
  }

  /** Cuts the connection and lets none be made. */
  drop() {
    this.#down = true;
    this.#up = resolvers();
    for (const socket of [...this.#sockets]) socket.cut();
  }

  restore() {
    this.#down = false;
    this.#up.resolve();
  }

  /** The page is gone: its connections close, and nobody is told. */
  forget() {
    for (const socket of [...this.#sockets]) socket.close();
  }
}

function store() {
  const values = new Map();
  return {
    getItem: (name) => values.get(name) ?? null,
    setItem: (name, value) => void values.set(name, `${value}`),
    removeItem: (name) => void values.delete(name),
  };
}

function resolvers() {
  let resolve;
  const promise = new Promise((done) => (resolve = done));
  return { promise, resolve };
}
