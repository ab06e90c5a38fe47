// One tab, one guest: a slot is claimed by a Web Lock, which ends with its tab.
// Insecure origins (a phone in the local network) have none; there a lease in
// localStorage stands in, renewed while its tab lives.
import { local } from "./storage";

/** How long a lease lasts. A hidden tab's timers run once a minute. */
const leaseMs = 90_000;
const renewMs = 20_000;

/** Claims a name, waiting up to so many milliseconds for it; undefined when another tab has it. */
export async function claim(name: string, wait: number): Promise<(() => void) | undefined> {
  const locks = globalThis.navigator?.locks;
  if (locks) {
    try {
      return await claimLock(locks, name, wait);
    } catch {
      // an origin that may not use locks
    }
  }
  return claimLease(name, wait);
}

function claimLock(locks: LockManager, name: string, wait: number): Promise<(() => void) | undefined> {
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

async function claimLease(name: string, wait: number): Promise<(() => void) | undefined> {
  const me = Math.random().toString(36).slice(2);
  const holder = () => (local.get(name) ?? "").split(" ");
  const write = () => local.set(name, `${me} ${Date.now()}`);
  const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
  const free = () => {
    const age = Date.now() - Number(holder()[1] ?? 0);
    return !(age >= 0 && age < leaseMs);
  };

  if (!free() && wait) await pause(wait);
  if (!free()) return undefined;
  write();
  await pause(30 + Math.random() * 30); // another tab may have written at the same moment: the last one has it
  if (holder()[0] !== me) return undefined;

  const renewing = setInterval(write, renewMs);
  const release = () => {
    clearInterval(renewing);
    if (holder()[0] === me) local.set(name, null);
  };
  globalThis.addEventListener?.("pagehide", release, { once: true });
  return release;
}
