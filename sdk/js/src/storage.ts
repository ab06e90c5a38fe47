// localStorage and sessionStorage, where there are any. In a page that may not
// store, everything is kept in memory: the player is then a new guest each time.

export interface Store {
  /** Whether what is set outlives the page. */
  readonly lasting: boolean;
  get(key: string): string | null;
  /** Sets, or with null removes. False when it did not fit: then nothing is stored, and the page alone has it. */
  set(key: string, value: string | null): boolean;
}

function open(name: "localStorage" | "sessionStorage"): Store {
  const memory = new Map<string, string>();
  let real: Storage | undefined;
  try {
    real = globalThis[name];
    real.setItem("partykit", "");
    real.removeItem("partykit");
  } catch {
    real = undefined; // blocked by the browser, or there is none
  }
  return {
    lasting: !!real,
    get: (key) => memory.get(key) ?? real?.getItem(key) ?? null,
    set(key, value) {
      memory.delete(key);
      if (value !== null) {
        try {
          if (real) {
            real.setItem(key, value);
            return true;
          }
        } catch {
          // it is full
        }
        memory.set(key, value);
      }
      real?.removeItem(key); // what it was is not true any more
      return value === null;
    },
  };
}

export const local = open("localStorage");
export const session = open("sessionStorage");
