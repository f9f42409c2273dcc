import { MPEGDecoder } from 'mpg123-decoder';
import { type SoundBlock, SoundFault } from './sound.ts';

/** Octets given to the decoder at once: half a second at 64 kbit/s, so that the thread is not held up. */
const PORTION_BYTES = 4_096;
/** A file that has given no sound after so many octets is none; a tag with a picture may stand before. */
const MAX_SILENT_BYTES = 16 * 1024 * 1024;

/** MPEG audio, layers I to III, by libmpg123. */
export async function* decodeMp3(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<SoundBlock, void, undefined> {
  const decoder = new MPEGDecoder();
  await decoder.ready;
  let read = 0;
  let isSound = false;
  try {
    for await (const chunk of chunks)
      for (let at = 0; at < chunk.length; at += PORTION_BYTES) {
        const portion = chunk.subarray(at, at + PORTION_BYTES);
        read += portion.length;
        const { channelData, samplesDecoded, sampleRate } = decoder.decode(portion);
        if (samplesDecoded > 0 && sampleRate > 0) {
          isSound = true;
          yield { rateHz: sampleRate, samples: meanOf(channelData) };
        } else if (!isSound && read > MAX_SILENT_BYTES) throw unreadable();
      }
    if (!isSound) throw unreadable();
  } finally {
    decoder.free();
  }
}

function meanOf(channels: readonly Float32Array[]): Float32Array {
  const [left = new Float32Array(0), right] = channels;
  return right === undefined ? left : left.map((value, index) => (value + (right[index] ?? 0)) / 2);
}

function unreadable(): SoundFault {
  return new SoundFault('unreadable', 'there is no MPEG audio in the file');
}
