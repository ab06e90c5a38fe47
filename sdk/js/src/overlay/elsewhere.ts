// The page of a tab whose ticket another tab of the game has taken: it says so,
// and waits until the player wants to play here all the same.
import { offer } from "../offers";
import css from "./door.css";
import { button, el } from "./dom";

const tag = "partykit-elsewhere";

/** Resolves when this tab is to play; `redeemed` is called when the ticket is spent by then. */
export async function offerTicket(game: string, ticket: string, redeemed: () => void): Promise<void> {
  const taken = await offer(game, ticket);
  if (!taken) return;
  await new Promise<void>((resolve) => {
    if (!customElements.get(tag)) customElements.define(tag, class extends HTMLElement {});
    const page = document.createElement(tag);
    const root = page.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    root.append(
      el("p", { role: "status" }, "Opened in your other tab."),
      button("Play here", () => {
        page.remove();
        resolve();
      }),
    );
    (document.body ?? document.documentElement).append(page);
  });
  if (taken.joined()) redeemed();
  taken.back();
}
