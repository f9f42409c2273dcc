import type { TracedMessage } from '../ports/trace.ts';
import { addressOctets, asV6 } from './ip-address.ts';

/** Microseconds, in the byte order that is written here; version 2.4 (libpcap file format). */
const MAGIC = 0xa1b2c3d4;
const SNAP_LENGTH = 262_144;
/** LINKTYPE_RAW: packets begin with their IPv4 or IPv6 header. */
const LINKTYPE_RAW = 101;
const FILE_HEAD = 24;
const RECORD_HEAD = 16;
const TCP = 6;
const UDP = 17;
const UDP_HEAD = 8;
const TCP_HEAD = 20;
const PSH_ACK = 0x18;
const WINDOW = 65_535;
/** Octets of a message in one packet: below what the lengths of IPv4 and UDP can say. */
const MAX_PAYLOAD = 65_000;
const FIRST_SEQUENCE = 1_000;

/** Where the two directions of a connection stand. */
interface Stream {
  in: number;
  out: number;
}

/**
 * A capture file with the messages as packets, which Wireshark and tshark open. Addresses, ports, times and contents
 * are the real ones; the headers are made up here, with right lengths and checksums, and the octets of a TCP
 * connection are numbered without gaps from the first message that is shown.
 */
export function pcapOf(messages: readonly TracedMessage[]): Uint8Array {
  const streams = new Map<string, Stream>();
  const parts = [fileHead()];
  for (const message of messages) {
    const packet = packetOf(message, streams);
    parts.push(recordHead(message.atMs, packet.bytes.length, packet.length), packet.bytes);
  }
  return Buffer.concat(parts);
}

function fileHead(): Buffer {
  const head = Buffer.alloc(FILE_HEAD);
  head.writeUInt32LE(MAGIC, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(SNAP_LENGTH, 16);
  head.writeUInt32LE(LINKTYPE_RAW, 20);
  return head;
}

function recordHead(atMs: number, captured: number, length: number): Buffer {
  const head = Buffer.alloc(RECORD_HEAD);
  const whole = Math.floor(atMs / 1_000);
  head.writeUInt32LE(whole, 0);
  head.writeUInt32LE(Math.floor((atMs - whole * 1_000) * 1_000), 4);
  head.writeUInt32LE(captured, 8);
  head.writeUInt32LE(length, 12);
  return head;
}

/** A packet, and how long it would be had it been kept whole. */
function packetOf(
  message: TracedMessage,
  streams: Map<string, Stream>,
): { readonly bytes: Buffer; readonly length: number } {
  const local = addressOctets(message.localAddress);
  const remote = addressOctets(message.remoteAddress);
  const isV6 = local.length === 16 || remote.length === 16;
  const [from, to] = message.direction === 'in' ? [remote, local] : [local, remote];
  const ends = isV6 ? { from: asV6(from), to: asV6(to) } : { from, to };
  const payload = message.bytes.subarray(0, MAX_PAYLOAD);
  const full = Math.max(payload.length, Math.min(message.octets, MAX_PAYLOAD));
  const segment = message.transport === 'udp' ? udpHead(message, full) : tcpHead(message, full, streams);
  const length = segment.length + full;
  const protocol = message.transport === 'udp' ? UDP : TCP;
  const sum = checksum([pseudoHead(ends, protocol, length), segment, payload]);
  // A sum of zero would mean that UDP carries none (RFC 768).
  segment.writeUInt16BE(sum === 0 && protocol === UDP ? 0xffff : sum, protocol === UDP ? 6 : 16);
  const ip = isV6 ? v6Head(ends, protocol, length) : v4Head(ends, protocol, length);
  return { bytes: Buffer.concat([ip, segment, payload]), length: ip.length + length };
}

interface Ends {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

function ports({ direction, localPort, remotePort }: TracedMessage): readonly [from: number, to: number] {
  return direction === 'in' ? [remotePort, localPort] : [localPort, remotePort];
}

function udpHead(message: TracedMessage, full: number): Buffer {
  const head = Buffer.alloc(UDP_HEAD);
  const [from, to] = ports(message);
  head.writeUInt16BE(from, 0);
  head.writeUInt16BE(to, 2);
  head.writeUInt16BE(UDP_HEAD + full, 4);
  return head;
}

/** RFC 9293 §3.1. */
function tcpHead(message: TracedMessage, full: number, streams: Map<string, Stream>): Buffer {
  const { direction, remoteAddress, remotePort } = message;
  const key = `${remoteAddress} ${String(remotePort)}`;
  const stream = streams.get(key) ?? { in: FIRST_SEQUENCE, out: FIRST_SEQUENCE };
  streams.set(key, stream);
  const head = Buffer.alloc(TCP_HEAD);
  const [from, to] = ports(message);
  head.writeUInt16BE(from, 0);
  head.writeUInt16BE(to, 2);
  head.writeUInt32BE(stream[direction], 4);
  head.writeUInt32BE(stream[direction === 'in' ? 'out' : 'in'], 8);
  head.writeUInt8((TCP_HEAD / 4) << 4, 12);
  head.writeUInt8(PSH_ACK, 13);
  head.writeUInt16BE(WINDOW, 14);
  stream[direction] = (stream[direction] + full) % 2 ** 32;
  return head;
}

/** RFC 791 §3.1. */
function v4Head({ from, to }: Ends, protocol: number, length: number): Buffer {
  const head = Buffer.alloc(20);
  head.writeUInt8(0x45, 0);
  head.writeUInt16BE(head.length + length, 2);
  head.writeUInt8(64, 8);
  head.writeUInt8(protocol, 9);
  head.set(from, 12);
  head.set(to, 16);
  head.writeUInt16BE(checksum([head]), 10);
  return head;
}

/** RFC 8200 §3. */
function v6Head({ from, to }: Ends, protocol: number, length: number): Buffer {
  const head = Buffer.alloc(40);
  head.writeUInt8(0x60, 0);
  head.writeUInt16BE(length, 4);
  head.writeUInt8(protocol, 6);
  head.writeUInt8(64, 7);
  head.set(from, 8);
  head.set(to, 24);
  return head;
}

/** What the sums of UDP and TCP cover of the IP header (RFC 768, RFC 8200 §8.1). */
function pseudoHead({ from, to }: Ends, protocol: number, length: number): Buffer {
  const tail =
    from.length === 4
      ? [0, protocol, length >> 8, length & 0xff]
      : [0, 0, length >> 8, length & 0xff, 0, 0, 0, protocol];
  return Buffer.concat([from, to, Uint8Array.from(tail)]);
}

/** RFC 1071, over parts of which all but the last have an even number of octets. */
function checksum(parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts)
    for (let at = 0; at < part.length; at += 2) sum += ((part[at] ?? 0) << 8) | (part[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}
