import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readCatalogPart, type CatalogPart } from '../../../bff/src/gb28181/manscdp/catalog.ts';
import { type ManscdpDocument, readManscdp } from '../../../bff/src/gb28181/manscdp/document.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url));

/** A file of tests/fixtures. */
export function fixture(path: string): Buffer {
  return readFileSync(FIXTURES + path);
}

/** What follows the headers of a raw SIP message. */
export function bodyOf(message: Buffer): Buffer {
  return message.subarray(message.indexOf('\r\n\r\n') + 4);
}

/** A body with the SN of what it answers. */
export function withSn(body: Buffer, sn: string): Buffer {
  return Buffer.from(body.toString('latin1').replace(/<SN>\d+/, `<SN>${sn}`), 'latin1');
}

/** Reads a body that must be readable. */
export function readDocument(body: Uint8Array): ManscdpDocument {
  const read = readManscdp(body);
  assert.ok(read.ok, read.ok ? '' : `${read.fault} at ${String(read.offset)}`);
  return read.document;
}

/** Reads a catalogue part that must be readable. */
export function readPart(body: Uint8Array): CatalogPart {
  return readCatalogPart(readDocument(body), 10_000);
}
