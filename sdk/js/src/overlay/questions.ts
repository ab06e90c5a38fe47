// What the party asks this player, where the game does not ask it itself: to
// follow into a match, and whether it is ready.
import type { Events, Kit, Party } from "../partykit";
import { nameOf } from "./dom";
import type { Notes } from "./notes";

type Heard = (event: keyof Events) => boolean;

/** Keeps both questions as the party has them. */
export function askQuestions(kit: Kit, notes: Notes, heard: Heard): void {
  const follow = question(notes);
  const ready = question(notes);
  kit.on("party", (party) => {
    const me = party.members.find(({ self }) => self);
    const { match } = party;
    const asked = match && me && !me.follow && match.since >= me.joined && !heard("follow");
    follow(asked ? match.id : "", () => [
      [name(party, party.leader), " plays a match. Follow?"],
      [
        ["Follow", () => kit.follow(true)],
        ["Stay", () => kit.follow(false)],
      ],
    ]);
    askReady(kit, party, heard("ready") ? () => {} : ready);
  });
}

function askReady(kit: Kit, party: Party, show: Show): void {
  const { ready, members } = party;
  const me = members.find(({ self }) => self);
  if (!ready || !me) return show("");
  const yes = ready.answers.filter((answer) => answer.yes).length;
  const of = members.filter(({ state }) => state === "in").length;
  const answered = ready.answers.some(({ n }) => n === me.n);
  show(JSON.stringify([ready, of, me.leader]), () => [
    [name(party, ready.by), ` asks who is ready: ${yes} of ${of}`],
    [
      ...(answered || me.state !== "in" ? [] : ([["Ready", () => kit.answerReady(true)], ["Not yet", () => kit.answerReady(false)]] as Button[])),
      ...(me.leader || me.id === ready.by ? ([["Cancel", () => kit.cancelReadyCheck()]] as Button[]) : []),
    ],
  ]);
}

type Button = [label: string, run: () => unknown];
type Note = () => [text: (Node | string)[], buttons: Button[]];
type Show = (key: string, note?: Note) => void;

/** Shows one question at a time; the same key is the same question, none takes it away. */
function question(notes: Notes): Show {
  let shown = "";
  let close = () => {};
  return (key, note) => {
    if (key === shown) return;
    shown = key;
    close();
    close = key && note ? notes.note(0, ...note()) : () => {};
  };
}

function name({ members }: Party, player: string): HTMLElement {
  return nameOf(members.find(({ id }) => id === player)?.name ?? "");
}
