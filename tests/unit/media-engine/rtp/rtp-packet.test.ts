import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseRtpPacket, ssrcOf } from '../../../../bff/src/media-engine/rtp/rtp-packet.ts';
import { rtpBytes, type RtpFields } from '../../../support/media/rtp-bytes.ts';

describe('an RTP packet (RFC 3550 §5.1)', () => {
  it('is read field by field, without a copy', () => {
    const bytes = rtpBytes({
      sequence: 0xfffe,
      ssrc: 0xfedc_ba98,
      timestamp: 0xffff_fff0,
      payloadType: 96,
      marker: true,
      payload: Buffer.from('abc'),
    });
    const packet = parseRtpPacket(bytes);
    assert.ok(packet);
    assert.deepEqual(packet, {
      bytes,
      marker: true,
      payloadType: 96,
      sequenceNumber: 0xfffe,
      rtpTimestamp: 0xffff_fff0,
      ssrc: 0xfedc_ba98,
      payloadStart: 12,
      payloadEnd: 15,
    });
    assert.equal(packet.bytes, bytes);
    assert.equal(ssrcOf(bytes), 0xfedc_ba98);
  });

  const forms: readonly [string, Omit<RtpFields, 'sequence'>, string][] = [
    ['no payload at all', { payload: Buffer.alloc(0) }, ''],
    ['fifteen contributing sources', { csrc: Array.from({ length: 15 }, (_, i) => i) }, 'payload'],
    ['an empty header extension (§5.3.1)', { extensionWords: 0 }, 'payload'],
    ['a header extension of three words', { extensionWords: 3 }, 'payload'],
    ['padding, whose last byte counts itself', { padding: 4 }, 'payload'],
    ['all of them', { csrc: [1, 2], extensionWords: 2, padding: 9 }, 'payload'],
    [
      'a padding bit and a count of zero, as some devices send',
      { padding: 0, payload: Buffer.from('end\0') },
      'end\0',
    ],
    ['nothing but padding', { padding: 3, payload: Buffer.alloc(0) }, ''],
  ];
  for (const [title, fields, payload] of forms) {
    it(`with ${title} has its payload found`, () => {
      const bytes = rtpBytes({ sequence: 1, ...fields });
      const packet = parseRtpPacket(bytes);
      assert.ok(packet);
      assert.equal(bytes.toString('latin1', packet.payloadStart, packet.payloadEnd), payload);
    });
  }

  it('whose padding count is larger than itself is taken as if it were not padded', () => {
    const bytes = rtpBytes({ sequence: 1, padding: 0, payload: Buffer.from([1, 2, 255]) });
    assert.equal(parseRtpPacket(bytes)?.payloadEnd, 15);
  });

  const refused: readonly [string, Uint8Array][] = [
    ['shorter than its header', rtpBytes({ sequence: 1 }).subarray(0, 11)],
    ['empty', Buffer.alloc(0)],
    ['of version 0', Buffer.concat([Buffer.from([0x00]), rtpBytes({ sequence: 1 }).subarray(1)])],
    ['of version 3', Buffer.concat([Buffer.from([0xc0]), rtpBytes({ sequence: 1 }).subarray(1)])],
    ['with more contributing sources than bytes', rtpBytes({ sequence: 1, csrc: [1, 2, 3] }).subarray(0, 20)],
    ['cut in the head of its extension', rtpBytes({ sequence: 1, extensionWords: 0 }).subarray(0, 14)],
    [
      'whose extension is longer than itself',
      rtpBytes({ sequence: 1, extensionWords: 4, payload: Buffer.alloc(0) }).subarray(0, 24),
    ],
    [
      'whose padding reaches into its contributing sources',
      rtpBytes({ sequence: 1, csrc: [1, 2], padding: 0, payload: Buffer.from([0, 8]) }),
    ],
    ['larger than a datagram can be', Buffer.concat([rtpBytes({ sequence: 1 }), Buffer.alloc(65_535)])],
  ];
  for (const [title, bytes] of refused) {
    it(`${title} is none`, () => {
      assert.equal(parseRtpPacket(bytes), undefined);
    });
  }

  it('never throws and never points outside its bytes, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 96 }), fc.boolean(), (bytes, version2) => {
        if (version2 && bytes.length > 0) bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x80;
        const packet = parseRtpPacket(bytes);
        if (!packet) return;
        assert.ok(packet.payloadStart >= 12);
        assert.ok(packet.payloadStart <= packet.payloadEnd);
        assert.ok(packet.payloadEnd <= bytes.length);
      }),
      { numRuns: 2_000 },
    );
  });
});
