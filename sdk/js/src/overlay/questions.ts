// What the party asks this player, where the game does not ask it itself: to
// follow into a match, to come along to another game, and whether it is ready.
// Served as /sdk/v1/questions.js, and loaded when there is first something of it.
import type { Events, Kit, Member, Party, ReadyCheck } from "../partykit";
import { nameOf } from "./dom";
import type { Notes } from "./notes";

type Heard = (event: keyof Events) => boolean;

/** Keeps the questions as the party has them. Nothing is asked by whom this player has blocked. */
export function askQuestions(kit: Kit, notes: Notes, heard: Heard): void {
  const follow = question(notes);
  const travel = question(notes);
  const ready = question(notes);
  kit.on("party", (party) => {
    const { members, match } = party;
    const me = members.find(({ self }) => self);
    if (!me) return;
    const of = (player: string) => members.find(({ id }) => id === player);
    const asks = (event: keyof Events, player: string) => !heard(event) && of(player)?.quiet !== "block";
    const name = (player: string) => nameOf(of(player)?.name ?? "");

    const following = match && !me.follow && match.since >= me.joined && asks("follow", party.leader);
    follow(following ? match.id : "", () => [
      [name(party.leader), " plays a match. Follow?"],
      [
        ["Follow", () => kit.follow(true)],
        ["Stay", () => kit.follow(false)],
      ],
    ]);
    const { id = "", title = "", by = "", answers = [] } = party.travel ?? {};
    const boarding = by !== me.id && !answers.some(({ n }) => n === me.n) && asks("travel", by);
    travel(boarding ? id : "", () => [
      [name(by), " takes the party to ", nameOf(title), ". Come along?"],
      [
        ["Come along", () => kit.board(true).then((way) => way && location.assign(way.url))],
        ["Stay", () => kit.board(false)],
      ],
    ]);
    if (party.ready && asks("ready", party.ready.by)) askReady(kit, party, party.ready, me, name(party.ready.by), ready);
    else ready("");
  });
}

function askReady(kit: Kit, { members }: Party, ready: ReadyCheck, me: Member, by: HTMLElement, show: Show): void {
  const yes = ready.answers.filter((answer) => answer.yes).length;
  const of = members.filter(({ state }) => state === "in").length;
  const answered = ready.answers.some(({ n }) => n === me.n);
  show(JSON.stringify([ready, of, me.leader]), () => [
    [by, ` asks who is ready: ${yes} of ${of}`],
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
