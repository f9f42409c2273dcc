import assert from 'node:assert/strict';

/** One packet of a capture file of raw IP. */
export interface CapturedPacket {
  readonly atMs: number;
  readonly protocol: 'udp' | 'tcp';
  readonly from: string;
  readonly fromPort: number;
  readonly to: string;
  readonly toPort: number;
  readonly tcp: { readonly sequence: number; readonly acknowledged: number } | undefined;
  /** Of IPv4 and of UDP or TCP; true for packets that are cut. */
  readonly checksumsOk: boolean;
  readonly isCut: boolean;
  readonly payload: Buffer;
}

const FILE_HEAD = 24;
const RECORD_HEAD = 16;
const UDP = 17;

/** Reads a libpcap file, version 2.4, microseconds, LINKTYPE_RAW; asserts that all lengths agree. */
export function packetsOf(bytes: Uint8Array): readonly CapturedPacket[] {
  const file = Buffer.from(bytes);
  assert.deepEqual(
    [file.readUInt32LE(0), file.readUInt16LE(4), file.readUInt16LE(6), file.readUInt32LE(20)],
    [0xa1b2c3d4, 2, 4, 101],
  );
  const packets: CapturedPacket[] = [];
  for (let at = FILE_HEAD; at < file.length;) {
    const atMs = file.readUInt32LE(at) * 1_000 + file.readUInt32LE(at + 4) / 1_000;
    const captured = file.readUInt32LE(at + 8);
    const length = file.readUInt32LE(at + 12);
    at += RECORD_HEAD;
    assert.ok(at + captured <= file.length);
    packets.push({ atMs, ...packetOf(file.subarray(at, at + captured), length) });
    at += captured;
  }
  return packets;
}

function packetOf(packet: Buffer, length: number): Omit<CapturedPacket, 'atMs'> {
  const isV6 = packet.readUInt8(0) >> 4 === 6;
  const headLength = isV6 ? 40 : 20;
  assert.equal(isV6 ? packet.readUInt16BE(4) + 40 : packet.readUInt16BE(2), length);
  const protocol = packet.readUInt8(isV6 ? 6 : 9);
  const [from, to] = isV6
    ? [packet.subarray(8, 24), packet.subarray(24, 40)]
    : [packet.subarray(12, 16), packet.subarray(16, 20)];
  const segment = packet.subarray(headLength);
  const isUdp = protocol === UDP;
  if (isUdp) assert.equal(segment.readUInt16BE(4), length - headLength);
  const isCut = packet.length < length;
  const pseudo = Buffer.concat([
    from,
    to,
    Buffer.from([0, protocol, segment.length >> 8, segment.length & 0xff]),
  ]);
  const isSegmentOk = isCut || sumOf(Buffer.concat([pseudo, segment])) === 0xffff;
  return {
    protocol: isUdp ? 'udp' : 'tcp',
    from: addressText(from),
    fromPort: segment.readUInt16BE(0),
    to: addressText(to),
    toPort: segment.readUInt16BE(2),
    tcp: isUdp ? undefined : { sequence: segment.readUInt32BE(4), acknowledged: segment.readUInt32BE(8) },
    checksumsOk: isSegmentOk && (isV6 || sumOf(packet.subarray(0, headLength)) === 0xffff),
    isCut,
    payload: segment.subarray(isUdp ? 8 : (segment.readUInt8(12) >> 4) * 4),
  };
}

function addressText(octets: Buffer): string {
  if (octets.length === 4) return octets.join('.');
  return Array.from({ length: 8 }, (_, group) => octets.readUInt16BE(group * 2).toString(16)).join(':');
}

/** RFC 1071: all ones over what carries its own right checksum. */
function sumOf(octets: Buffer): number {
  let sum = 0;
  for (let at = 0; at < octets.length; at += 2) sum += ((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return sum;
}
