import assert from 'node:assert/strict';
import { CoreError } from '../../../../bff/src/kernel/index.ts';
import { TicketSeal } from '../../../../bff/src/core/tickets/ticket-seal.ts';
import { channelGbId } from '../../../support/core/records.ts';
import { type CoreOnFakes, coreOnFakes, GB_ID } from '../../../support/core/core-bench.ts';

const HOUR_S = 3_600;

function isRefused(code: string): (error: unknown) => boolean {
  return (error) => error instanceof CoreError && error.code === code;
}

/** A core with one device of two channels. */
async function withRecorder(): Promise<CoreOnFakes> {
  const bench = await coreOnFakes();
  bench.signalling.catalog = () =>
    Promise.resolve({
      complete: true,
      entries: [1, 2].map((no) => ({
        channelGbId: channelGbId(no),
        name: '',
        manufacturer: undefined,
        model: undefined,
        online: true,
        ptzType: undefined,
      })),
    });
  await bench.core.devices.add({ gbId: GB_ID, passwordless: true });
  bench.signalling.comeOnline(GB_ID);
  await bench.clock.advance(1_000);
  return bench;
}

describe('tickets', () => {
  it('are 32 hexadecimal characters, which fit the scene of a mini-program code', async () => {
    const { core } = await withRecorder();
    const { ticket, expiresAtMs } = core.tickets.issue(core.devices.camera(GB_ID, { no: 1 }), HOUR_S);
    assert.match(ticket, /^[0-9a-f]{32}$/);
    assert.ok(Math.abs(expiresAtMs - core.nowMs() - HOUR_S * 1_000) <= 1_000);
    await core.stop();
  });

  it('are traded for a token that sees their one channel and nothing else', async () => {
    const { core } = await withRecorder();
    await core.devices.add({ gbId: '34020000001320000099', passwordless: true });
    const { ticket } = core.tickets.issue(core.devices.camera(GB_ID, { no: 2 }));
    const visit = core.tickets.redeem(ticket);
    assert.deepEqual([visit.deviceSerial, visit.channelNo], [core.devices.get(GB_ID).serial, 2]);
    assert.equal(visit.accessToken.length, 64);
    const sight = core.devicesOf(core.access.authenticate(visit.accessToken));
    assert.equal(sight.list({ offset: 0, limit: 10 }).total, 1);
    assert.deepEqual(
      sight.listCameras({ offset: 0, limit: 10 }).items.map(({ channel }) => channel.no),
      [2],
    );
    assert.equal(sight.camera(GB_ID, { no: 2 }).channel.no, 2);
    assert.throws(() => sight.camera(GB_ID, { no: 1 }), isRefused('CHANNEL_NOT_FOUND'));
    assert.throws(() => sight.get('34020000001320000099'), isRefused('DEVICE_NOT_FOUND'));
    await core.stop();
  });

  it('give the same token however often they are scanned', async () => {
    const { core } = await withRecorder();
    const { ticket } = core.tickets.issue(core.devices.camera(GB_ID, { no: 1 }));
    assert.equal(
      core.tickets.redeem(ticket).accessToken,
      core.tickets.redeem(ticket.toUpperCase()).accessToken,
    );
    await core.stop();
  });

  it('end, and their tokens with them', async () => {
    const { core, clock } = await withRecorder();
    const { ticket } = core.tickets.issue(core.devices.camera(GB_ID, { no: 1 }), HOUR_S);
    const { accessToken } = core.tickets.redeem(ticket);
    await clock.advance((HOUR_S - 5) * 1_000);
    assert.ok(core.access.authenticate(accessToken).devices?.has(GB_ID));
    await clock.advance(10_000);
    assert.throws(() => core.tickets.redeem(ticket), isRefused('GRANT_EXPIRED'));
    assert.throws(() => core.access.authenticate(accessToken), isRefused('TOKEN_EXPIRED'));
    await core.stop();
  });

  it('outlive their first token: a long ticket gets another', async () => {
    const { core, clock } = await withRecorder();
    const { ticket } = core.tickets.issue(core.devices.camera(GB_ID, { no: 1 }));
    const first = core.tickets.redeem(ticket).accessToken;
    await clock.advance(25 * 3_600_000);
    const second = core.tickets.redeem(ticket).accessToken;
    assert.notEqual(second, first);
    assert.ok(core.access.authenticate(second).devices?.has(GB_ID));
    await core.stop();
  });

  it('are void when their device is removed, altered, or made under another key', async () => {
    const { core } = await withRecorder();
    const camera = core.devices.camera(GB_ID, { no: 1 });
    const { ticket } = core.tickets.issue(camera);
    const altered = (ticket.startsWith('0') ? '1' : '0') + ticket.slice(1);
    const foreign = new TicketSeal(new Uint8Array(32).fill(9)).close({
      deviceId: camera.device.id,
      channelNo: 1,
      expiresAtS: 4_000_000_000,
    });
    for (const bad of [altered, foreign ?? '', '', 'a-ticket', '0'.repeat(32), `${ticket}00`])
      assert.throws(() => core.tickets.redeem(bad), isRefused('GRANT_INVALID'), bad);
    await core.devices.remove(GB_ID);
    assert.throws(() => core.tickets.redeem(ticket), isRefused('DEVICE_NOT_FOUND'));
    await core.stop();
  });

  it('have a life between a minute and 720 days, in whole seconds', async () => {
    const { core } = await withRecorder();
    const camera = core.devices.camera(GB_ID, { no: 1 });
    for (const lifeS of [59, 0, -1, 60.5, Number.NaN, 720 * 86_400 + 1])
      assert.throws(() => core.tickets.issue(camera, lifeS), isRefused('INVALID_ARGUMENT'), String(lifeS));
    assert.equal(core.tickets.issue(camera, 60).ticket.length, 32);
    await core.stop();
  });

  it('are refused while no application is enabled', async () => {
    const { core } = await withRecorder();
    const { ticket } = core.tickets.issue(core.devices.camera(GB_ID, { no: 1 }));
    for (const { appKey } of core.access.apps()) await core.access.setDisabled(appKey, true);
    assert.throws(() => core.tickets.redeem(ticket), isRefused('FORBIDDEN'));
    await core.stop();
  });
});

describe('the seal of tickets', () => {
  const seal = new TicketSeal(new Uint8Array(32).fill(1));

  it('opens to what was closed', () => {
    const facts = { deviceId: 4_294_967_295, channelNo: 65_535, expiresAtS: 4_294_967_295 };
    assert.deepEqual(seal.open(seal.close(facts) ?? ''), facts);
  });

  it('takes no number that does not fit', () => {
    const facts = { deviceId: 1, channelNo: 1, expiresAtS: 1 };
    assert.equal(seal.close({ ...facts, channelNo: 65_536 }), undefined);
    assert.equal(seal.close({ ...facts, deviceId: 2 ** 32 }), undefined);
    assert.equal(seal.close({ ...facts, expiresAtS: 2 ** 32 }), undefined);
  });
});
