import assert from 'node:assert/strict';
import fc from 'fast-check';
import { liveName, parseLiveName } from '../../../../bff/src/core/live/live-name.ts';

describe('the public name of a live stream', () => {
  it('is v3/openlive/{serial}_{channel}_{quality}, and reads back', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[A-Z0-9]{9}$/),
        fc.integer({ min: 1, max: 999_999_999 }),
        fc.constantFrom(1 as const, 2 as const),
        (serial, channelNo, quality) => {
          const name = liveName({ serial, channelNo, quality });
          assert.equal(name, `v3/openlive/${serial}_${String(channelNo)}_${String(quality)}`);
          assert.deepEqual(parseLiveName(name), { serial, channelNo, quality });
        },
      ),
    );
  });

  const others = [
    '',
    'v3/openlive/Q00000001_1_1.flv',
    'v3/openlive/Q00000001_1_3',
    'v3/openlive/Q00000001_0_1',
    'v3/openlive/Q00000001_01_1',
    'v3/openlive/Q00000001_1000000000_1',
    'v3/openlive/q00000001_1_1',
    'v3/openlive/Q0000001_1_1',
    'v3/openlive/Q00000001_1',
    '/v3/openlive/Q00000001_1_1',
    'v3/openpb/Q00000001_1_1',
    'v3/openlive/Q00000001_1_1\n',
  ];
  for (const name of others) {
    it(`is not “${name.trim()}”${name.endsWith('\n') ? ' with a line break' : ''}`, () => {
      assert.equal(parseLiveName(name), undefined);
    });
  }
});
