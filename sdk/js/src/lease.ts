// A claim without Web Locks: a lease in localStorage, renewed while its tab lives.
import type { Claim } from "./lock";
import type { Store } from "./storage";

/** How long a lease lasts. A hidden tab's timers run once a minute. */
const leaseMs = 90_000;
const renewMs = 20_000;

/** Makes a claim by leases in a store. */
export const leases = (local: Store): Claim => async (name, wait) => {
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
};
