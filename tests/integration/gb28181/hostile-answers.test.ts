import assert from 'node:assert/strict';
import type { CatalogAnswer } from '../../../bff/src/gb28181/index.ts';
import { hasReason } from '../../support/gb-reason.ts';
import { CAMERA, NVR, Stack } from './a-stack.ts';
import { nothingHeld } from './nothing-held.ts';
import { type RawDevice, snOf } from './raw-device.ts';

/** Seconds of waiting become tenths. */
const SHORT = {
  catalogFirstPartMs: 1_500,
  catalogSilenceMs: 400,
  messageTimeoutMs: 1_500,
  answerTimeoutMs: 1_500,
};

function channel(index: number): string {
  return `3402000000132${String(index).padStart(7, '0')}`;
}

function part(sn: string, sum: string, ids: readonly string[]): string {
  const items = ids.map((id) => `<Item><DeviceID>${id}</DeviceID><Name>${id}</Name></Item>`).join('');
  return `<Response><CmdType>Catalog</CmdType><SN>${sn}</SN><DeviceID>${NVR}</DeviceID>${sum}<DeviceList Num="${String(ids.length)}">${items}</DeviceList></Response>`;
}

const sumNum = (value: string | number): string => `<SumNum>${String(value)}</SumNum>`;

describe('answers that lie, over real sockets: nothing is stuck, nothing is mixed up', function () {
  this.timeout(60_000);
  let stack: Stack;
  let device: RawDevice;
  let timers: number;

  before(async () => {
    stack = await Stack.start(SHORT);
    timers = stack.clock.pending;
    device = await stack.online(NVR);
  });

  after(async () => {
    await stack.stop();
  });

  async function asked(): Promise<{ readonly answer: Promise<CatalogAnswer>; readonly sn: string }> {
    const answer = stack.platform.queryCatalog(NVR);
    answer.catch(() => undefined);
    return { answer, sn: snOf(await device.takeMessage('Catalog')) };
  }

  const ids = [channel(1), channel(2)];
  const lies: readonly (readonly [title: string, sum: string, complete: boolean])[] = [
    ['says more than ever come', sumNum(3), false],
    ['says four milliards', sumNum(4_294_967_295), false],
    ['says more than any number', sumNum('9'.repeat(400)), false],
    ['says less than there are', sumNum(1), true],
    ['says minus one', sumNum(-1), false],
    ['says a word', sumNum('many'), false],
    ['is not there', '', false],
    ['stands twice and differs', sumNum(2) + sumNum(7), true],
  ];
  for (const [title, sum, complete] of lies) {
    it(`SumNum ${title}: the catalogue ends ${complete ? 'complete' : 'by silence, incomplete'}`, async () => {
      const { answer, sn } = await asked();
      assert.equal((await device.tell(part(sn, sum, ids))).status, 200);
      const told = await answer;
      assert.deepEqual(
        told.items.map(({ channelId }) => channelId),
        ids,
      );
      assert.equal(told.complete, complete);
    });
  }

  it('SumNum zero and items all the same: they are what counts', async () => {
    const { answer, sn } = await asked();
    assert.equal((await device.tell(part(sn, sumNum(0), ids))).status, 200);
    assert.equal((await answer).items.length, 2);
  });

  it('SumNum that grows from part to part: the last word holds', async () => {
    const { answer, sn } = await asked();
    for (const [index, sum] of [3, 3, 4, 4].entries())
      assert.equal((await device.tell(part(sn, sumNum(sum), [channel(10 + index)]))).status, 200);
    const { items, complete } = await answer;
    assert.deepEqual([items.length, complete], [4, true]);
  });

  it('a part that comes a hundred times counts once', async () => {
    const { answer, sn } = await asked();
    // At once: a repeated part is no progress, and the query does not wait for ever.
    const replies = Array.from({ length: 100 }, () => device.tell(part(sn, sumNum(2), [channel(1)])));
    for (const { status } of await Promise.all(replies)) assert.equal(status, 200);
    assert.equal((await device.tell(part(sn, sumNum(2), [channel(2)]))).status, 200);
    const { items, complete } = await answer;
    assert.deepEqual([items.length, complete], [2, true]);
  });

  it('an answer under a foreign SN, under none, and under a negative one ends no query', async () => {
    const { answer, sn } = await asked();
    for (const foreign of [String(Number(sn) + 1), '0', '-1', '', '99999999999', `${sn}x`])
      assert.equal((await device.tell(part(foreign, sumNum(1), [channel(7)]))).status, 200);
    assert.equal((await device.tell(part(sn, sumNum(2), ids))).status, 200);
    assert.deepEqual(
      (await answer).items.map(({ channelId }) => channelId),
      ids,
    );
  });

  it('the answer of another device under the right SN ends no query', async () => {
    const other = await stack.online(CAMERA);
    const { answer, sn } = await asked();
    assert.equal((await other.tell(part(sn, sumNum(1), [channel(9)]))).status, 200);
    assert.equal((await device.tell(part(sn, sumNum(2), ids))).status, 200);
    assert.equal((await answer).items.length, 2);
    await other.register({ expires: 0 });
  });

  it('an answer to a question that is over is no answer', async () => {
    const { answer, sn } = await asked();
    assert.equal((await device.tell(part(sn, sumNum(2), ids))).status, 200);
    await answer;
    const before = stack.figures('yimu_catalogs')['complete'];
    assert.equal((await device.tell(part(sn, sumNum(2), ids))).status, 200);
    assert.equal(stack.figures('yimu_catalogs')['complete'], before);
  });

  it('an answer that comes before the 200 to the question ends it all the same', async () => {
    const answer = stack.platform.queryCatalog(NVR);
    const query = await device.peer.nextRequest('MESSAGE');
    assert.equal((await device.tell(part(snOf(query), sumNum(2), ids))).status, 200);
    assert.equal((await answer).complete, true);
    device.answer(query, '200 OK');
  });

  it('a device that takes every question and answers none: each ends by the clock', async () => {
    const { answer } = await asked();
    await assert.rejects(answer, hasReason('timeout'));
  });

  it('a device that refuses a question with every kind of status', async () => {
    for (const status of [
      '400 Bad Request',
      '403 Forbidden',
      '486 Busy Here',
      '503 Service Unavailable',
      '603 Decline',
    ]) {
      const answer = stack.platform.queryCatalog(NVR);
      answer.catch(() => undefined);
      device.answer(await device.peer.nextRequest('MESSAGE'), status);
      await assert.rejects(answer);
    }
  });

  it('holds nothing of all this at the end', async () => {
    await device.register({ expires: 0 });
    await nothingHeld(stack, timers);
  });
});
