import assert from 'node:assert/strict';
import { encodeG711, g711Table } from '../../../../bff/src/media-engine/audio/g711.ts';
import { PsDemuxer } from '../../../../bff/src/media-engine/ps/ps-demuxer.ts';
import { VoicePackets } from '../../../../bff/src/media-engine/talk/voice-packets.ts';
import { alaw } from '../../../support/media/g711-coder.ts';

describe('G.711 written (ITU-T G.711)', () => {
  it('takes the nearest code of each sample in both laws, and agrees with a coder written apart', () => {
    const samples = Int16Array.from({ length: 65_536 }, (_, i) => i - 32_768);
    assert.deepEqual(
      Buffer.from(Uint8Array.from(samples, (sample) => encodeG711('pcma', sample))),
      alaw(samples),
    );
    for (const law of ['pcma', 'pcmu'] as const) {
      const table = g711Table(law);
      for (let code = 0; code < 256; code += 1) {
        const sample = table[code] ?? 0;
        assert.equal(table[encodeG711(law, sample)], sample, `${law} ${String(code)}`);
      }
      for (const sample of samples) {
        const told = table[encodeG711(law, sample)] ?? 0;
        const step = Math.max(law === 'pcma' ? 16 : 8, Math.abs(sample) / 16);
        if (Math.abs(sample) < 32_000)
          assert.ok(Math.abs(told - sample) <= step, `${law} ${String(sample)} ${String(told)}`);
      }
    }
  });
});

describe('a voice inside a program stream, for devices that take nothing else', () => {
  it('is read by a demuxer: packs with time, a map, and the very codes', () => {
    const packets = new VoicePackets({
      codec: 'ps',
      payloadType: 96,
      ssrc: 9,
      firstSequence: 0,
      firstTimestamp: 0,
    });
    const stamps: (number | undefined)[] = [];
    const types: number[] = [];
    const codes: number[] = [];
    const demuxer = new PsDemuxer({
      onMap: ({ streams }) => types.push(...streams.map(({ streamType }) => streamType)),
      onPesStart: (_track, pts) => stamps.push(pts),
      onPesData: (_track, bytes, start, end) => codes.push(...bytes.subarray(start, end)),
      onPesEnd: () => undefined,
      onDamage: () => assert.fail('damage'),
    });
    const frame = new Int16Array(160).fill(1_000);
    for (let n = 0; n < 60; n += 1) {
      const packet = packets.next(frame);
      assert.equal((packet[1] ?? 0) & 0x7f, 96);
      assert.equal(packet.readUInt32BE(4), n * 1_800);
      demuxer.push(packet.subarray(12));
    }
    assert.equal(demuxer.resyncs, 0);
    assert.deepEqual(types, [0x90, 0x90, 0x90]);
    assert.equal(codes.length, 60 * 160);
    assert.ok(codes.every((code) => code === encodeG711('pcma', 1_000)));
    assert.deepEqual(stamps.slice(0, 3), [0, 1_800, 3_600]);
  });
});
