import { SameTexts } from '../../kernel/index.ts';
import { cleanText } from '../clean-text.ts';
import { FACT_LENGTH } from './catalogue-limits.ts';

/** Bounded, and the same for whoever asks: a hundred thousand devices are of a few makers. */
const same = new SameTexts();

/** What a device says of its make, fit to be kept and shown; one copy for all that say the same. */
export function factText(text: string | undefined): string | undefined {
  const clean = cleanText(text, FACT_LENGTH);
  return clean === undefined ? undefined : same.of(clean);
}
