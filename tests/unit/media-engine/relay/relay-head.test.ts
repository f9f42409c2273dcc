import assert from 'node:assert/strict';
import { RelayHead } from '../../../../bff/src/media-engine/relay/relay-head.ts';
import { parseRtpPacket } from '../../../../bff/src/media-engine/rtp/rtp-packet.ts';
import { rtpBytes } from '../../../support/media/rtp-bytes.ts';

function passedOn(head: RelayHead, packet: Uint8Array): ReturnType<typeof parseRtpPacket> {
  return parseRtpPacket(Buffer.concat([head.of(packet, 0), packet.subarray(12)]));
}

describe('the head of a relayed packet (RFC 3550 §5.1)', () => {
  it('has the SSRC and payload type of the receiver, and keeps timestamp and marker', () => {
    const head = new RelayHead(0x0bebc201, 96);
    const read = passedOn(
      head,
      rtpBytes({ sequence: 500, timestamp: 0xfedcba98, marker: true, payloadType: 110, ssrc: 7 }),
    );
    assert.deepEqual(
      [read?.ssrc, read?.payloadType, read?.rtpTimestamp, read?.marker],
      [0x0bebc201, 96, 0xfedcba98, true],
    );
  });

  it('numbers the packets from 1, across the wrap of the original, and leaves its gaps and its order', () => {
    const head = new RelayHead(1, 96);
    const sent = [65_534, 65_535, 1, 0, 5].map((sequence) => passedOn(head, rtpBytes({ sequence })));
    assert.deepEqual(
      sent.map((packet) => packet?.sequenceNumber),
      [1, 2, 4, 3, 8],
    );
  });

  it('leaves extension, contributing sources and padding where they are', () => {
    const packet = rtpBytes({ sequence: 9, csrc: [1, 2], extensionWords: 1, padding: 4 });
    const read = passedOn(new RelayHead(1, 96), packet);
    const before = parseRtpPacket(packet);
    assert.equal(read?.payloadStart, before?.payloadStart);
    assert.equal(read?.payloadEnd, before?.payloadEnd);
  });

  it('leaves room for a length before it', () => {
    const head = new RelayHead(1, 96).of(rtpBytes({ sequence: 9 }), 2);
    assert.equal(head.length, 14);
    assert.equal(head[2], 0x80);
  });
});
