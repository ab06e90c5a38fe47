// What a player types or pastes to join somebody.

/** The code in what a player pasted: the code itself, or any address that holds it. */
export function codeOf(text: string): string | undefined {
  const trimmed = text.trim();
  const code = /\/join\/([^/?#\s]+)/.exec(trimmed)?.[1] ?? /[?&]secret=([^&#\s]+)/.exec(trimmed)?.[1] ?? trimmed;
  if (/^\w{3,4}\s\w{3,4}$/.test(code)) return code.replace(/\s/, "-"); // a spoken code, as it is read out
  return /^[0-9A-Za-z_-]{4,64}$/.test(code) ? code : undefined;
}
