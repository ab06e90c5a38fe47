// A level's pack: some megabytes that have to be here before the level can be played. In this small game most of it is ballast, so that there
// is a download worth watching; its first part is the grain of the ground, which scenery.js draws.
//
//   8 bytes "LAMPPACK" · 65,536 bytes of grain (256 × 256) · ballast

const MAGIC = "LAMPPACK";
const GRAIN = 256 * 256;
const packs = new Map();

/**
 * download fetches the pack of a level, or returns it at once when it is here already (the browser's own cache keeps it over reloads).
 * onProgress gets 0 to 1. It throws when the pack does not arrive whole, or when the signal says to stop.
 */
export async function download(level, onProgress, signal) {
  if (packs.has(level)) return packs.get(level);
  const response = await fetch(`pack/${level}.bin`, { signal }).catch(unreachable);
  if (!response.ok) throw new Error(`The level could not be fetched: the server answers ${response.status}.`);
  const size = Number(response.headers.get("Content-Length"));
  const head = new Uint8Array(MAGIC.length + GRAIN);
  let received = 0;
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read().catch(unreachable);
    if (done) break;
    if (received < head.length) head.set(value.subarray(0, head.length - received), received);
    received += value.length;
    onProgress(size ? Math.min(1, received / size) : 0);
  }
  if (received < head.length || (size && received !== size) || String.fromCharCode(...head.subarray(0, MAGIC.length)) !== MAGIC) {
    throw new Error("The level did not arrive whole. Try again in a moment.");
  }
  const pack = { grain: head.slice(MAGIC.length), bytes: received };
  packs.set(level, pack);
  return pack;
}

/** unreachable puts what browsers say of a lost connection into words; being told to stop is passed on. */
function unreachable(error) {
  if (error.name === "AbortError") throw error;
  throw new Error("The level could not be fetched. Is the connection there? Try again in a moment.", { cause: error });
}
