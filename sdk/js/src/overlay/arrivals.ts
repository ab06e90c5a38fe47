// A friend has arrived: two short notes, and where the page is out of sight a
// number in its title.
import type { Kit } from "../partykit";
import { local } from "../storage";

const silentKey = "partykit:silent";

export const silent = (): boolean => !!local.get(silentKey);
export const silence = (on: boolean): boolean => local.set(silentKey, on ? "1" : null);

/** Announces them until `end`. */
export function announceArrivals(kit: Kit, end: AbortSignal): void {
  let before = "";
  let shown = "";
  let count = 0;
  kit.on("loading", ({ state, n, self }) => {
    const blocked = kit.party.members.some((member) => member.n === n && member.quiet === "block");
    if (state !== "in" || self || blocked || silent()) return;
    chime();
    if (!document.hidden) return;
    if (document.title !== shown) before = document.title;
    shown = document.title = `(${++count}) ${before}`;
  });
  const seen = () => {
    if (shown && document.title === shown) document.title = before; // unless the game has set another
    count = 0;
  };
  document.addEventListener("visibilitychange", () => document.hidden || seen(), { signal: end });
  end.addEventListener("abort", seen);
}

function chime(): void {
  try {
    const audio = new AudioContext();
    const volume = audio.createGain();
    const { currentTime: now } = audio;
    volume.connect(audio.destination);
    volume.gain.setValueAtTime(0.06, now);
    volume.gain.linearRampToValueAtTime(0, now + 0.4);
    [660, 880].forEach((frequency, i) => {
      const tone = new OscillatorNode(audio, { frequency });
      tone.connect(volume);
      tone.start(now + i * 0.12);
      tone.stop(now + 0.4);
    });
    setTimeout(() => audio.close(), 1000);
  } catch {
    // no sound on this machine
  }
}
