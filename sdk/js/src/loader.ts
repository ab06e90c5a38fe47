// Loads the overlay when it is needed first, from beside the SDK itself.
import { PartyKitError } from "./errors";
import type { Overlay } from "./overlay/overlay";
import type { Kit } from "./partykit";

export class OverlayLoader {
  readonly #url: string | undefined;
  #kit: Kit | undefined;
  #overlay: Promise<Overlay> | undefined;

  /** Without an address there is no overlay. */
  constructor(url: string | undefined) {
    this.#url = url;
  }

  /** The kit is there. A page with a <partykit-button> gets its overlay now. */
  ready(kit: Kit): void {
    this.#kit = kit;
    if (this.#overlay || globalThis.document?.querySelector?.("partykit-button")) this.want();
  }

  /** There is something to show. */
  want(): void {
    this.load().catch(() => {}); // said once below
  }

  load(): Promise<Overlay> {
    if (!this.#url) return Promise.reject(new PartyKitError("bad_request", "This kit was started with overlay: false."));
    this.#overlay ??= this.#import(this.#url).catch((error) => {
      console.warn(`PartyKit: the overlay could not be loaded from ${this.#url}. Does the page's script-src allow it?`);
      throw error;
    });
    return this.#overlay;
  }

  async #import(url: string): Promise<Overlay> {
    let module: typeof import("./overlay/overlay");
    try {
      module = await import(/* webpackIgnore: true */ /* @vite-ignore */ url);
    } catch {
      throw new PartyKitError("unavailable", `The overlay could not be loaded from ${url}.`);
    }
    return module.mount(this.#kit!);
  }
}
