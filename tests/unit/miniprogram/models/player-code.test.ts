import assert from 'node:assert/strict';
import { signalOf, type PlayerSignal } from '../../../../miniprogram/src/models/player-code.ts';
import { PLAY_STATE } from '../../../../bff/h5/src/player/codes.ts';

/** Every code of WeChat's live-player that is documented or was seen. */
const CODES: readonly (readonly [code: number, signal: PlayerSignal | undefined, meaning: string])[] = [
  [2001, 'connected', 'connected to the server'],
  [2002, 'begun', 'data comes'],
  [2003, 'picture', 'the first picture'],
  [2004, 'picture', 'it plays'],
  [2005, undefined, 'progress'],
  [2006, 'ended', 'the stream ended'],
  [2007, 'loading', 'it waits for data'],
  [2008, undefined, 'the decoder starts'],
  [2009, 'resized', 'another size'],
  [2026, 'loading', 'undocumented, seen on iOS'],
  [2030, undefined, 'audio device changed, or sound forbidden'],
  [2032, 'picture', 'the first picture was drawn'],
  [2101, 'stutter', 'a frame of video failed'],
  [2102, 'stutter', 'a frame of audio failed'],
  [2103, 'breaking', 'it reconnects by itself'],
  [2104, 'stutter', 'packets come unevenly'],
  [2105, 'stutter', 'the picture stutters'],
  [2106, undefined, 'decoding in software'],
  [2107, undefined, 'frames are missing'],
  [2108, undefined, 'decoding in software from the start'],
  [-2301, 'broken', 'reconnecting was in vain'],
  [-2302, 'rejected', 'the address was refused'],
  [3001, 'broken', 'no DNS'],
  [3002, 'broken', 'no connection'],
  [3003, 'broken', 'no handshake'],
  [3005, 'broken', 'reading failed'],
  [5000, 'broken', 'suspended'],
  [5001, 'broken', 'suspended'],
  [6000, 'broken', 'suspended by the system'],
  [0, undefined, 'nothing'],
  [Number.NaN, undefined, 'nothing'],
];

describe('statechange codes of live-player', () => {
  for (const [code, signal, meaning] of CODES) {
    it(`${code} (${meaning}) is ${signal ?? 'of no account'}`, () => {
      assert.equal(signalOf(code), signal);
    });
  }

  it('the browser host reports codes of this table only', () => {
    for (const code of Object.values(PLAY_STATE)) assert.ok(CODES.some(([known]) => known === code));
  });
});
