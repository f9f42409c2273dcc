import { writeUint16, writeUint32 } from '../es/bytes.ts';

/** RFC 6455 §5.2: FIN and the opcode of a binary message. */
const FINAL_BINARY = 0x82;
const MAX_SHORT_LENGTH = 125;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const MAX_LENGTH_16 = 0xffff;
/** Head of the longest frame that a server sends: two bytes, and 64 bits of length. */
const MAX_HEAD_BYTES = 10;

/** Bytes that go to many viewers: made once as they are, and at most once as a WebSocket message. */
export class SharedBytes {
  readonly plain: Uint8Array;
  #message: Uint8Array | undefined;

  private constructor(plain: Uint8Array, message?: Uint8Array) {
    this.plain = plain;
    this.#message = message;
  }

  /** Around bytes that stay as they are; nothing is copied unless a WebSocket viewer asks. */
  static of(plain: Uint8Array): SharedBytes {
    return new SharedBytes(plain);
  }

  /** One copy for both forms. */
  static merge(parts: readonly Uint8Array[]): SharedBytes {
    let length = 0;
    for (const part of parts) length += part.length;
    const headBytes = headBytesFor(length);
    const bytes = Buffer.allocUnsafe(headBytes + length);
    writeHead(bytes, headBytes, length);
    let at = headBytes;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return new SharedBytes(bytes.subarray(headBytes), bytes);
  }

  /** The bytes as one unmasked binary message (RFC 6455 §5.2, §5.6). */
  get message(): Uint8Array {
    this.#message ??= SharedBytes.merge([this.plain]).message;
    return this.#message;
  }

  /** What stands from `at` on. */
  from(at: number): SharedBytes {
    return at === 0 ? this : new SharedBytes(this.plain.subarray(at));
  }
}

function headBytesFor(length: number): number {
  if (length <= MAX_SHORT_LENGTH) return 2;
  return length <= MAX_LENGTH_16 ? 4 : MAX_HEAD_BYTES;
}

function writeHead(bytes: Uint8Array, headBytes: number, length: number): void {
  bytes[0] = FINAL_BINARY;
  if (headBytes === 2) bytes[1] = length;
  else if (headBytes === 4) {
    bytes[1] = LENGTH_16;
    writeUint16(bytes, 2, length);
  } else {
    bytes[1] = LENGTH_64;
    writeUint32(bytes, 2, 0);
    writeUint32(bytes, 6, length);
  }
}
