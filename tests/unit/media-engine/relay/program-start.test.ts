import assert from 'node:assert/strict';
import fc from 'fast-check';
import { programStartOf } from '../../../../bff/src/media-engine/relay/program-start.ts';
import { clipPictures } from '../../../support/media/clip-packets.ts';
import { rtpBytes } from '../../../support/media/rtp-bytes.ts';

describe('where a relay may begin (GB/T 28181-2016 annex C.1.1)', () => {
  it('is the first packet of a key picture: pack header, then system header and map', () => {
    for (const { key, packets } of clipPictures(60)) {
      const starts = packets.map((packet) => programStartOf(packet));
      assert.equal(starts[0], key ? 'group' : 'picture');
      assert.ok(starts.slice(1).every((start) => start === undefined));
    }
  });

  it('is behind stuffing too', () => {
    const pack = Buffer.from([0, 0, 1, 0xba, 0x44, 0, 4, 0, 4, 1, 0, 0, 3, 0xf9, 0xff, 0, 0, 1, 0xbc, 0]);
    assert.equal(programStartOf(rtpBytes({ sequence: 1, payload: pack })), 'group');
  });

  it('is never found in a packet without a pack header, whatever its octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (octets) => {
        const start = programStartOf(octets);
        assert.ok(start === undefined || Buffer.from(octets).includes(Buffer.from([0, 0, 1, 0xba])));
      }),
    );
  });
});
