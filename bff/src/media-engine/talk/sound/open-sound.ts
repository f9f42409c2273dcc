import { createReadStream } from 'node:fs';
import { decodeAdts } from './aac/decode-adts.ts';
import { decodeMp4File } from './aac/decode-mp4.ts';
import { decodeMp3 } from './mp3.ts';
import { pcmDecoder } from './pcm.ts';
import { type SoundBlock, type SoundFormat } from './sound.ts';
import { decodeWav } from './wav.ts';

const READ_BYTES = 16 * 1024;

/** A clip in a file. */
export interface ClipFile {
  readonly path: string;
  readonly format: SoundFormat;
  /** Of `pcm`, which does not say it, Hz. */
  readonly rateHz: number;
}

/** The sound of a clip, read as far as it is asked for; closing it early closes the file. */
export function openSound({ path, format, rateHz }: ClipFile): AsyncGenerator<SoundBlock, void, undefined> {
  switch (format) {
    case 'mp3':
      return decodeMp3(chunksOf(path));
    case 'wav':
      return decodeWav(chunksOf(path));
    case 'pcm':
      return pcmDecoder(rateHz)(chunksOf(path));
    case 'aac':
      return decodeAdts(chunksOf(path));
    case 'm4a':
      return decodeMp4File(path);
  }
}

function chunksOf(path: string): AsyncIterable<Uint8Array> {
  return createReadStream(path, { highWaterMark: READ_BYTES });
}
