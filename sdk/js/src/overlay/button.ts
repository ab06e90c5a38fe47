// <partykit-button>: an invite button for any page. Its text can be replaced by
// what stands inside it, its look by ::part(button).
import type { Kit } from "../partykit";
import { el } from "./dom";

let kits: Kit[] = [];
const lives = ({ connection }: Kit) => connection !== "closed";

/** Defines the element once; every button opens the dialog of the first kit that is not closed. */
export function defineButton(kit: Kit, sheet: CSSStyleSheet): void {
  kits = [...kits.filter(lives), kit];
  if (customElements.get("partykit-button")) return;
  customElements.define(
    "partykit-button",
    class extends HTMLElement {
      constructor() {
        super();
        const root = this.attachShadow({ mode: "open", delegatesFocus: true });
        root.adoptedStyleSheets = [sheet];
        const show = () => void kits.find(lives)?.showInviteLink().catch(() => {}); // the overlay has said why
        root.append(el("button", { type: "button", part: "button", class: "primary", click: show }, el("slot", {}, "Invite friends")));
      }
    },
  );
}
