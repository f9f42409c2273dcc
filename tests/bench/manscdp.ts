/**
 * `manscdp`: Catalog bodies of four items decoded per CPU second, from octets to the fields of each item, over
 * TextDecoder and fast-xml-parser reading the same fields. Both take turns in one process over bodies that differ;
 * what they read is compared before anything is measured.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { XMLParser } from 'fast-xml-parser';
import iconv from 'iconv-lite';
import { type CatalogPart, readCatalogPart } from '../../bff/src/gb28181/manscdp/catalog.ts';
import { readManscdp } from '../../bff/src/gb28181/manscdp/document.ts';
import type { CatalogItem } from '../../bff/src/gb28181/types.ts';
import { median, report } from '../support/bench/report.ts';

const MAX_ITEMS = 10_000;
const BODIES = 64;
const WARM_UP_ROUNDS = 3;
const TEXT = iconv.decode(
  readFileSync(new URL('../fixtures/manscdp/catalog-four-gb2312.xml', import.meta.url)),
  'gb2312',
);

/** What both sides make of a body. */
interface Decoded extends CatalogPart {
  readonly sn: number | undefined;
  readonly deviceId: string | undefined;
}

type Decode = (body: Buffer) => Decoded;

function ours(body: Buffer): Decoded {
  const read = readManscdp(body);
  assert.ok(read.ok);
  const { sn, deviceId } = read.document;
  return { sn, deviceId, ...readCatalogPart(read.document, MAX_ITEMS) };
}

type Fields = Readonly<Record<string, string | undefined>>;

interface Tree {
  readonly Response: Fields & {
    readonly DeviceList?: {
      readonly Item?: readonly (Fields & { readonly Info?: Fields })[];
    };
  };
}

/** IDs are no numbers; a list of one is a list; nothing here has attributes that matter. */
const parser = new XMLParser({ parseTagValue: false, isArray: (name) => name === 'Item' });

function theirs(charset: string): Decode {
  const decoder = new TextDecoder(charset);
  return (body) => {
    const { Response: root } = parser.parse(decoder.decode(body)) as Tree;
    const entries = root.DeviceList?.Item ?? [];
    return {
      sn: numberOf(root['SN']),
      deviceId: root['DeviceID'],
      announced: numberOf(root['SumNum']),
      received: entries.length,
      items: entries.map((entry): CatalogItem => ({
        channelId: entry['DeviceID'] ?? '',
        name: entry['Name'] ?? '',
        manufacturer: entry['Manufacturer'],
        model: entry['Model'],
        civilCode: entry['CivilCode'],
        address: entry['Address'],
        parentId: entry['ParentID'],
        businessGroupId: entry['BusinessGroupID'],
        parental: entry['Parental'] !== undefined && entry['Parental'] !== '0',
        online: entry['Status'] === undefined || entry['Status'] === 'ON',
        ptzType: numberOf(entry.Info?.['PTZType']),
        longitude: numberOf(entry['Longitude']),
        latitude: numberOf(entry['Latitude']),
      })),
    };
  };
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

/** Bodies with an SN and names of their own, each in memory of its own, as datagrams come. */
function bodiesIn(charset: 'gb2312' | 'utf-8'): readonly Buffer[] {
  return Array.from({ length: BODIES }, (_, index) => {
    const text = TEXT.replace('encoding="GB2312"', `encoding="${charset.toUpperCase()}"`)
      .replace(/<SN>\d+/, `<SN>${String(17_430 + index)}`)
      .replaceAll('</Name>', `${String(index)}号</Name>`);
    return iconv.encode(text, charset);
  });
}

/** Keeps what was read alive, so that no reading can be optimised away. */
let kept: Decoded | undefined;

/** Bodies per CPU second during one turn. */
function turn(decode: Decode, bodies: readonly Buffer[], turnMs: number): number {
  const start = process.cpuUsage();
  let count = 0;
  let spentMs: number;
  do {
    for (const body of bodies) kept = decode(body);
    count += bodies.length;
    const { user, system } = process.cpuUsage(start);
    spentMs = (user + system) / 1_000;
  } while (spentMs < turnMs);
  return (count * 1_000) / spentMs;
}

const { values } = parseArgs({
  options: {
    /** CPU time that each side gets per turn, ms. */
    turn: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '11' },
  },
});

for (const [charset, decoderName] of [
  ['gb2312', 'gb18030'],
  ['utf-8', 'utf-8'],
] as const) {
  const bodies = bodiesIn(charset);
  const baseline = theirs(decoderName);
  for (const body of bodies) assert.deepEqual(ours(body), baseline(body));
  const ratios: number[] = [];
  const rates: number[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + Number(values.rounds); round += 1) {
    const mine = turn(ours, bodies, Number(values.turn));
    const other = turn(baseline, bodies, Number(values.turn));
    if (round < WARM_UP_ROUNDS) continue;
    ratios.push(mine / other);
    rates.push(mine);
  }
  assert.ok(kept);
  report('manscdp', {
    figure: `catalog-${charset}`,
    value: median(ratios),
    unit: 'ratio',
    detail:
      `Catalog bodies of 4 items in ${charset.toUpperCase()} decoded per CPU second over those by TextDecoder and ` +
      'fast-xml-parser, the same fields read, alternating in this run',
  });
  report('manscdp', {
    figure: `catalog-${charset}-per-cpu-second`,
    value: median(rates),
    unit: '1/s',
    detail: 'bodies of 4 items decoded per second of CPU time',
  });
}
