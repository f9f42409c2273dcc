import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  parsePlaybackName,
  playbackName,
  type PlaybackTarget,
} from '../../../../bff/src/core/playback/playback-name.ts';

const MAX_S = 4_102_444_800;

describe('the public name of a recording', () => {
  it('says whose, which channel, from when to when in Beijing, and of which kind', () => {
    const target: PlaybackTarget = {
      serial: 'Q00000001',
      channelNo: 2,
      beginMs: Date.UTC(2026, 0, 14, 4),
      endMs: Date.UTC(2026, 0, 14, 5),
      kind: 'all',
      streamNumber: 0,
    };
    assert.equal(playbackName(target), 'v3/openpb/Q00000001_2_20260114120000_20260114130000');
    assert.equal(
      playbackName({ ...target, kind: 'alarm' }),
      'v3/openpb/Q00000001_2_20260114120000_20260114130000_alarm',
    );
    assert.equal(
      playbackName({ ...target, kind: 'alarm', streamNumber: 1 }),
      'v3/openpb/Q00000001_2_20260114120000_20260114130000_alarm_sub',
    );
  });

  it('reads as it was written', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[A-Z0-9]{9}$/),
        fc.integer({ min: 1, max: 999_999_999 }),
        fc.integer({ min: 0, max: MAX_S }),
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.constantFrom('all', 'time', 'alarm', 'manual'),
        fc.constantFrom(0, 1),
        (serial, channelNo, beginS, lengthS, kind, streamNumber) => {
          const target = {
            serial,
            channelNo,
            beginMs: beginS * 1_000,
            endMs: (beginS + lengthS) * 1_000,
            kind,
            streamNumber,
          };
          assert.deepEqual(parsePlaybackName(playbackName(target)), target);
        },
      ),
    );
  });

  it('of another form is none', () => {
    for (const name of [
      '',
      'v3/openlive/Q00000001_1_1',
      'v3/openpb/Q00000001_1_20260114120000_20260114120000',
      'v3/openpb/Q00000001_1_20260231120000_20260301120000',
      'v3/openpb/Q00000001_0_20260114120000_20260114130000',
      'v3/openpb/Q00000001_1_20260114120000_20260114130000_x',
    ])
      assert.equal(parsePlaybackName(name), undefined, name);
    fc.assert(
      fc.property(fc.string(), (name) => {
        const target = parsePlaybackName(name);
        assert.ok(target === undefined || playbackName(target) === name);
      }),
    );
  });
});
