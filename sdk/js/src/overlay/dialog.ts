// The invite dialog: the link in every form in which one hands it on, and who
// is in the party.
import type { Invite, Kit, Member, Party } from "../partykit";
import { local } from "../storage";
import { silence, silent } from "./arrivals";
import { button, el, put, toggle } from "./dom";
import { People } from "./people";
import { terms } from "./words";

const streamerKey = "partykit:streamer";

export class InviteDialog {
  readonly element: HTMLDialogElement;
  readonly #kit: Kit;
  readonly #say: (text: string) => void;
  readonly #problem: (error: unknown) => void;
  readonly #link = el("input", { id: "link", readonly: true, spellcheck: "false", focus: () => this.#link.select() });
  readonly #qr = el("img", { class: "qr", alt: "QR code of the invite link", width: "140", height: "140" });
  readonly #hide = toggle("Hide the link, for streaming", (on) => this.#streamer(on));
  readonly #sound = toggle("Tell me when a friend arrives", (on) => silence(!on));
  readonly #copy = button("Copy", () => this.#copied(), { class: "primary" });
  readonly #leave = button("", () => this.#left(), { class: "quiet leave" });
  readonly #terms = el("p", { class: "hint" });
  readonly #people: People;
  readonly #name = el("input", { "aria-label": "Your name", maxlength: "128", autocomplete: "nickname" });
  readonly #naming = el(
    "form",
    { class: "row", hidden: true, submit: (event: Event) => (event.preventDefault(), this.#rename()) },
    this.#name,
    el("button", {}, "Save"),
  );
  readonly #nameButton = button("Change your name", () => this.#editName(), { class: "quiet" });
  #invite: Invite | undefined;

  constructor(
    kit: Kit,
    server: string,
    say: (text: string) => void,
    problem: (error: unknown) => void,
    speak: (place: HTMLElement) => void,
    report: (who: Member) => void,
  ) {
    this.#kit = kit;
    this.#say = say;
    this.#problem = problem;
    this.#people = new People(kit, server, problem, report);
    const spoken = button("Say a code", () => speak(spoken), { class: "quiet say" });
    const share = button("Share …", () => this.#share());
    share.hidden = !navigator.share;
    this.#qr.addEventListener("error", () => (this.#qr.hidden = true)); // a page whose img-src does not allow it
    this.element = el(
      "dialog",
      { "aria-labelledby": "title", click: (event: Event) => event.target === this.element && this.element.close() },
      el(
        "div",
        { class: "sheet" },
        el(
          "header",
          {},
          el("h2", { id: "title" }, "Invite friends"),
          button("✕", () => this.element.close(), { class: "quiet close", "aria-label": "Close" }),
        ),
        el("p", {}, "Whoever opens this link sees who is here and joins you."),
        el("div", { class: "well" }, this.#qr),
        el("label", { for: "link", class: "visually-hidden" }, "Invite link"),
        el("div", { class: "row" }, this.#link, this.#copy, share),
        spoken,
        this.#hide,
        this.#terms,
        el(
          "section",
          { "aria-labelledby": "members" },
          this.#people.title,
          this.#people.list,
          this.#people.lock,
          this.#sound,
          this.#naming,
          el("div", { class: "quietly" }, this.#nameButton, this.#leave),
        ),
      ),
    );
    kit.on("party", (party) => this.#party(party));
  }

  open(invite: Invite): void {
    this.#invite = invite;
    this.#qr.hidden = false;
    const hidden = !!local.get(streamerKey);
    this.#hide.querySelector("input")!.checked = hidden;
    this.#sound.querySelector("input")!.checked = !silent();
    this.#streamer(hidden);
    put(this.#terms, terms(invite));
    document.exitPointerLock?.();
    if (!this.element.open) this.element.showModal();
    this.#copy.focus();
  }

  /** Shows or hides the link and its QR code; both can be handed on either way. */
  #streamer(on: boolean): void {
    const { url = "" } = this.#invite ?? {};
    const { host } = new URL(url);
    this.#link.value = on ? `${host}/join/••••••••••` : url;
    if (on) this.#qr.removeAttribute("src");
    else this.#qr.src = `${url}/qr.svg`;
    this.element.classList.toggle("streaming", on);
    local.set(streamerKey, on ? "1" : null);
  }

  async #copied(): Promise<void> {
    const { url = "" } = this.#invite ?? {};
    let done = true;
    try {
      await navigator.clipboard.writeText(url);
    } catch {
      // In the old way, where the clipboard is closed to pages (insecure origins).
      const { value } = this.#link;
      this.#link.value = url;
      this.#link.focus();
      this.#link.select();
      done = document.execCommand("copy");
      if (done) {
        this.#link.value = value;
        this.#copy.focus();
      }
    }
    put(this.#copy, done ? "Copied" : "Press Ctrl+C");
    this.#say(done ? "Link copied" : "The link is selected: Control C copies it");
    setTimeout(() => put(this.#copy, "Copy"), 2000);
  }

  async #share(): Promise<void> {
    try {
      await navigator.share({ url: this.#invite?.url ?? "" });
    } catch (error) {
      if ((error as Error).name !== "AbortError") this.#problem(error);
    }
  }

  async #left(): Promise<void> {
    if (this.#leave.dataset.sure) {
      this.element.close();
      return this.#kit.leaveParty().catch(this.#problem);
    }
    this.#leave.dataset.sure = "1";
    put(this.#leave, "Really leave?");
    setTimeout(() => {
      delete this.#leave.dataset.sure;
      put(this.#leave, "Leave the party");
    }, 4000);
  }

  #editName(): void {
    this.#name.value = this.#kit.player.name;
    this.#naming.hidden = false;
    this.#nameButton.hidden = true;
    this.#name.select();
  }

  async #rename(): Promise<void> {
    try {
      await this.#kit.rename(this.#name.value);
      this.#naming.hidden = true;
      this.#nameButton.hidden = false;
      this.#nameButton.focus();
    } catch (error) {
      this.#name.setCustomValidity((error as Error).message);
      this.#name.reportValidity();
      this.#name.addEventListener("input", () => this.#name.setCustomValidity(""), { once: true });
    }
  }

  #party({ members, invites }: Party): void {
    this.#leave.hidden = members.length < 2;
    if (!this.#leave.dataset.sure) put(this.#leave, "Leave the party");
    // A link that was taken back, or of a party that was left, is not shown on.
    if (this.element.open && !invites.some(({ id }) => id === this.#invite?.id)) this.element.close();
  }
}
