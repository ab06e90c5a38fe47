// One tab, one guest: a slot is claimed by a Web Lock, which ends with its tab.
// Insecure origins (a phone in the local network) have none; there a lease
// stands in, which is loaded for them (lease.ts).

/** Claims a name, waiting up to so many milliseconds for it; undefined when another tab has it. */
export type Claim = (name: string, wait: number) => Promise<(() => void) | undefined>;

/** Claims by a Web Lock where there are any, else by what `lease` loads. */
export async function claim(name: string, wait: number, lease: () => Promise<Claim>): ReturnType<Claim> {
  const locks = globalThis.navigator?.locks;
  if (locks) {
    try {
      return await claimLock(locks, name, wait);
    } catch {
      // an origin that may not use locks
    }
  }
  return (await lease())(name, wait);
}

function claimLock(locks: LockManager, name: string, wait: number): ReturnType<Claim> {
  return new Promise((resolve, reject) => {
    const options = wait ? { signal: AbortSignal.timeout(wait) } : { ifAvailable: true };
    locks
      .request(name, options, (lock) => {
        if (!lock) return resolve(undefined);
        return new Promise<void>((release) => resolve(release));
      })
      .catch((error: DOMException) => (error.name === "TimeoutError" ? resolve(undefined) : reject(error)));
  });
}
