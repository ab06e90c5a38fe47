// The ticket of an invite, in the address of the page: `#partykit=TICKET`. It is
// taken out as soon as this module is evaluated, before the game reads its own
// part of the fragment, and before anybody copies the address.
import { session } from "./storage";

const kept = "partykit:ticket";
let waiting: string | undefined;
let warm: ((ticket: string) => void) | undefined;

/** Splits `#a=1&partykit=T` into the ticket and what remains of the fragment. */
export function split(fragment: string): { ticket?: string; rest: string } {
  const parts = fragment.replace(/^#/, "").split("&");
  const found = parts.find((part) => /^partykit=[0-9A-Za-z]{16,128}$/.test(part));
  const rest = parts.filter((part) => !part.startsWith("partykit=")).join("&");
  return { rest: rest && `#${rest}`, ...(found && { ticket: found.slice(9) }) };
}

/** Takes a ticket out of the page's address. */
function take(): void {
  if (!globalThis.location?.hash?.includes("partykit=")) return;
  const { ticket, rest } = split(location.hash);
  if (rest !== location.hash) history.replaceState(history.state, "", location.pathname + location.search + rest);
  if (!ticket) return;
  if (warm) return warm(ticket);
  waiting = ticket;
  session.set(kept, ticket); // so that a reload before the answer loses nothing
}

/** The ticket this page was opened with, until `redeemed` is called. */
export function launchTicket(): string | undefined {
  return waiting ?? session.get(kept) ?? undefined;
}

/** The launch ticket was answered, one way or the other: forget it. */
export function redeemed(): void {
  waiting = undefined;
  session.set(kept, null);
}

/** Hands later tickets, which arrive while the game runs, to this callback. */
export function onWarmTicket(callback: ((ticket: string) => void) | undefined): void {
  warm = callback;
}

take();
globalThis.addEventListener?.("hashchange", take);
