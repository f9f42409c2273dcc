import assert from 'node:assert/strict';
import type { CatalogAnswer } from '../../../../bff/src/gb28181/index.ts';
import { CAMERA, catalogBody, NVR, PlatformHarness, snOf } from '../a-platform.ts';
import { aFlow } from '../fake-sip.ts';
import { bodyOf, fixture, withSn } from '../fixture.ts';
import { isSettled, reasonOf } from '../outcomes.ts';

const CHANNELS = ['34020000001320000001', '34020000001320000002', '34020000001370000001'];

interface Query {
  readonly harness: PlatformHarness;
  readonly sn: string;
  readonly answer: Promise<CatalogAnswer>;
  /** Hands in a part with the SN of the query. */
  readonly part: (channels: readonly string[], sum: number | undefined) => void;
}

async function aQuery(options: ConstructorParameters<typeof PlatformHarness>[0] = {}): Promise<Query> {
  const harness = await new PlatformHarness(options).start();
  harness.online(NVR);
  const answer = harness.platform.queryCatalog(NVR);
  answer.catch(() => undefined);
  await harness.clock.advance(0);
  const sn = snOf(harness.sip.lastRequest.body);
  harness.sip.lastRequest.answer(200);
  return {
    harness,
    sn,
    answer,
    part: (channels, sum) => {
      assert.equal(harness.message(NVR, catalogBody({ sn, sum, channels })).status, 200);
    },
  };
}

describe('a catalogue query', () => {
  it('is a MESSAGE to the device at the address from which it registered', async () => {
    const { harness, sn } = await aQuery();
    const { options, body } = harness.sip.lastRequest;
    assert.equal(options.method, 'MESSAGE');
    assert.equal(options.requestUri, `sip:${NVR}@198.51.100.7:31044`);
    assert.equal(options.from, 'sip:34020000002000000001@3402000000');
    assert.equal(options.to, `sip:${NVR}@3402000000`);
    assert.equal(options.contentType, 'Application/MANSCDP+xml');
    assert.equal(options.flow.key, aFlow().key);
    const form = bodyOf(fixture('gb28181/c1-catalog-query.sip')).toString('latin1').replace('17430', sn);
    assert.equal(body.replaceAll('\r\n', '\n').trim(), form.replaceAll('\r\n', '\n').trim());
  });

  it('declares GB18030 to a device of 2022', async () => {
    const harness = await new PlatformHarness().start();
    harness.online(NVR, aFlow(), [{ name: 'X-GB-Ver', value: '3.0' }]);
    harness.platform.queryCatalog(NVR).catch(() => undefined);
    await harness.clock.advance(0);
    assert.match(harness.sip.lastRequest.body, /encoding="GB18030"/);
    await harness.platform.close();
  });

  it('is complete when as many different channels came as were announced', async () => {
    const { answer, part, harness } = await aQuery();
    part(CHANNELS.slice(0, 2), 3);
    assert.equal(await isSettled(answer), false);
    part(CHANNELS.slice(2), 3);
    const { items, announced, complete } = await answer;
    assert.deepEqual(
      items.map(({ channelId }) => channelId),
      CHANNELS,
    );
    assert.deepEqual([announced, complete], [3, true]);
    assert.deepEqual(harness.figures('yimu_catalogs'), { complete: 1 });
    assert.equal(harness.figure('yimu_gb_queries_waiting'), 0);
  });

  it('reads the two parts of the message forms', async () => {
    const { answer, harness, sn } = await aQuery();
    for (const file of ['c3-catalog-part1.sip', 'c5-catalog-part2.sip']) {
      const body = bodyOf(fixture(`gb28181/${file}`))
        .toString('latin1')
        .replace('17430', sn);
      assert.equal(harness.message(NVR, Buffer.from(body, 'latin1')).status, 200);
    }
    const { items, complete } = await answer;
    assert.equal(complete, true);
    assert.deepEqual(
      items.map(({ name }) => name),
      ['大门口', '仓库', '门口喇叭'],
    );
  });

  it('is complete when as many items came, though some share an ID, which is told (Q33)', async () => {
    const { answer, part, harness } = await aQuery();
    part([CHANNELS[0]!, CHANNELS[0]!], 3);
    part([CHANNELS[1]!], 3);
    const { items, complete } = await answer;
    assert.equal(items.length, 2);
    assert.equal(complete, true);
    assert.equal(harness.figure('yimu_catalog_items_repeated'), 1);
  });

  it('counts a part that is sent again once', async () => {
    const { answer, part } = await aQuery();
    part(CHANNELS.slice(0, 2), 3);
    part(CHANNELS.slice(0, 2), 3);
    assert.equal(await isSettled(answer), false);
    part(CHANNELS.slice(2), 3);
    assert.equal((await answer).complete, true);
  });

  it('its parts are no burden on their source, once each; what nobody asked for is', async () => {
    const { answer, part, harness } = await aQuery();
    const unasked = catalogBody({ sn: '999999', sum: 3, channels: CHANNELS });
    harness.message(NVR, unasked);
    assert.deepEqual(harness.sip.credited, []);
    part(CHANNELS.slice(0, 1), 3);
    part(CHANNELS.slice(0, 1), 3);
    assert.equal(harness.sip.credited.length, 1, 'a part that is sent again earns nothing');
    part(CHANNELS.slice(1), 3);
    assert.equal((await answer).complete, true);
    assert.deepEqual(
      harness.sip.credited.map(({ key }) => key),
      [aFlow().key, aFlow().key],
    );
    part(CHANNELS, 3);
    assert.equal(harness.sip.credited.length, 2, 'nor does what comes when all is there');
  });

  it('is complete and empty when nothing is announced to come', async () => {
    const { answer, part } = await aQuery();
    part([], 0);
    assert.deepEqual(await answer, { items: [], announced: 0, complete: true });
  });

  it('ends after five seconds of silence, incomplete (Q59)', async () => {
    const { answer, part, harness } = await aQuery();
    part(CHANNELS.slice(0, 1), 3);
    await harness.clock.advance(4_900);
    part(CHANNELS.slice(1, 2), 3);
    await harness.clock.advance(4_900);
    assert.equal(await isSettled(answer), false);
    await harness.clock.advance(100);
    const { items, announced, complete } = await answer;
    assert.deepEqual([items.length, announced, complete], [2, 3, false]);
  });

  it('takes the parts of its own SN alone: those that another asked for, or nobody, do not mix in (Q60)', async () => {
    const { answer, harness, sn } = await aQuery();
    const first = bodyOf(fixture('gb28181/c3-catalog-part1.sip'));
    const last = bodyOf(fixture('gb28181/c5-catalog-part2.sip'));
    const another = String(Number(sn) + 1);
    for (const body of [withSn(first, sn), withSn(last, another)])
      assert.equal(harness.message(NVR, body).status, 200);
    assert.equal(await isSettled(answer), false);
    assert.equal(harness.message(NVR, withSn(last, sn)).status, 200);
    const { items, complete } = await answer;
    assert.deepEqual([items.map(({ channelId }) => channelId), complete], [CHANNELS, true]);
  });

  it('is never complete when the device does not say how many there are', async () => {
    const { answer, part, harness } = await aQuery();
    part(CHANNELS, undefined);
    await harness.clock.advance(5_000);
    const { items, complete } = await answer;
    assert.deepEqual([items.length, complete], [3, false]);
  });

  it('waits two minutes for the first part, then fails (Q59)', async () => {
    const { answer, harness } = await aQuery();
    await harness.clock.advance(119_000);
    // Signs of life, lest the device go offline before.
    assert.equal(harness.keepalive(NVR).status, 200);
    assert.equal(await isSettled(answer), false);
    await harness.clock.advance(1_000);
    assert.deepEqual(await reasonOf(answer), ['timeout', undefined]);
  });

  it('ends after ten minutes, however slowly the parts trickle', async () => {
    const { answer, part, harness } = await aQuery();
    for (let count = 0; count < 150 && !(await isSettled(answer)); count += 1) {
      part([`3402000000132${String(count).padStart(7, '0')}`], 10_000);
      await harness.clock.advance(4_500);
    }
    assert.equal((await answer).complete, false);
    assert.equal(harness.figure('yimu_gb_queries_waiting'), 0);
  });

  it('takes no more items than it may, and is not complete then', async () => {
    const { answer, part } = await aQuery({ limits: { maxCatalogItems: 2 } });
    part(CHANNELS, 3);
    const { items, complete } = await answer;
    assert.deepEqual([items.length, complete], [2, false]);
  });

  it('is complete with exactly as many items as it may take', async () => {
    const { answer, part, harness } = await aQuery({ limits: { maxCatalogItems: CHANNELS.length } });
    part(CHANNELS, CHANNELS.length);
    const { items, complete } = await answer;
    assert.deepEqual([items.length, complete], [CHANNELS.length, true]);
    assert.equal(harness.figure('yimu_catalog_items_refused'), 0);
  });

  it('leaves parts with another SN, and parts after the end, to be merged (Q34)', async () => {
    const { answer, part, harness, sn } = await aQuery();
    harness.message(NVR, catalogBody({ sn: Number(sn) + 1, sum: 1, channels: [CAMERA] }));
    assert.equal(harness.events.at(-1)?.[0], 'catalogPart');
    assert.equal(await isSettled(answer), false);
    part(CHANNELS, 3);
    await answer;
    part(CHANNELS.slice(0, 1), 1);
    assert.equal(harness.events.filter(([name]) => name === 'catalogPart').length, 2);
  });

  it('hears no other device in its place', async () => {
    const { answer, harness, sn } = await aQuery();
    harness.online(CAMERA, aFlow('203.0.113.9'));
    harness.message(CAMERA, catalogBody({ sn, sum: 1, channels: [CAMERA] }), aFlow('203.0.113.9'));
    assert.equal(await isSettled(answer), false);
    await harness.platform.close();
    assert.deepEqual(await reasonOf(answer), ['not-registered', undefined]);
  });

  it('is one for all who ask at the same time, and a new one afterwards', async () => {
    const { answer, part, harness, sn } = await aQuery();
    const joined = harness.platform.queryCatalog(NVR);
    part(CHANNELS, 3);
    assert.deepEqual(await joined, await answer);
    assert.equal(harness.sip.requests.length, 1);
    const next = harness.platform.queryCatalog(NVR);
    await harness.clock.advance(0);
    assert.notEqual(snOf(harness.sip.lastRequest.body), sn);
    await harness.platform.close();
    assert.deepEqual(await reasonOf(next), ['not-registered', undefined]);
  });

  it('fails when the device refuses, is not there, or goes away', async () => {
    const refusing = await new PlatformHarness().start();
    refusing.online(NVR);
    const refused = refusing.platform.queryCatalog(NVR);
    await refusing.clock.advance(0);
    refusing.sip.lastRequest.answer(405, 'Method Not Allowed');
    assert.deepEqual(await reasonOf(refused), ['rejected', 405]);

    assert.deepEqual(await reasonOf(refusing.platform.queryCatalog(CAMERA)), ['not-registered', undefined]);

    const { answer, harness } = await aQuery();
    harness.platform.forget(NVR);
    assert.deepEqual(await reasonOf(answer), ['not-registered', undefined]);
    assert.equal(harness.figure('yimu_gb_queries_waiting'), 0);
  });

  it('goes on when parts come though the query itself was answered by an error', async () => {
    const harness = await new PlatformHarness().start();
    harness.online(NVR);
    const answer = harness.platform.queryCatalog(NVR);
    await harness.clock.advance(0);
    const sn = snOf(harness.sip.lastRequest.body);
    harness.message(NVR, catalogBody({ sn, sum: 2, channels: CHANNELS.slice(0, 1) }));
    harness.sip.lastRequest.answer(500, 'Server Error');
    await harness.clock.advance(0);
    harness.message(NVR, catalogBody({ sn, sum: 2, channels: CHANNELS.slice(1, 2) }));
    assert.equal((await answer).complete, true);
  });
});
