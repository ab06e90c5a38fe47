// The parts that are loaded when they are needed first, from beside the SDK
// itself: the overlay, and the calls that a game makes seldom.
import { PartyKitError } from "./errors";

/** Imports a module. A failure is on the console, too. */
export async function load(url: string): Promise<any> {
  try {
    return await import(/* webpackIgnore: true */ /* @vite-ignore */ url);
  } catch {
    const message = `${url} could not be loaded. Does the page's script-src allow it?`;
    console.warn(`PartyKit: ${message}`);
    throw new PartyKitError("unavailable", message);
  }
}

export class Loader<T> {
  /** What was made of the module, once it is there. */
  value: T | undefined;
  readonly #urls: string[];
  readonly #make: (...modules: any[]) => T;
  #loading: Promise<T> | undefined;

  /** Without an address there is nothing to load. */
  constructor(urls: string[], make: (...modules: any[]) => T) {
    this.#urls = urls;
    this.#make = make;
  }

  /** Uses it, at once when it is there. What cannot be loaded is on the console. */
  want(use: (value: T) => void = () => {}): void {
    if (this.value) use(this.value);
    else this.load().then(use, () => {});
  }

  load(): Promise<T> {
    if (!this.#urls[0]) return Promise.reject(new PartyKitError("bad_request", "This kit was started with overlay: false."));
    return (this.#loading ??= Promise.all(this.#urls.map(load)).then(
      (modules) => (this.value = this.#make(...modules)),
      (error) => {
        this.#loading = undefined; // the next need is another try
        throw error;
      },
    ));
  }
}
