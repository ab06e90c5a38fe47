// PartyKit.start: from options to a kit in a party.
import { PartyKitError } from "./errors";
import { claimSlot } from "./guest";
import { connect } from "./kit";
import { load } from "./loader";
import type { Kit, PartyKit as Public, StartOptions } from "./partykit";
import { local } from "./storage";
import { launchTicket, redeemed } from "./ticket";

declare const VERSION: string;

/** Makes the entry of an SDK that was loaded from `own`, its own address. */
export function entry(own: string | undefined): typeof Public {
  return Object.freeze({
    version: VERSION,
    async start(options: StartOptions): Promise<Kit> {
      if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(options?.game ?? "")) {
        throw new PartyKitError("bad_request", "PartyKit.start needs { game: \"my-game\" }.");
      }
      const server = originOf(options.server ?? own);
      const folder = own && originOf(own) === server ? own : `${server}/sdk/v1/`;
      const file = (name: string) => load(new URL(name, folder).href);
      const lease = async () => (await file("calls.js")).leases(local);
      const ticket = launchTicket();
      if (ticket && options.overlay !== false) {
        // A tab that plays this game already may take it; this one then waits until the player wants it, too.
        await file("door.js").then((door) => door.offerTicket(options.game, ticket, redeemed), () => {});
      }
      const slot = await claimSlot(`${new URL(server).host}:${options.game}`, lease);
      try {
        return await connect(options, server, folder, slot);
      } catch (error) {
        slot.release();
        throw error;
      }
    },
  });
}

function originOf(address: string | undefined): string {
  try {
    const url = new URL(address!);
    if (/^https?:$/.test(url.protocol)) return url.origin;
  } catch {
    // said below
  }
  throw new PartyKitError("bad_request", "PartyKit.start needs { server: \"https://HOST\" }.");
}
