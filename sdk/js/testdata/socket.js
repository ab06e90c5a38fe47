// Stands in for the server: a WebSocket that the test speaks through.
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => violations.push(`${event.violatedDirective} ${event.blockedURI}`));
window.keys = [];
addEventListener("keydown", (event) => keys.push(event.key));

const hostile = '<img src=x onerror="violations.push(\'markup\')">';
window.member = (n, name, more) => ({ id: `g${n}`, n, name, face: n, state: "in", joined: n, presence: "connected", ...more });
window.party = {
  id: "pone", game: "demo", revision: 1, size: 8, openness: "invite_only", leader: "g1",
  inviters: "everyone", data: {}, dataRevision: 0, landing: [], invites: [], held: [], outcasts: [],
  members: [member(1, "FriendlyAlpaca"), member(2, hostile)],
};
const link = { id: "i1", by: "g1", made: 1, expires: 0, maxUses: 3, uses: 1, message: "" };

window.WebSocket = class {
  bufferedAmount = 0;
  constructor() {
    window.socket = this;
    window.sent = [];
    setTimeout(() => {
      this.onopen({});
      this.say({ t: "welcome", v: 1, epoch: "e", you: party.members[0], token: "t", session: "s", resume: "r", seq: 1, party });
    });
  }
  say(frame) {
    this.onmessage({ data: JSON.stringify(frame) });
  }
  event(...events) {
    this.say({ t: "event", seq: 0, rev: 2, at: 0, events });
  }
  send(text) {
    const frame = JSON.parse(text);
    sent.push(frame);
    if (frame.t === "report" && window.refused) {
      this.say({ t: "error", id: frame.id, ...window.refused });
    } else if (frame.t === "board" && frame.yes) {
      this.say({ t: "ok", id: frame.id, ticket: "abc", url: "#there" });
    } else if (frame.spoken) {
      const said = { ...link, id: "i2", expires: Date.now() + frame.expires * 1000 };
      this.event({ type: "invited", invite: said });
      this.say({ t: "ok", id: frame.id, invite: said, code: "9x7q2hd5tw8ce40k3m", url: `${window.server}/join/9x7q2hd5tw8ce40k3m`, spoken: "7KM-2Q9" });
    } else if (frame.t === "invite") {
      this.event({ type: "invited", invite: link });
      this.say({ t: "ok", id: frame.id, invite: link, code: "0k3m9x7q2hd5tw8ce4", url: `${window.server}/join/0k3m9x7q2hd5tw8ce4` });
    } else if (frame.t === "join" && !frame.confirm) {
      this.say({ t: "error", id: frame.id, code: "confirm_required", message: "Ask.", invite: { from: "CalmHeron", game: "demo", size: 3 } });
    } else if (frame.t === "rename") {
      this.say({ t: "error", id: frame.id, code: "bad_name", message: "Choose another." });
    } else if (frame.id) this.say({ t: "ok", id: frame.id });
  }
  close() {}
};
