// The dialog that tells the people who run the game about a player. Served as
// /sdk/v1/report.js, and loaded when somebody is first reported.
import { cut } from "../limits";
import type { Kit, Member } from "../partykit";
import { button, el, nameOf, put } from "./dom";
import css from "./report.css";

/** Bytes of a reason, as the protocol has it. */
const maxReason = 255;

/** Returns what opens the dialog about a member. */
export function mount(kit: Kit, root: ShadowRoot): (who: Member) => void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  return (who) => {
    const dialog = ask(who.name, (reason) => kit.report(who, reason));
    root.append(dialog);
    dialog.showModal();
  };
}

function ask(name: string, report: (reason: string | undefined) => Promise<void>): HTMLDialogElement {
  const reason = el("textarea", { id: "reason", rows: "3", maxlength: `${maxReason}` });
  const send = el("button", { class: "primary" }, "Report");
  const problem = el("p", { class: "problem", role: "alert" });
  const close = (): void => dialog.close();
  const text = el("div", { class: "about" }, el("p", {}, "Tell the people who run this game about ", nameOf(name), "? The last lines of chat go along."));
  const fields = el("div", { class: "about" }, el("label", { for: "reason" }, "What happened? (optional)"), reason, problem);
  const actions = el("div", { class: "actions" }, button("Cancel", close), send);

  const submit = async (event: Event) => {
    event.preventDefault();
    send.disabled = true;
    put(problem, "");
    try {
      await report(cut(reason.value.trim(), maxReason) || undefined);
      const done = button("Close", close, { class: "primary" });
      text.replaceChildren(el("p", { role: "status" }, "Thank you. They have it now."));
      fields.remove();
      actions.replaceChildren(done);
      done.focus();
    } catch (error) {
      put(problem, (error as Error).message);
      send.disabled = false;
    }
  };
  const dialog: HTMLDialogElement = el(
    "dialog",
    { "aria-labelledby": "reported", close: () => dialog.remove(), click: (event: Event) => event.target === dialog && close() },
    el("form", { class: "sheet", submit }, el("h2", { id: "reported" }, "Report a player"), text, fields, actions),
  );
  return dialog;
}
