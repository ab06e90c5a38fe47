// The overlay: everything of PartyKit's that a player sees inside a game. One
// custom element with a shadow root, laid over the page, that takes no click
// but on what it shows.
import type { PartyKitError } from "../errors";
import type { AskQuestion, Door, Events, Invitation, Invite, Kicked, Kit, Member } from "../partykit";
import { announceArrivals } from "./arrivals";
import { Badges } from "./badges";
import { defineButton } from "./button";
import { InviteDialog } from "./dialog";
import { el } from "./dom";
import type { DoorNotes } from "./door";
import { Notes } from "./notes";
import css from "./overlay.css";

/** What the SDK's core asks of the overlay. */
export interface Overlay {
  /** Opens the dialog with a link. */
  invite(invite: Invite): void;
  invitation(invitation: Invitation): void;
  /** The player was taken out of its party. */
  kicked(kick: Kicked): void;
  /** Somebody asks to be let in. */
  ask(question: AskQuestion): void;
  /** How it goes at another party's door. */
  door(door: Door): void;
  problem(error: PartyKitError): void;
}

const tag = "partykit-overlay";
/** How long a sentence stays where screen readers find it. */
const saidMs = 6000;

/** Lays the overlay of a kit over the page, until the kit is closed. `heard` says which events the game itself listens to; `load` imports a module. */
export function mount(kit: Kit, heard: (event: keyof Events) => boolean, load: (url: string) => Promise<any>): Overlay {
  const server = new URL(import.meta.url).origin;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  const end = new AbortController();
  const root = host(sheet, end.signal);

  const live = el("div", { class: "visually-hidden", role: "status" });
  const say = (text: string) => {
    const line = el("p", {}, text);
    live.append(line);
    setTimeout(() => line.remove(), saidMs);
  };
  const notes = new Notes(kit);
  const problem = (error: unknown) => notes.problem(error as PartyKitError);
  announceArrivals(kit, end.signal);
  const badges = new Badges(kit, server, say);
  // What is shown seldom is loaded when there is first something of it.
  const part = <T>(file: string, make: (module: any) => T) => {
    let made: Promise<T> | undefined;
    return (use?: (made: T) => unknown) => {
      made ??= load(new URL(file, import.meta.url).href).then(make);
      made.then(use).catch(problem);
      made.catch(() => (made = undefined)); // the next need is another try
    };
  };
  const atDoor = part<DoorNotes>("door.js", ({ mount }) => mount(kit, notes, root));
  const report = part<(who: Member) => void>("report.js", ({ mount }) => mount(kit, root));
  const questions = part("questions.js", ({ askQuestions }) => askQuestions(kit, notes, heard));
  let asked = false;
  kit.on("party", ({ match, ready, travel }) => {
    if (!asked && (match || ready || travel)) {
      asked = true;
      questions();
    }
  });
  const dialog = new InviteDialog(kit, server, say, problem, (place) => atDoor((door) => door.say(place)), (who) => report((open) => open(who)));
  root.append(live, badges.element, notes.element, dialog.element);
  defineButton(kit, sheet);
  kit.on("connection", (state) => {
    if (state !== "closed") return;
    end.abort();
    dialog.element.close(); // gives the focus back
    root.host.remove();
  });
  return {
    invite: (invite) => dialog.open(invite),
    invitation: (invitation) => notes.show(invitation),
    kicked: (kick) => notes.kicked(kick),
    ask: (question) => atDoor((door) => door.ask(question)),
    door: (state) => atDoor((door) => door.door(state)),
    problem,
  };
}

/** Puts the element on the page and returns its root. It listens to the page until `end`. */
function host(sheet: CSSStyleSheet, end: AbortSignal): ShadowRoot {
  if (!customElements.get(tag)) customElements.define(tag, class extends HTMLElement {});
  const element = document.createElement(tag);
  const root = element.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheet];
  // Typing here must not move the game's figure.
  for (const key of ["keydown", "keyup", "keypress"]) root.addEventListener(key, (event) => event.stopPropagation());
  (document.body ?? document.documentElement).append(element);

  // In the top layer, so that a game in full screen does not cover it.
  element.popover = "manual";
  const raise = () => {
    if (!element.isConnected || !element.showPopover) return;
    element.hidePopover();
    element.showPopover();
  };
  raise();
  document.addEventListener("fullscreenchange", raise, { signal: end });
  return root;
}
