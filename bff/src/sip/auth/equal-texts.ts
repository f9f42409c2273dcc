/** Compares two texts in a time that tells nothing but their lengths. */
export function equalTexts(mine: string, theirs: string): boolean {
  let differences = mine.length ^ theirs.length;
  for (let at = 0; at < mine.length; at += 1) differences |= mine.charCodeAt(at) ^ theirs.charCodeAt(at);
  return differences === 0;
}
