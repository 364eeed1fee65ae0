/** What stands for a user without a picture. */

/** The colours that a user may choose on the server, on our six tints. */
const TINTS: Record<string, number> = {
  green: 1, primary: 1,
  orange: 2, amber: 2,
  blue: 3, gray: 3,
  red: 4, pink: 4,
  yellow: 5,
  purple: 6,
};

/** 1 to 6. Without a chosen colour it follows from the name, so it is the same everywhere. */
export function tintOf(colour: string | undefined, name: string): number {
  const chosen = colour === undefined ? undefined : TINTS[colour];
  if (chosen) return chosen;
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)!) % 997;
  return (sum % 6) + 1;
}

/** The first letters of the first and the last word. */
export function initials(name: string): string {
  const words = name.trim().split(/[\s_.@-]+/).filter(Boolean);
  const chosen = words.length > 1 ? [words[0]!, words.at(-1)!] : words;
  return chosen.map((word) => [...word][0]!.toLocaleUpperCase()).join('');
}
