/** What a device reads of an INFO of the platform (GB/T 28181-2016 annex B). */
export interface PlaybackOrder {
  readonly method: 'PLAY' | 'PAUSE' | 'TEARDOWN';
  readonly sequence: string;
  readonly scale: number | undefined;
  /** Seconds from the begin of the period; `undefined` for `now` and for none. */
  readonly fromS: number | undefined;
}

/** `undefined` when the body is none. Both forms of the start line are taken. */
export function readPlaybackOrder(body: Uint8Array): PlaybackOrder | undefined {
  const text = Buffer.from(body).toString('latin1');
  const method = /^(PLAY|PAUSE|TEARDOWN) (?:MANS)?RTSP\/1\.0/.exec(text)?.[1];
  if (method !== 'PLAY' && method !== 'PAUSE' && method !== 'TEARDOWN') return undefined;
  const scale = /^Scale: *([+-]?\d+(?:\.\d+)?)/im.exec(text)?.[1];
  const from = /^Range: *npt=(\d+(?:\.\d+)?)-/im.exec(text)?.[1];
  return {
    method,
    sequence: /^CSeq: *(\d+)/im.exec(text)?.[1] ?? '0',
    scale: scale === undefined ? undefined : Number(scale),
    fromS: from === undefined ? undefined : Number(from),
  };
}

/** The body of the 200. */
export function playbackAnswer({ sequence, fromS }: PlaybackOrder): Buffer {
  const range = fromS === undefined ? '' : `Range: npt=${String(fromS)}-\r\n`;
  return Buffer.from(`RTSP/1.0 200 OK\r\nCSeq: ${sequence}\r\n${range}\r\n`, 'latin1');
}
