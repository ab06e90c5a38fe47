// Whether and when to come back after a connection was closed: the ranges of
// docs/protocol.md, "Close codes".

/**
 * Returns the milliseconds to wait before the next try, or undefined when this
 * client must not come back by itself. `failures` counts the connections before
 * this one that did not last; `random` is in [0, 1).
 */
export function pause(code: number, failures: number, random: number): number | undefined {
  if (code >= 4200 && code < 4300 && code !== 4202) return undefined;
  const spread = 0.5 + random / 2;
  if (code === 4100) return 5000 + Math.min(60_000, 5000 * 2 ** failures) * spread;
  if (code > 4100 && code < 4200) failures += 2;
  return failures ? Math.min(15_000, 250 * 2 ** (failures - 1)) * spread : 0;
}
