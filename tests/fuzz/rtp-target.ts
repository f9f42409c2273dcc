import assert from 'node:assert/strict';
import { REORDER_WINDOW_PACKETS, ReorderBuffer } from '../../bff/src/media-engine/rtp/reorder-buffer.ts';
import { parseRtpPacket, type RtpPacket } from '../../bff/src/media-engine/rtp/rtp-packet.ts';
import { RtpStreamFramer } from '../../bff/src/media-engine/rtp/rtp-stream-framer.ts';
import { sequenceDistance } from '../../bff/src/media-engine/rtp/sequence.ts';

const MIN_PACKET_BYTES = 8;
const MAX_HELD_BYTES = 2 * (65_535 + 8 + 12);
const MS_BETWEEN_PACKETS = 9;

/** What a framer made of a stream. */
interface Cut {
  readonly packets: readonly Buffer[];
  readonly resyncs: number;
  readonly broken: boolean;
}

/**
 * Gives octets, as a TCP connection would, to the framer, the parser and the reorder buffer, and holds what comes
 * out against what is promised: nothing throws, any cut gives the same, and nothing is larger than its limit.
 * Tells in words what came out.
 */
export function fuzzRtp(stream: Uint8Array): readonly string[] {
  const before = Buffer.from(stream);
  const whole = cut(stream, stream.length);
  for (const size of [1, 7]) same(cut(stream, size), whole);
  assert.ok(before.equals(stream), 'the octets are left as they were');
  const given = whole.packets.reduce((sum, packet) => sum + packet.length, 0);
  assert.ok(given + 2 * whole.packets.length <= stream.length);
  const features = [
    `packets-${bucket(whole.packets.length)}`,
    `resyncs-${bucket(whole.resyncs)}`,
    whole.broken ? 'broken' : 'sound',
    ...headsOf(whole.packets),
    ...orderOf(whole.packets),
    // A datagram is given as it is.
    parseRtpPacket(stream) ? 'datagram' : 'no-datagram',
  ];
  return [...new Set(features)];
}

function cut(stream: Uint8Array, size: number): Cut {
  const framer = new RtpStreamFramer();
  const packets: Buffer[] = [];
  for (let at = 0; at < stream.length; at += size) {
    const piece = new Uint8Array(stream.subarray(at, at + size));
    framer.push(piece, (packet) => {
      assert.ok(packet.length >= MIN_PACKET_BYTES);
      packets.push(Buffer.from(packet));
    });
    // What is kept of a piece was copied.
    piece.fill(0xaa);
    assert.ok(framer.heldCapacity <= MAX_HELD_BYTES);
  }
  return { packets, resyncs: framer.resyncs, broken: framer.broken };
}

function same(pieces: Cut, whole: Cut): void {
  assert.equal(pieces.packets.length, whole.packets.length);
  assert.ok(pieces.packets.every((packet, index) => whole.packets[index]?.equals(packet)));
  assert.deepEqual([pieces.resyncs, pieces.broken], [whole.resyncs, whole.broken]);
}

function headsOf(packets: readonly Buffer[]): readonly string[] {
  return packets.flatMap((bytes) => {
    const packet = parseRtpPacket(bytes);
    if (!packet) return ['malformed'];
    const { payloadStart, payloadEnd } = packet;
    assert.ok(payloadStart >= 12 && payloadStart <= payloadEnd && payloadEnd <= bytes.length);
    const first = bytes[0] ?? 0;
    return [
      packet.marker ? 'marker' : 'no-marker',
      (first & 0x0f) === 0 ? 'no-csrc' : 'csrc',
      (first & 0x10) === 0 ? 'no-extension' : 'extension',
      payloadEnd === bytes.length ? 'no-padding' : 'padding',
      payloadStart === payloadEnd ? 'no-payload' : 'payload',
    ];
  });
}

function orderOf(packets: readonly Buffer[]): readonly string[] {
  let last: RtpPacket | undefined;
  let passed = 0;
  const buffer = new ReorderBuffer((packet, gap) => {
    if (last && !gap) assert.equal(sequenceDistance(last.sequenceNumber, packet.sequenceNumber), 1);
    last = packet;
    passed += 1;
  });
  packets.forEach((bytes, index) => {
    const packet = parseRtpPacket(bytes);
    if (packet) buffer.push(packet, index * MS_BETWEEN_PACKETS);
    assert.ok(buffer.held <= REORDER_WINDOW_PACKETS);
  });
  buffer.flush();
  const { lost, reordered, duplicates, late } = buffer.stats;
  assert.ok(passed + duplicates + late <= packets.length);
  return [
    `lost-${bucket(lost)}`,
    `reordered-${bucket(reordered)}`,
    `duplicates-${bucket(duplicates)}`,
    `late-${bucket(late)}`,
  ];
}

/** 0, 1, 2, 4, 8 and so on: the power of two that is not above it. */
function bucket(count: number): string {
  return String(count === 0 ? 0 : 2 ** Math.floor(Math.log2(count)));
}
