import type { PlaybackCommand } from '../media/mansrtsp.ts';

const MAX_BODY = 4_096;
const SCALES = 32;

/** What an upper platform asks of a recording: a command, its end, or nothing that is known. */
export type MansrtspOrder = PlaybackCommand | { readonly do: 'teardown' } | undefined;

/**
 * Reads the body of an INFO (annex B). Both start lines of 2016 are understood, `PLAY RTSP/1.0` and `PLAY
 * MANSRTSP/1.0`; Scale goes before Range, as the sample of 2016 has both in one. Never throws.
 */
export function readMansrtspOrder(body: Uint8Array): MansrtspOrder {
  const text = Buffer.from(body.subarray(0, MAX_BODY)).toString('latin1');
  const [start = '', ...lines] = text.split(/\r\n|\r|\n/);
  const method = /^\s*([A-Z]{4,8})\b/i.exec(start)?.[1]?.toUpperCase();
  const field = (name: string): string | undefined =>
    lines
      .map((line) => /^\s*([A-Za-z-]+)\s*:\s*(.*?)\s*$/.exec(line))
      .find((match) => match?.[1]?.toLowerCase() === name)?.[2];
  if (method === 'PAUSE') return { do: 'pause' };
  if (method === 'TEARDOWN') return { do: 'teardown' };
  if (method !== 'PLAY') return undefined;
  const range = /npt\s*=\s*(now|\d{1,9}(?:\.\d{1,6})?)\s*-/i.exec(field('range') ?? '')?.[1]?.toLowerCase();
  const fromS = range === undefined || range === 'now' ? undefined : Number(range);
  const scale = scaleOf(field('scale'));
  if (scale !== undefined && scale !== 1)
    return fromS === undefined ? { do: 'scale', scale } : { do: 'scale', scale, fromS };
  if (fromS !== undefined) return { do: 'seek', atS: fromS };
  return scale === 1 ? { do: 'scale', scale } : { do: 'resume' };
}

function scaleOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^[+-]?\d{1,3}(?:\.\d{1,6})?$/.test(text)) return undefined;
  const scale = Number(text);
  return scale !== 0 && Math.abs(scale) <= SCALES ? scale : undefined;
}
