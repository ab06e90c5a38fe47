// What the overlay shows at a party's door: who asks to be let in, how it goes
// at another party's, and a code to say aloud. Served as /sdk/v1/door.js, and
// loaded when there is first something of it.
import type { AskQuestion, Door, Kit } from "../partykit";
import css from "./door.css";
import { el, nameOf } from "./dom";
import type { Notes } from "./notes";

export { offerTicket } from "./elsewhere";

/** Seconds that a spoken code works: so few that it can be short. */
const saidSeconds = 600;

type Button = [label: string, run: () => unknown];

export interface DoorNotes {
  ask(question: AskQuestion): void;
  door(door: Door): void;
  /** Puts a code to say in the place of a button. */
  say(place: HTMLElement): Promise<void>;
}

export function mount(kit: Kit, notes: Notes, root: ShadowRoot): DoorNotes {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];

  const asked = new Map<number, () => void>();
  let party = kit.party.id;
  let shown = "";
  let close = () => {};
  let hush = () => {};
  let said: string | undefined;
  kit.on("party", ({ id, asks, invites }) => {
    for (const [n, close] of asked) {
      if (id === party && asks.some((ask) => ask.n === n)) continue;
      close();
      asked.delete(n);
    }
    if (id !== party) close(); // who has moved waits nowhere
    if (said && !invites.some((invite) => invite.id === said)) hush();
    party = id;
  });

  return {
    ask(question) {
      if (!kit.party.asks.some(({ n }) => n === question.n)) return; // answered meanwhile
      asked.set(
        question.n,
        notes.note(0, [nameOf(question.name), " asks to join"], [
          ["Let in", question.admit],
          ["Not now", question.decline],
        ]),
      );
    },
    door(door) {
      const [text, buttons] = atDoor(door);
      if (text === shown) return;
      close();
      const remove = notes.note(0, [text], buttons);
      shown = text;
      close = () => {
        remove();
        shown = "";
      };
    },
    async say(place) {
      const { id, spoken = "", expires } = await kit.createInvite({ spoken: true, expires: saidSeconds });
      const timer = setTimeout(() => hush(), expires - Date.now());
      const code = el(
        "div",
        { class: "say" },
        // Read out letter by letter.
        el("output", { class: "code", "aria-label": [...spoken].join(" ") }, spoken),
        el("p", { class: "hint" }, `For ${new URL(import.meta.url).host}/join, for 10 minutes.`),
      );
      said = id;
      hush = () => {
        clearTimeout(timer);
        said = undefined;
        code.replaceWith(place);
      };
      place.replaceWith(code);
    },
  };
}

function atDoor({ stage, place, reason, join, leave }: Door): [text: string, buttons: Button[]] {
  const never: Button = ["Never mind", leave];
  switch (stage) {
    case "line":
      return [`You are number ${place} in line for that party`, [["Leave the line", leave]]];
    case "offered":
      return ["A seat is free for you", [["Join", join], never]];
    case "asking":
      return ["You asked to join. Somebody there has to let you in.", [never]];
    case "held":
      return ["You are let in", [["Join", join], never]];
    case "gone":
      return [reason === "declined" ? "They did not let you in" : "Nobody answered", [["OK", () => {}]]];
    case "closed":
      return ["That party cannot be joined now", [["OK", () => {}]]];
  }
}
