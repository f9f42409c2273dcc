import assert from 'node:assert/strict';
import { readCatalogPart } from '../../bff/src/gb28181/manscdp/catalog.ts';
import { readDeviceInfo } from '../../bff/src/gb28181/manscdp/device-info.ts';
import { readManscdp } from '../../bff/src/gb28181/manscdp/document.ts';
import { idAt, NO_KEEPALIVE, scanKeepalive } from '../../bff/src/gb28181/manscdp/keepalive-scan.ts';
import { decodersOf } from './manscdp-decoders.ts';
import type { XmlElement } from '../../bff/src/gb28181/manscdp/xml-element.ts';
import { readXml, XML_LIMITS } from '../../bff/src/gb28181/manscdp/xml-reader.ts';

const MAX_TEXT = 2_048;
const MAX_ITEMS = 8;
const CONTROL = /\p{Cc}/u;
const CHANNEL_ID = /^[0-9A-Za-z]{1,20}$/;

/**
 * Gives octets to everything that reads MANSCDP bodies and holds what comes out against what is promised: nothing
 * throws, and nothing is larger than its limit. Tells in words what came out.
 */
export function fuzzManscdp(body: Uint8Array): readonly string[] {
  const before = Buffer.from(body);
  const features = [keepaliveOf(body), ...xmlOf(body), ...manscdpOf(body)];
  assert.ok(before.equals(body), 'the body is left as it was');
  return features;
}

function keepaliveOf(body: Uint8Array): string {
  const place = scanKeepalive(body);
  if (place === NO_KEEPALIVE) return 'no-keepalive';
  assert.ok(place >= 0 && place + 20 <= body.length);
  const id = idAt(body, place);
  assert.ok(id === undefined || id.length === 20);
  return id === undefined ? 'keepalive-without-id' : 'keepalive';
}

function xmlOf(body: Uint8Array): readonly string[] {
  const result = readXml(body);
  if (!result.ok) {
    assert.ok(result.fault.offset >= 0 && result.fault.offset <= body.length);
    return [result.fault.reason];
  }
  const { elements, depth } = walk(result.root, 1);
  assert.ok(elements <= XML_LIMITS.maxElements && depth <= XML_LIMITS.maxDepth);
  // The shortest element takes four octets: <a/>
  assert.ok(elements <= body.length / 3);
  return [...result.repairs, `depth-${String(depth)}`, `elements-${bucket(elements)}`];
}

function walk(element: XmlElement, level: number): { readonly elements: number; readonly depth: number } {
  const { text } = element;
  assert.ok(text.length <= MAX_TEXT && !CONTROL.test(text));
  let elements = 1;
  let depth = level;
  for (const child of element.children) {
    const below = walk(child, level + 1);
    elements += below.elements;
    depth = Math.max(depth, below.depth);
  }
  return { elements, depth };
}

function manscdpOf(body: Uint8Array): readonly string[] {
  const read = readManscdp(body);
  if (!read.ok) return [read.fault];
  const { document } = read;
  const { sn, deviceId, cmdType, root } = document;
  assert.ok(sn === undefined || (Number.isSafeInteger(sn) && sn >= 0));
  assert.ok((deviceId?.length ?? 0) <= 32 && cmdType.length <= 64);
  const info = readDeviceInfo(document);
  const { announced, received, items } = readCatalogPart(document, MAX_ITEMS);
  assert.ok(items.length <= Math.min(received, MAX_ITEMS));
  for (const { channelId, name, longitude, latitude } of items) {
    assert.match(channelId, CHANNEL_ID);
    assert.ok(name.length <= MAX_TEXT);
    assert.ok(Math.abs(longitude ?? 0) <= 180 && Math.abs(latitude ?? 0) <= 90);
  }
  const left = bucket(received - items.length);
  return [
    root,
    sn === undefined ? 'no-sn' : 'sn',
    announced === undefined ? 'no-sum' : 'sum',
    info === undefined ? 'failed' : 'info',
    `items-${String(items.length)}`,
    `left-${left}`,
    ...decodersOf(document),
  ];
}

/** 0, 1, 2, 4, 8 and so on: the power of two that is not above it. */
function bucket(count: number): string {
  return String(count === 0 ? 0 : 2 ** Math.floor(Math.log2(count)));
}
