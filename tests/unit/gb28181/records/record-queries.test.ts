import assert from 'node:assert/strict';
import type { RecordAnswer, RecordOrder } from '../../../../bff/src/gb28181/index.ts';
import { CAMERA, NVR, PlatformHarness, snOf } from '../a-platform.ts';
import { bodyOf, fixture } from '../fixture.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Midnight of 14 January 2026 in Beijing. */
const MIDNIGHT = Date.UTC(2026, 0, 13, 16);

async function setting(): Promise<PlatformHarness> {
  const harness = await new PlatformHarness().start();
  harness.online(NVR);
  return harness;
}

function order(overrides: Partial<RecordOrder> = {}): RecordOrder {
  return {
    deviceGbId: NVR,
    channelGbId: CAMERA,
    beginMs: MIDNIGHT,
    endMs: MIDNIGHT + 20 * HOUR,
    kind: 'all',
    ...overrides,
  };
}

/** A part; `files` are hours of 14 January, each one hour long. */
function body(sn: string, sum: number | undefined, files: readonly number[], type = 'time'): string {
  const two = (hour: number): string => String(hour).padStart(2, '0');
  const items = files.map(
    (hour) =>
      `<Item><DeviceID>${CAMERA}</DeviceID><Name>n</Name><FilePath>f${String(hour)}</FilePath><StartTime>2026-01-14T${two(hour)}:00:00</StartTime><EndTime>2026-01-14T${two(hour)}:59:59</EndTime><Secrecy>0</Secrecy><Type>${type}</Type></Item>`,
  );
  const announced = sum === undefined ? '' : `<SumNum>${String(sum)}</SumNum>`;
  return `<?xml version="1.0"?><Response><CmdType>RecordInfo</CmdType><SN>${sn}</SN><DeviceID>${CAMERA}</DeviceID><Name>n</Name>${announced}<RecordList Num="${String(files.length)}">${items.join('')}</RecordList></Response>`;
}

/** Takes the question that was sent last. */
function question(harness: PlatformHarness): { readonly sn: string; readonly body: string } {
  const { lastRequest } = harness.sip;
  lastRequest.answer(200);
  return { sn: snOf(lastRequest.body), body: lastRequest.body };
}

function hours({ items }: RecordAnswer): readonly number[] {
  return items.map(({ beginMs }) => (beginMs - MIDNIGHT) / HOUR);
}

async function reasonOf(answer: Promise<unknown>): Promise<string> {
  return await answer.then(
    () => 'none',
    (error: unknown) => (error as { readonly reason: string }).reason,
  );
}

describe('what a channel has recorded (GB/T 28181-2016 §9.7)', () => {
  it('is asked in local time, with Type, to the device for its channel (Q23)', async () => {
    const harness = await setting();
    const answer = harness.platform.records.query(order({ kind: 'alarm' }));
    const { sn, body: text } = question(harness);
    assert.match(harness.sip.lastRequest.options.requestUri, new RegExp(`^sip:${NVR}@`));
    assert.match(text, new RegExp(`<DeviceID>${CAMERA}</DeviceID>`));
    assert.match(
      text,
      /<StartTime>2026-01-14T00:00:00<\/StartTime>\r\n<EndTime>2026-01-14T20:00:00<\/EndTime>/,
    );
    assert.match(text, /<Type>alarm<\/Type>/);
    harness.message(NVR, body(sn, 0, []));
    assert.deepEqual(await answer, { items: [], complete: true });
  });

  it('may come faster than strangers may speak: each part that is new is credited', async () => {
    const harness = await setting();
    const answer = harness.platform.records.query(order());
    const { sn } = question(harness);
    for (const hour of [0, 1, 1, 2]) harness.message(NVR, body(sn, 3, [hour]));
    assert.equal(harness.sip.credited.length, 3, 'a part that is sent again earns nothing');
    harness.message(NVR, body('999999', 3, [4]));
    assert.equal(harness.sip.credited.length, 3, 'nor does what nobody asked for');
    await harness.clock.advance(1_000);
    assert.deepEqual(hours(await answer), [0, 1, 2]);
  });

  it('is asked with Type when all kinds are wanted too: Dahua finds nothing without (Q23)', async () => {
    const harness = await setting();
    const answer = harness.platform.records.query(order());
    const { sn, body: text } = question(harness);
    assert.match(text, /<Type>all<\/Type>/);
    harness.message(NVR, body(sn, 0, []));
    await answer;
  });

  it('comes in parts, out of order and repeated, and is in order once', async () => {
    const harness = await setting();
    const answer = harness.platform.records.query(order());
    const { sn } = question(harness);
    for (const files of [[2, 3], [0, 1], [0, 1], [4]]) harness.message(NVR, body(sn, 5, files));
    await harness.clock.advance(300);
    const read = await answer;
    assert.deepEqual(hours(read), [0, 1, 2, 3, 4]);
    assert.equal(read.complete, true);
    assert.equal(harness.figure('yimu_gb_queries_waiting'), 0);
  });

  it("is read from the standard's own two parts", async () => {
    const harness = await setting();
    const answer = harness.platform.records.query(order());
    const { sn } = question(harness);
    for (const file of ['q12-recordinfo-r1.sip', 'q12-recordinfo-r2.sip']) {
      const text = bodyOf(fixture(`gb28181/${file}`)).toString('latin1');
      harness.message(NVR, Buffer.from(text.replace('<SN>312', `<SN>${sn}`), 'latin1'));
    }
    await harness.clock.advance(300);
    const { items, complete } = await answer;
    assert.deepEqual(
      items.map(({ kind, name }) => [kind, name]),
      [
        ['time', '大门口'],
        ['time', '大门口'],
        ['alarm', '大门口'],
      ],
    );
    assert.equal(complete, true);
  });

  it('is what came until the device fell silent when SumNum promises more, and is not complete', async () => {
    const harness = await setting();
    const answer = harness.platform.records.query(order());
    const { sn } = question(harness);
    harness.message(NVR, body(sn, 9, [0, 1]));
    await harness.clock.advance(3_000);
    const read = await answer;
    assert.deepEqual(hours(read), [0, 1]);
    assert.equal(read.complete, false);
  });

  it('is all that comes when SumNum names what one part holds', async () => {
    const harness = await setting();
    const answer = harness.platform.records.query(order());
    const { sn } = question(harness);
    harness.message(NVR, body(sn, 2, [0, 1]));
    harness.message(NVR, body(sn, 2, [2, 3]));
    await harness.clock.advance(300);
    assert.deepEqual(hours(await answer), [0, 1, 2, 3]);
  });

  it('ends by silence where nothing is announced', async () => {
    const harness = await setting();
    const answer = harness.platform.records.query(order());
    const { sn } = question(harness);
    harness.message(NVR, body(sn, undefined, [0]));
    await harness.clock.advance(3_000);
    assert.deepEqual(hours(await answer), [0]);
  });

  it('is not mixed with the answer to another question, nor with that of another device', async () => {
    const harness = await setting();
    const answer = harness.platform.records.query(order());
    const { sn } = question(harness);
    harness.message(NVR, body(String(Number(sn) + 7), 1, [9]));
    harness.online(CAMERA, {
      transport: 'udp',
      remoteAddress: '198.51.100.8',
      remotePort: 5060,
      key: 'other',
    });
    harness.message(CAMERA, body(sn, 1, [8]), {
      transport: 'udp',
      remoteAddress: '198.51.100.8',
      remotePort: 5060,
      key: 'other',
    });
    harness.message(NVR, body(sn, 1, [0]));
    await harness.clock.advance(300);
    assert.deepEqual(hours(await answer), [0]);
    assert.equal(harness.figures('yimu_record_queries')['unasked'], 2);
  });

  it('is asked day by day, and a file that lies in two days is one', async () => {
    const harness = await setting();
    const answer = harness.platform.records.query(
      order({ beginMs: MIDNIGHT - DAY, endMs: MIDNIGHT + 2 * DAY }),
    );
    const asked: string[] = [];
    for (const files of [[0], [0, 5], [5]]) {
      const { sn, body: text } = question(harness);
      asked.push(/<StartTime>([\d-]*)T/.exec(text)?.[1] ?? '');
      harness.message(NVR, body(sn, files.length, files));
      await harness.clock.advance(300);
    }
    assert.deepEqual(asked, ['2026-01-13', '2026-01-14', '2026-01-15']);
    assert.deepEqual(hours(await answer), [0, 5]);
  });

  it('lacks a day that was not answered, and is given up after two in a row', async () => {
    const harness = await setting();
    const answer = harness.platform.records.query(order({ beginMs: MIDNIGHT, endMs: MIDNIGHT + 10 * DAY }));
    harness.message(NVR, body(question(harness).sn, 1, [3]));
    await harness.clock.advance(300);
    for (let day = 0; day < 2; day += 1) {
      question(harness);
      await harness.clock.advance(15_000);
    }
    const read = await answer;
    assert.deepEqual([hours(read), read.complete], [[3], false]);
    assert.equal(harness.sip.requests.length, 3);
  });

  it('of other kinds than was asked for is left out: some devices answer with all that they have', async () => {
    const harness = await setting();
    const answer = harness.platform.records.query(order({ kind: 'alarm' }));
    const { sn } = question(harness);
    harness.message(NVR, body(sn, 2, [0], 'time'));
    harness.message(NVR, body(sn, 2, [1], 'alarm'));
    await harness.clock.advance(300);
    assert.deepEqual(hours(await answer), [1]);
  });

  it('fails by silence, by a refusal, by the device going offline, and leaves nothing behind', async () => {
    const harness = await setting();
    const silent = reasonOf(harness.platform.records.query(order()));
    harness.sip.lastRequest.answer(200);
    await harness.clock.advance(15_000);
    assert.equal(await silent, 'timeout');
    const refused = reasonOf(harness.platform.records.query(order()));
    harness.sip.lastRequest.answer(488, 'Not Acceptable Here');
    assert.equal(await refused, 'rejected');
    const lost = reasonOf(harness.platform.records.query(order()));
    harness.platform.forget(NVR);
    assert.equal(await lost, 'not-registered');
    assert.equal(harness.figure('yimu_gb_queries_waiting'), 0);
    assert.equal(await reasonOf(harness.platform.records.query(order())), 'not-registered');
  });

  it('is one question for all who ask the same at one time, and too long a period is none', async () => {
    const harness = await setting();
    const both = [harness.platform.records.query(order()), harness.platform.records.query(order())];
    const { sn } = question(harness);
    harness.message(NVR, body(sn, 0, []));
    await Promise.all(both);
    assert.equal(harness.sip.requests.length, 1);
    const long = harness.platform.records.query(order({ endMs: MIDNIGHT + 94 * DAY }));
    assert.equal(await reasonOf(long), 'exhausted');
  });
});
