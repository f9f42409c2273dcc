import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';

const CIPHER = 'aes-128-ecb';
const KEY_BYTES = 16;
/** One block of the cipher: device (4), channel number (2), expiry in seconds (4), zeros that prove it (6). */
const BLOCK_BYTES = 16;
const CHANNEL_AT = 4;
const EXPIRY_AT = 6;
const PROOF_AT = 10;
const FORM = /^[0-9a-f]{32}$/i;
const MAX_CHANNEL_NO = 0xffff;

/** What a ticket says. */
export interface TicketFacts {
  readonly deviceId: number;
  readonly channelNo: number;
  /** UTC seconds. */
  readonly expiresAtS: number;
}

/**
 * Tickets that need no table: the facts are one block under a cipher, 32 hexadecimal characters, which is all that a
 * mini-program code can carry. A block that was not made here opens to zeros once in 2^48 tries.
 */
export class TicketSeal {
  readonly #key: Buffer;

  constructor(sealingKey: Uint8Array) {
    this.#key = createHmac('sha256', sealingKey).update('tickets').digest().subarray(0, KEY_BYTES);
  }

  /** `undefined` when the numbers do not fit. */
  close({ deviceId, channelNo, expiresAtS }: TicketFacts): string | undefined {
    if (channelNo > MAX_CHANNEL_NO || deviceId > 0xffff_ffff || expiresAtS > 0xffff_ffff) return undefined;
    const block = Buffer.alloc(BLOCK_BYTES);
    block.writeUInt32BE(deviceId, 0);
    block.writeUInt16BE(channelNo, CHANNEL_AT);
    block.writeUInt32BE(expiresAtS, EXPIRY_AT);
    const cipher = createCipheriv(CIPHER, this.#key, null).setAutoPadding(false);
    return Buffer.concat([cipher.update(block), cipher.final()]).toString('hex');
  }

  /** `undefined` for what was not made here. */
  open(ticket: string): TicketFacts | undefined {
    if (!FORM.test(ticket)) return undefined;
    const decipher = createDecipheriv(CIPHER, this.#key, null).setAutoPadding(false);
    const block = Buffer.concat([decipher.update(Buffer.from(ticket, 'hex')), decipher.final()]);
    if (block.subarray(PROOF_AT).some((octet) => octet !== 0)) return undefined;
    return {
      deviceId: block.readUInt32BE(0),
      channelNo: block.readUInt16BE(CHANNEL_AT),
      expiresAtS: block.readUInt32BE(EXPIRY_AT),
    };
  }
}
