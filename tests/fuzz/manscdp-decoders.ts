import assert from 'node:assert/strict';
import type { ConfigName } from '@yimu/shared';
import { readSections, SECTIONS } from '../../bff/src/gb28181/config/sections.ts';
import { readAlarm } from '../../bff/src/gb28181/manscdp/alarm.ts';
import { isBroadcastConsent } from '../../bff/src/gb28181/manscdp/broadcast.ts';
import { readCatalogChanges } from '../../bff/src/gb28181/manscdp/catalog.ts';
import { readControlAnswer, readUpgradeResult } from '../../bff/src/gb28181/manscdp/control-answer.ts';
import { readDeviceStatus } from '../../bff/src/gb28181/manscdp/device-status.ts';
import type { ManscdpDocument } from '../../bff/src/gb28181/manscdp/document.ts';
import {
  readCruiseTrack,
  readCruiseTracks,
  readHomePosition,
  readPtzPosition,
} from '../../bff/src/gb28181/manscdp/dome-answers.ts';
import { readKeepaliveFaults } from '../../bff/src/gb28181/manscdp/keepalive-faults.ts';
import { readPositions } from '../../bff/src/gb28181/manscdp/mobile-position.ts';
import { readPresets } from '../../bff/src/gb28181/manscdp/presets.ts';
import { readRecordPart } from '../../bff/src/gb28181/manscdp/record-info.ts';
import { readSdCards } from '../../bff/src/gb28181/manscdp/sd-cards.ts';
import { readSnapshotsFinished } from '../../bff/src/gb28181/manscdp/snapshot-finished.ts';

const MAX_TEXT = 2_048;
const MAX_LIST = 1_000;
const CONTROL = /\p{Cc}/u;
const DEVICE = '34020000001180000001';
const MAX_ITEMS = 8;
const CONFIG_NAMES = Object.keys(SECTIONS) as readonly ConfigName[];

type Decoder = (document: ManscdpDocument) => unknown;

/** Everything that reads a document of one kind; here each is given every document. */
const DECODERS: Readonly<Record<string, Decoder>> = {
  alarm: (document) => readAlarm(document, 'message'),
  'broadcast-consent': isBroadcastConsent,
  'catalog-changes': (document) => readCatalogChanges(document, MAX_ITEMS),
  'control-answer': readControlAnswer,
  upgrade: readUpgradeResult,
  status: readDeviceStatus,
  home: readHomePosition,
  tracks: readCruiseTracks,
  track: readCruiseTrack,
  'ptz-position': readPtzPosition,
  faults: readKeepaliveFaults,
  positions: (document) => readPositions(document, DEVICE),
  presets: readPresets,
  records: (document) =>
    readRecordPart(document, { maxItems: MAX_ITEMS, utcOffsetMin: 480, channelId: DEVICE }),
  cards: readSdCards,
  snapshots: readSnapshotsFinished,
  config: ({ element }) => readSections(element, CONFIG_NAMES),
  'config-alone': ({ element }) => CONFIG_NAMES.map((name) => readSections(element, [name])),
};

/** Gives a document to every decoder, holds each value against what is promised of all, and names who read something. */
export function decodersOf(document: ManscdpDocument): readonly string[] {
  return Object.entries(DECODERS).flatMap(([name, decode]) => {
    const value = decode(document);
    assertSound(name, value, 0);
    return isSomething(value) ? [name] : [];
  });
}

function isSomething(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && value !== null && !(value instanceof Error))
    return Object.keys(value).length > 0;
  return value !== undefined && value !== false && !(value instanceof Error);
}

/** Texts are short and printable, numbers are numbers, lists are bounded, and nothing is deep. */
function assertSound(name: string, value: unknown, depth: number): void {
  assert.ok(depth < 16, `${name}: too deep`);
  if (typeof value === 'string')
    assert.ok(
      value.length <= MAX_TEXT && !CONTROL.test(value),
      `${name}: ${JSON.stringify(value.slice(0, 80))}`,
    );
  else if (typeof value === 'number') assert.ok(Number.isFinite(value), `${name}: ${String(value)}`);
  else if (Array.isArray(value)) {
    assert.ok(value.length <= MAX_LIST, `${name}: ${String(value.length)} entries`);
    for (const entry of value) assertSound(name, entry, depth + 1);
  } else if (value instanceof Error) assert.ok(value.message.length <= MAX_TEXT + 200);
  else if (typeof value === 'object' && value !== null)
    for (const inner of Object.values(value)) assertSound(name, inner, depth + 1);
}
