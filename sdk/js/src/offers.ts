// A launch ticket that goes to a tab in which the player already plays this
// game: the new tab offers it, and the first open one that answers takes the
// seat. Both ends of it; they talk over a BroadcastChannel, which only pages of
// the game's own origin hear.
import type { Core } from "./core";
import type { Invitations } from "./invitations";

/** How long a tab waits for another to answer. */
const answerMs = 250;

/** `to` is absent in an offer, which is for all. */
interface Word {
  t: "offer" | "here" | "give" | "took" | "joined" | "back";
  from: string;
  to?: string;
  ticket?: string;
}

interface Talk {
  say(t: Word["t"], to?: string, ticket?: string): void;
  close(): void;
}

function talk(game: string, hear: (word: Word) => void): Talk {
  const channel = new BroadcastChannel(`partykit:${game}`);
  const from = crypto.getRandomValues(new Uint32Array(2)).join("-");
  channel.onmessage = ({ data }) => {
    if (!data.to || data.to === from) hear(data);
  };
  return {
    say: (t, to, ticket) => channel.postMessage({ t, from, to, ticket }),
    close: () => channel.close(),
  };
}

/** Offers a ticket to the other tabs. Resolves to undefined when none takes it. */
export async function offer(game: string, ticket: string): Promise<{ joined(): boolean; back(): void } | undefined> {
  if (!globalThis.BroadcastChannel || !(await playing(game))) return undefined;
  let joined = false;
  return new Promise((resolve) => {
    let taker: string | undefined;
    const nobody = () => {
      tabs.close();
      resolve(undefined);
    };
    let timer = setTimeout(nobody, answerMs);
    const tabs = talk(game, ({ t, from }) => {
      if (t === "here" && !taker) {
        taker = from;
        clearTimeout(timer);
        timer = setTimeout(nobody, answerMs);
        tabs.say("give", taker, ticket);
      }
      if (t === "joined") joined = true;
      if (t !== "took") return;
      clearTimeout(timer);
      resolve({
        joined: () => joined,
        back() {
          tabs.say("back", taker);
          tabs.close();
        },
      });
    });
    tabs.say("offer");
  });
}

/** Whether another tab may be playing: each holds the lock of its guest, where there are locks. */
async function playing(game: string): Promise<boolean> {
  try {
    const { held = [] } = await navigator.locks.query();
    return held.some(({ name }) => name?.startsWith("partykit:") && name.includes(`:${game}:`));
  } catch {
    return true; // no locks on an insecure origin: ask
  }
}

/** Takes the tickets that other tabs offer, as long as this one plays. */
export function answerOffers(core: Core, invitations: Invitations): void {
  if (!globalThis.BroadcastChannel) return;
  let connected = true;
  const tabs = talk(core.party().game, async ({ t, from, ticket }) => {
    // Who has invited others from this tab and opens a link here does it on purpose,
    // to play in both tabs.
    const { members, invites } = core.party();
    const invited = members.some(({ self, id }) => self && invites.some(({ by }) => by === id));
    if (t === "offer" && connected && !invited) tabs.say("here", from);
    if (t === "back") invitations.withdraw();
    if (t !== "give") return;
    tabs.say("took", from);
    if (await invitations.warm(ticket!)) tabs.say("joined", from);
  });
  core.events.on("connection", (state) => {
    connected = state === "connected";
    if (state === "closed") tabs.close();
  });
}
