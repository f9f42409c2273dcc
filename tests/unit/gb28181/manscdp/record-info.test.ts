import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readManscdp } from '../../../../bff/src/gb28181/manscdp/document.ts';
import { readRecordPart, type RecordPart } from '../../../../bff/src/gb28181/manscdp/record-info.ts';
import { bodyOf, fixture, readDocument } from '../fixture.ts';

const CAMERA = '34020000001320000001';
const OPTIONS = { maxItems: 100, utcOffsetMin: 480, channelId: CAMERA };

function part(inner: string): RecordPart {
  const body = `<?xml version="1.0"?><Response><CmdType>RecordInfo</CmdType><SN>1</SN><DeviceID>${CAMERA}</DeviceID>${inner}</Response>`;
  return readRecordPart(readDocument(Buffer.from(body)), OPTIONS);
}

function item(fields: Readonly<Record<string, string>>): string {
  const all = { StartTime: '2026-01-14T00:00:00', EndTime: '2026-01-14T01:00:00', ...fields };
  const inner = Object.entries(all).map(([name, value]) => `<${name}>${value}</${name}>`);
  return `<Item>${inner.join('')}</Item>`;
}

function first(fields: Readonly<Record<string, string>>): RecordPart['items'][number] {
  const found = part(`<RecordList Num="1">${item(fields)}</RecordList>`).items[0];
  assert.ok(found);
  return found;
}

describe('a part of a list of recordings (GB/T 28181-2016 annex A.2.6 f)', () => {
  it('holds the files with their times in UTC, as the standard has them', () => {
    const read = readRecordPart(readDocument(bodyOf(fixture('gb28181/q12-recordinfo-r1.sip'))), OPTIONS);
    assert.equal(read.announced, 3);
    assert.equal(read.received, 2);
    assert.deepEqual(read.items[0], {
      channelId: CAMERA,
      name: '大门口',
      filePath: '34020000001320000001_20260114000000',
      address: 'Address1',
      beginMs: Date.UTC(2026, 0, 13, 16, 0, 0),
      endMs: Date.UTC(2026, 0, 13, 16, 30, 0),
      secret: false,
      kind: 'time',
      recorderId: undefined,
      fileSize: 52_428_800,
      streamNumber: undefined,
    });
  });

  it('takes times with a zone, a fraction, single digits or a blank (Q25, UNISINSIGHT)', () => {
    const body = bodyOf(fixture('gb28181/quirks/q25-recordinfo-times.sip'));
    const [beginMs, endMs] = [Date.UTC(2026, 0, 14, 1, 12, 3), Date.UTC(2026, 0, 14, 2, 12, 3)];
    assert.deepEqual(
      readRecordPart(readDocument(body), OPTIONS).items.map((read) => [read.name, read.beginMs, read.endMs]),
      ['zone', 'fraction', 'digits', 'blank'].map((name) => [name, beginMs, endMs]),
    );
  });

  it('takes blanks in numbers (Q24, TP-Link)', () => {
    assert.equal(part('<SumNum> 3 </SumNum>').announced, 3);
  });

  it('takes Type in any case, as a digit of u=, or as nothing', () => {
    const kinds = ['TIME', 'Alarm', '1', '3', 'motion', ''].map((Type) => first({ Type }).kind);
    assert.deepEqual(kinds, ['time', 'alarm', 'manual', 'time', 'alarm', 'unknown']);
  });

  it('takes secrecy, the recorder and large sizes', () => {
    const read = first({ Secrecy: '1', RecorderID: 'admin', FileSize: '5368709120', StreamNumber: '1' });
    assert.deepEqual(
      [read.secret, read.recorderId, read.fileSize, read.streamNumber],
      [true, 'admin', 5_368_709_120, 1],
    );
  });

  it('leaves out a file without times, or one that ends before it begins, and counts it as received', () => {
    const read = part(
      `<SumNum>3</SumNum><RecordList Num="3">${item({ StartTime: 'x' })}${item({ EndTime: '2026-01-13T00:00:00' })}${item({})}</RecordList>`,
    );
    assert.equal(read.received, 3);
    assert.equal(read.items.length, 1);
  });

  it('means the channel that was asked when an item names none', () => {
    assert.equal(first({}).channelId, CAMERA);
  });

  it('may say that the device cannot', () => {
    assert.equal(part('<Result>ERROR</Result>').refused, true);
    assert.equal(part('<Result>OK</Result><SumNum>0</SumNum>').refused, false);
  });

  it('never trips, whatever a device sends', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('StartTime', 'EndTime', 'FileSize', 'Type', 'X'), fc.string())),
        (fields) => {
          const inner = fields.map(([name, value]) => `<${name}>${value}</${name}>`).join('');
          const read = readManscdp(
            Buffer.from(
              `<Response><CmdType>RecordInfo</CmdType><RecordList><Item>${inner}</Item></RecordList></Response>`,
            ),
          );
          if (!read.ok) return;
          for (const { beginMs, endMs } of readRecordPart(read.document, OPTIONS).items)
            assert.ok(endMs > beginMs);
        },
      ),
    );
  });
});
