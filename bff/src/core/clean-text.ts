// C0 and C1 controls, DEL, the Unicode line separators and the marks that turn text round.
const UNWANTED = /[\p{Cc}\u2028\u2029\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

/**
 * Makes text from a device or a client fit to be kept and shown: well-formed Unicode, no controls, at
 * most `maxCodePoints` long. `undefined` when nothing is left.
 */
export function cleanText(text: string | undefined, maxCodePoints: number): string | undefined {
  if (text === undefined) return undefined;
  const wellFormed = Buffer.from(text.slice(0, maxCodePoints * 4), 'utf8').toString('utf8');
  const clean = wellFormed.replace(UNWANTED, ' ').trim();
  if (clean === '') return undefined;
  if (clean.length <= maxCodePoints) return clean;
  return Array.from(clean).slice(0, maxCodePoints).join('').trim();
}
