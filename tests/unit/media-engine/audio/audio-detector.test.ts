import assert from 'node:assert/strict';
import { AudioDetector } from '../../../../bff/src/media-engine/audio/audio-detector.ts';
import { PesPayload } from '../../../../bff/src/media-engine/audio/pes-payload.ts';
import type { MappedStream } from '../../../../bff/src/media-engine/ps/program-stream-map.ts';
import { streamKindOf } from '../../../../bff/src/media-engine/ps/stream-type.ts';
import { adtsFrame } from '../../../support/media/adts-writer.ts';
import { bodyBytes } from '../../../support/media/nal-samples.ts';
import { AAC, AUDIO_ID, G711A, G711U } from '../../../support/media/ps-writer.ts';

const mapped = (streamType: number): MappedStream => ({
  psStreamId: AUDIO_ID,
  streamType,
  stream: streamKindOf(streamType),
});
const adts = Buffer.concat([adtsFrame(bodyBytes(100)), adtsFrame(bodyBytes(80))]);
const pcm = bodyBytes(320);

describe('how the sound of a stream is coded', () => {
  const told: readonly [string, number, string][] = [
    ['G.711 A-law', G711A, 'pcma'],
    ['G.711 µ-law', G711U, 'pcmu'],
    ['AAC', AAC, 'aac'],
  ];
  for (const [title, type, coding] of told) {
    it(`is ${title} when the stream map says so and nothing speaks against it`, () => {
      const detector = new AudioDetector();
      detector.onMap(mapped(type));
      assert.equal(detector.promised, coding);
      assert.equal(detector.judge(coding === 'aac' ? adts : pcm, true), coding);
      assert.equal(detector.isSilent, false);
    });
  }

  it('is AAC when ADTS comes, whatever the map says: Dahua sends it as G.711', () => {
    for (const type of [G711A, G711U, 0x92, 0xd9]) {
      const detector = new AudioDetector();
      detector.onMap(mapped(type));
      assert.equal(detector.judge(adts, true), 'aac');
      assert.deepEqual([detector.coding, detector.fault], ['aac', undefined]);
    }
  });

  it('changes from G.711 to AAC with the second ADTS packet in a row: one may be chance', () => {
    const detector = new AudioDetector();
    detector.onMap(mapped(G711U));
    assert.deepEqual(
      [pcm, adts, pcm, adts, adts].map((payload) => detector.judge(payload, true)),
      ['pcmu', 'pcmu', 'pcmu', 'pcmu', 'aac'],
    );
  });

  const unknown: readonly [string, number, string][] = [
    ['G.722.1', 0x92, 'g722.1'],
    ['G.729', 0x99, 'g729'],
    ['MP3', 0x03, 'mp3'],
    ['a type that nobody knows', 0xd9, 'stream type 0xd9'],
  ];
  for (const [title, type, fault] of unknown) {
    it(`cannot be carried when it is ${title}, and that is told`, () => {
      const detector = new AudioDetector();
      detector.onMap(mapped(type));
      assert.deepEqual([detector.promised, detector.isSilent], [undefined, false]);
      assert.equal(detector.judge(pcm, true), undefined);
      assert.deepEqual([detector.fault, detector.isSilent], [fault, true]);
    });
  }

  it('is no AAC when sixteen packets hold no ADTS frame, and that is told', () => {
    const detector = new AudioDetector();
    detector.onMap(mapped(AAC));
    for (let i = 0; i < 16; i += 1) {
      assert.equal(detector.judge(pcm, true), 'aac');
      detector.noteAac(false);
    }
    assert.equal(detector.judge(pcm, true), undefined);
    assert.equal(detector.fault, 'aac without ADTS headers');
    assert.equal(detector.judge(adts, true), 'aac');
    assert.equal(detector.fault, undefined);
  });

  it('is G.711 again when what looked like ADTS once is none', () => {
    const detector = new AudioDetector();
    detector.onMap(mapped(G711A));
    detector.judge(adts, true);
    for (let i = 0; i < 16; i += 1) detector.noteAac(false);
    assert.equal(detector.judge(pcm, true), 'pcma');
  });

  it('is not known before the first map, and most likely G.711 A-law when pictures come without one', () => {
    const detector = new AudioDetector();
    assert.equal(detector.judge(pcm, false), undefined);
    assert.equal(detector.fault, undefined);
    assert.equal(detector.judge(pcm, true), 'pcma');
    detector.onMap(mapped(G711U));
    assert.equal(detector.judge(pcm, true), 'pcmu');
  });

  it('is none when the map names no sound; what comes all the same is not carried unless it is ADTS', () => {
    const detector = new AudioDetector();
    detector.onMap(null);
    assert.deepEqual([detector.isSilent, detector.fault], [true, undefined]);
    assert.equal(detector.judge(pcm, true), undefined);
    assert.equal(detector.fault, 'sound that the stream map does not name');
    assert.equal(detector.judge(adts, true), 'aac');
  });

  it('stays as it was when later maps leave it out or repeat it, and is judged anew when they differ', () => {
    const detector = new AudioDetector();
    detector.onMap(mapped(G711A));
    detector.judge(pcm, true);
    detector.onMap(null);
    detector.onMap(mapped(G711A));
    assert.equal(detector.judge(pcm, true), 'pcma');
    detector.onMap(mapped(G711U));
    assert.equal(detector.judge(pcm, true), 'pcmu');
  });

  it('is judged anew when a map names sound that the first one did not', () => {
    const detector = new AudioDetector();
    detector.onMap(null);
    detector.judge(pcm, true);
    detector.onMap(mapped(G711A));
    assert.deepEqual([detector.judge(pcm, true), detector.fault], ['pcma', undefined]);
  });
});

describe('the payload of one PES packet of sound', () => {
  it('is gathered from any pieces', () => {
    const payload = new PesPayload();
    payload.begin();
    const bytes = bodyBytes(5_000);
    for (let at = 0; at < bytes.length; at += 1_400)
      payload.append(bytes, at, Math.min(bytes.length, at + 1_400));
    assert.ok(Buffer.from(payload.take() ?? []).equals(bytes));
    assert.equal(payload.take(), undefined);
  });

  it('is nothing when it is empty, was dropped, or was not begun', () => {
    const payload = new PesPayload();
    payload.append(bodyBytes(9), 0, 9);
    assert.equal(payload.take(), undefined);
    payload.begin();
    assert.equal(payload.take(), undefined);
    payload.begin();
    payload.append(bodyBytes(9), 0, 9);
    payload.drop();
    assert.equal(payload.take(), undefined);
  });

  it('is dropped and counted when it is larger than a packet can be', () => {
    const payload = new PesPayload();
    payload.begin();
    const bytes = bodyBytes(40_000);
    payload.append(bytes, 0, bytes.length);
    payload.append(bytes, 0, bytes.length);
    payload.append(bytes, 0, 10);
    assert.deepEqual([payload.take(), payload.oversized], [undefined, 1]);
  });
});
