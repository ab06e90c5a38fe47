// Everything on the page that is not the picture: cards, party list, questions, hints. Text from other players is set as text, never as HTML.

import { levels } from "./levels/index.js";
import { coat } from "./themes.js";

const $ = (id) => document.getElementById(id);

/** What can be said with a key or a press. What travels is the number, so nobody can put other words into anybody's mouth. */
export const sayings = ["Hello!", "Here!", "Wait", "Thank you"];

/** named keeps a name that is written from right to left from turning the sentence around it. */
export const named = (member) => `\u2068${member.name}\u2069`;

export class Hud {
  #faceAddress;
  #hintTimer;
  #answer;
  #listed = "";

  constructor(faceAddress) {
    this.#faceAddress = faceAddress;
    addEventListener("keydown", (event) => {
      if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
      if (event.composedPath()[0].matches?.("input, textarea")) return;
      if (event.code === "KeyF" && !$("ask").hidden) $("follow").click();
      if (event.code === "KeyG" && !$("ask").hidden) $("stay").click();
    });
  }

  /** phase is where this player is: connecting, ready, downloading, tutorial, playing, leaving or failed. */
  phase(name) {
    document.body.dataset.phase = name;
    if (name === "playing") {
      if ($("card").contains(document.activeElement) || document.activeElement === document.body) $("stage").focus();
    }
  }

  /** card shows one thing before the game: what happens and what can be done. buttons: { play, retry, "not-now" } → what to do. */
  card({ over = "", title = "Lamplighters", text, progress, buttons = {}, keys = false }) {
    $("card-over").textContent = over;
    $("card-title").textContent = title;
    $("card-text").textContent = text;
    $("card-progress").hidden = progress === undefined;
    $("card-progress").value = progress ?? 0;
    $("card-keys").hidden = !keys;
    for (const id of ["play", "retry", "not-now"]) {
      const first = $(id).hidden && !!buttons[id];
      $(id).hidden = !buttons[id];
      $(id).onclick = buttons[id] ?? null;
      if (first && id !== "not-now") $(id).focus();
    }
  }

  progress(text, value) {
    $("card-text").textContent = text;
    $("card-progress").value = value;
  }

  place(level) {
    document.body.dataset.level = level.id;
    $("place").textContent = level.name;
    document.title = `${level.name} · Lamplighters`;
  }

  lanterns(burning, all) {
    const text = all ? `${burning} of ${all} lanterns lit` : "";
    if ($("lanterns").textContent !== text) $("lanterns").textContent = text;
  }

  /** party lists the others and where they are. where(member) says it in words, or nothing. */
  party(members, where) {
    document.body.dataset.players = members.length;
    const notes = members.map((member) => [member.self && "you", member.leader && members.length > 1 && "leads", where(member)].filter(Boolean).join(" · "));
    const list = JSON.stringify(members.map(({ n, name, face, presence }, i) => [n, name, face, presence, notes[i]]));
    if (list === this.#listed) return;
    this.#listed = list;
    $("party").replaceChildren(
      ...members.map((member, i) => {
        const item = document.createElement("li"), face = document.createElement("img"), who = document.createElement("span");
        const name = document.createElement("bdi"), note = document.createElement("span");
        face.src = this.#faceAddress(member.face);
        face.alt = "";
        face.style.borderColor = coat(member.n);
        name.className = "name";
        name.textContent = member.name;
        note.className = "note";
        note.textContent = notes[i];
        who.className = "who";
        who.append(name, note);
        item.className = member.presence === "connected" ? "" : "absent";
        item.append(face, who);
        return item;
      }),
    );
  }

  /** say tells those who listen, and hint those who look. */
  announce(text) {
    $("status").textContent = text;
  }

  hint(text, ms = 5000) {
    clearTimeout(this.#hintTimer);
    $("hint").textContent = text;
    $("hint").classList.add("shown");
    this.announce(text);
    this.#hintTimer = setTimeout(() => $("hint").classList.remove("shown"), ms);
  }

  /** ask puts a question that waits without stopping the game. It resolves to true (follow) or false; a newer question ends an older one with false. */
  ask(text) {
    this.#answer?.(false);
    $("ask-text").textContent = text;
    $("ask").hidden = false;
    this.announce(`${text} Press F to follow, G to stay.`);
    return new Promise((resolve) => {
      this.#answer = (yes) => {
        this.#answer = undefined;
        $("ask").hidden = true;
        if ($("ask").contains(document.activeElement)) $("stage").focus();
        resolve(yes);
      };
      $("follow").onclick = () => this.#answer(true);
      $("stay").onclick = () => this.#answer(false);
    });
  }

  endAsk() {
    this.#answer?.(false);
  }

  done({ title, text, next, label }) {
    $("done-title").textContent = title;
    $("done-text").textContent = text;
    $("next").hidden = !next;
    $("next").textContent = label ?? "";
    $("next").onclick = next ?? null;
    if ($("done").hidden) this.announce(`${title} ${text}`);
    $("done").hidden = false;
  }

  endDone() {
    $("done").hidden = true;
  }

  lesson({ title, text, step, count, skip }) {
    document.body.dataset.lesson = step;
    $("lesson").hidden = false;
    $("lesson-title").textContent = title;
    $("lesson-text").textContent = text;
    [...$("lesson-steps").children].forEach((item, i) => item.classList.toggle("past", i <= step));
    $("tutorial-skip").hidden = !skip;
    $("tutorial-skip").onclick = skip ?? null;
    this.announce(`Lesson ${step + 1} of ${count}: ${title}. ${text}`);
  }

  leaveLesson(leave) {
    $("tutorial-leave").hidden = !leave;
    $("tutorial-leave").onclick = leave ?? null;
  }

  endLesson() {
    $("lesson").hidden = true;
    delete document.body.dataset.lesson;
  }

  /** chooseLevel lets the player pick, and calls go with the level. */
  chooseLevel({ text, note, go }) {
    const dialog = $("levels-dialog");
    $("levels-text").textContent = text;
    $("levels-list").replaceChildren(
      ...levels.map((level) => {
        const item = document.createElement("li"), button = document.createElement("button");
        const swatch = document.createElement("span"), name = document.createElement("span"), about = document.createElement("small");
        swatch.className = `swatch ${level.theme}`;
        name.textContent = level.name;
        about.textContent = note(level);
        button.dataset.level = level.id;
        button.append(swatch, name, about);
        button.onclick = () => {
          dialog.close();
          go(level);
        };
        item.append(button);
        return item;
      }),
    );
    dialog.showModal();
  }

  /** talk makes the buttons and keys with which one speaks, and calls say with the number. */
  talk(say) {
    sayings.forEach((words, i) => {
      const button = document.createElement("button"), key = document.createElement("kbd");
      key.textContent = i + 1;
      button.type = "button";
      button.append(key, words);
      button.onclick = () => say(i);
      $("say").append(button);
    });
    addEventListener("keydown", (event) => {
      const i = ["Digit1", "Digit2", "Digit3", "Digit4"].indexOf(event.code);
      if (i < 0 || event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.composedPath()[0].matches?.("input, textarea")) return;
      if (document.body.dataset.phase === "playing") say(i);
    });
  }

  button(id, act) {
    $(id).onclick = act;
  }

  pressed(id, is) {
    $(id).setAttribute("aria-pressed", is);
  }

  /** scene is the picture in words; it is set seldom, because some readers tell every change. */
  scene(text) {
    if ($("scene").textContent !== text) $("scene").textContent = text;
  }
}
