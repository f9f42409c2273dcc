/** MPEG program stream parts as cameras send them, written apart from the product and from the simulator. */

/** One entry of a program stream map. */
export interface MapEntry {
  readonly streamType: number;
  readonly id: number;
}

export const H264 = 0x1b;
export const H265 = 0x24;
export const AAC = 0x0f;
export const G711A = 0x90;
export const G711U = 0x91;
export const VIDEO_ID = 0xe0;
export const AUDIO_ID = 0xc0;

/** ISO/IEC 13818-1 §2.5.3.4. */
export function packHeader(scr90k = 0, stuffingBytes = 0): Buffer {
  const scr = BigInt(scr90k) % 2n ** 33n;
  const bits =
    (1n << 46n) |
    ((scr >> 30n) << 43n) |
    (1n << 42n) |
    (((scr >> 15n) & 0x7fffn) << 27n) |
    (1n << 26n) |
    ((scr & 0x7fffn) << 11n) |
    (1n << 10n) |
    1n;
  const bytes = Buffer.alloc(14 + stuffingBytes, 0xff);
  bytes.writeUInt32BE(0x1ba, 0);
  bytes.writeUIntBE(Number(bits), 4, 6);
  bytes.set([0x01, 0x89, 0xc3, 0xf8 | stuffingBytes], 10);
  return bytes;
}

/** ISO/IEC 11172-1 §2.4.3.2: a pack header of MPEG-1. */
export function mpeg1PackHeader(): Buffer {
  return Buffer.from([0, 0, 1, 0xba, 0x21, 0, 1, 0, 1, 0x80, 0, 1]);
}

/** §2.5.3.5. */
export function systemHeader(): Buffer {
  return Buffer.from([
    0, 0, 1, 0xbb, 0, 12, 0x80, 0x9c, 0x41, 0x04, 0xe1, 0x7f, 0xe0, 0xe0, 0x80, 0xc0, 0xc0, 0x20,
  ]);
}

/** §2.5.4.1, with its CRC left zero as most cameras do. */
export function programStreamMap(entries: readonly MapEntry[], infoBytes = 0): Buffer {
  const elementary = entries.flatMap(({ streamType, id }) => [
    streamType,
    id,
    0,
    infoBytes,
    ...new Array<number>(infoBytes).fill(0x55),
  ]);
  const length = 6 + infoBytes + 2 + elementary.length + 2;
  const head = [0, 0, 1, 0xbc, length >> 8, length & 0xff, 0xe0, 0xff, 0, infoBytes];
  const info = new Array<number>(infoBytes).fill(0xaa);
  return Buffer.from([...head, ...info, 0, elementary.length, ...elementary, 0, 0, 0, 0]);
}

/** Options of {@link pesPacket}. */
export interface PesOptions {
  readonly id?: number;
  readonly pts?: number | undefined;
  readonly dts?: number | undefined;
  /** What PES_packet_length says; the right length by default, 0xffff when it does not fit. */
  readonly saysLength?: number;
  readonly stuffingBytes?: number;
}

/** §2.4.3.6. */
export function pesPacket(payload: Uint8Array, options: PesOptions = {}): Buffer {
  const { id = VIDEO_ID, pts, dts, stuffingBytes = 0 } = options;
  const stamps =
    pts === undefined
      ? []
      : dts === undefined
        ? stampBytes(0x21, pts)
        : [...stampBytes(0x31, pts), ...stampBytes(0x11, dts)];
  const extra = [...stamps, ...new Array<number>(stuffingBytes).fill(0xff)];
  const right = 3 + extra.length + payload.length;
  const length = options.saysLength ?? Math.min(0xffff, right);
  const flags = pts === undefined ? 0 : dts === undefined ? 0x80 : 0xc0;
  return Buffer.concat([
    Buffer.from([0, 0, 1, id, length >> 8, length & 0xff, 0x8c, flags, extra.length, ...extra]),
    payload,
  ]);
}

/** ISO/IEC 11172-1 §2.4.3.3: a PES header of MPEG-1. */
export function mpeg1PesPacket(payload: Uint8Array, { id = VIDEO_ID, pts, dts }: PesOptions = {}): Buffer {
  const stamps =
    pts === undefined
      ? [0x0f]
      : dts === undefined
        ? stampBytes(0x21, pts)
        : [...stampBytes(0x31, pts), ...stampBytes(0x11, dts)];
  const extra = [0xff, 0xff, 0x40, 0x20, ...stamps];
  const length = extra.length + payload.length;
  return Buffer.concat([Buffer.from([0, 0, 1, id, length >> 8, length & 0xff, ...extra]), payload]);
}

/** Cuts a frame over PES packets of at most `most` bytes of payload; only the first has stamps. */
export function pesPackets(payload: Uint8Array, options: PesOptions = {}, most = 65_000): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at === 0 || at < payload.length; at += most) {
    const piece = payload.subarray(at, at + most);
    parts.push(pesPacket(piece, at === 0 ? options : { ...options, pts: undefined, dts: undefined }));
  }
  return Buffer.concat(parts);
}

function stampBytes(marker: number, stamp: number): number[] {
  const value = BigInt(stamp) % 2n ** 33n;
  const high = Number(value >> 30n);
  const middle = Number((value >> 15n) & 0x7fffn);
  const low = Number(value & 0x7fffn);
  return [
    (marker & 0xf1) | (high << 1),
    middle >> 7,
    ((middle << 1) & 0xfe) | 1,
    low >> 7,
    ((low << 1) & 0xfe) | 1,
  ];
}
