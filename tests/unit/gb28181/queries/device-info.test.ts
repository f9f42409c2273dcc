import assert from 'node:assert/strict';
import { NVR, PlatformHarness, snOf } from '../a-platform.ts';
import { isSettled, reasonOf } from '../outcomes.ts';

describe('a DeviceInfo query', () => {
  const info = (sn: string, result = 'OK', fields = '<Manufacturer>Acme</Manufacturer>'): string =>
    `<?xml version="1.0"?><Response><CmdType>DeviceInfo</CmdType><SN>${sn}</SN><DeviceID>${NVR}</DeviceID><Result>${result}</Result>${fields}</Response>`;

  async function asked(): Promise<{
    readonly harness: PlatformHarness;
    readonly sn: string;
    readonly answer: ReturnType<PlatformHarness['platform']['queries']['deviceInfo']>;
  }> {
    const harness = await new PlatformHarness().start();
    harness.online(NVR);
    const answer = harness.platform.queries.deviceInfo(NVR);
    answer.catch(() => undefined);
    await harness.clock.advance(0);
    harness.sip.lastRequest.answer(200);
    return { harness, sn: snOf(harness.sip.lastRequest.body), answer };
  }

  it('is answered by the MESSAGE with its SN', async () => {
    const { harness, sn, answer } = await asked();
    assert.match(harness.sip.lastRequest.body, /<CmdType>DeviceInfo<\/CmdType>/);
    harness.message(NVR, info('0'));
    assert.equal(await isSettled(answer), false);
    const joined = harness.platform.queries.deviceInfo(NVR);
    harness.message(NVR, info(sn));
    assert.equal((await answer).manufacturer, 'Acme');
    assert.deepEqual(await joined, await answer);
    assert.equal(harness.sip.requests.length, 1);
    assert.equal(harness.clock.pending, 1, 'nothing but the timer of the device table');
  });

  it('fails when the device reports an error, says nothing, or goes away', async () => {
    const error = await asked();
    error.harness.message(NVR, info(error.sn, 'ERROR', ''));
    assert.deepEqual(await reasonOf(error.answer), ['rejected', undefined]);
    const silent = await asked();
    await silent.harness.clock.advance(10_000);
    assert.deepEqual(await reasonOf(silent.answer), ['timeout', undefined]);
    const gone = await asked();
    gone.harness.platform.forget(NVR);
    assert.deepEqual(await reasonOf(gone.answer), ['not-registered', undefined]);
  });
});
