import assert from 'node:assert/strict';
import type { SnapshotResult } from '../../../../bff/src/core/snapshots/snapshots.ts';
import { type CoreOnFakes, coreOnFakes, GB_ID } from '../../../support/core/core-bench.ts';
import { hasCode } from '../../../support/core/has-code.ts';

const JPEG = Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0xff, 0xd9]);

interface Ordered extends CoreOnFakes {
  readonly result: Promise<SnapshotResult>;
  readonly token: string;
  readonly sessionId: string;
}

async function ordered(count = 2): Promise<Ordered> {
  const made = await coreOnFakes();
  const camera = await made.addCamera();
  const result = made.core.inquiry.snapshots.take(camera, { count, intervalS: 1 });
  result.catch(() => undefined);
  await made.clock.advance(0);
  const written = made.inquiry.config.written[0]?.value as {
    readonly uploadUrl: string;
    readonly sessionId: string;
  };
  const found = /^http:\/\/192\.0\.2\.1:8080\/device-uploads\/([0-9a-f]{48})$/.exec(written.uploadUrl);
  assert.ok(found?.[1]);
  assert.match(written.sessionId, /^[0-9a-f]{32}$/);
  return { ...made, result, token: found[1], sessionId: written.sessionId };
}

describe('pictures on demand', () => {
  it('are there when the device says that it is done', async () => {
    const made = await ordered();
    const { core, inquiry, result, token, sessionId } = made;
    const { snapshots } = core.inquiry;
    assert.equal(await snapshots.receive(token, JPEG), true);
    assert.equal(await snapshots.receive(token, JPEG), true);
    inquiry.config.tellFinished({ deviceGbId: GB_ID, sessionId, fileIds: ['a', 'b'] });
    const { pictures, fileIds, complete } = await result;
    assert.deepEqual([pictures.length, fileIds, complete], [2, ['a', 'b'], true]);
    assert.deepEqual(await snapshots.picture(pictures[0]?.name ?? ''), JPEG);
    assert.equal(made.figure('yimu_snapshot_orders'), 0);
    assert.equal(snapshots.awaits(token), false);
  });

  it('are taken when the notice overtakes them, or never comes', async () => {
    const early = await ordered(1);
    early.inquiry.config.tellFinished({ deviceGbId: GB_ID, sessionId: early.sessionId, fileIds: ['a'] });
    await early.clock.advance(1_000);
    await early.core.inquiry.snapshots.receive(early.token, JPEG);
    assert.equal((await early.result).complete, true);

    const mute = await ordered(1);
    await mute.core.inquiry.snapshots.receive(mute.token, JPEG);
    await mute.clock.advance(5_000);
    const { complete, fileIds } = await mute.result;
    assert.deepEqual([complete, fileIds], [true, undefined]);
  });

  it('fewer than ordered are told as such, none is a failure', async () => {
    const some = await ordered(2);
    await some.core.inquiry.snapshots.receive(some.token, JPEG);
    some.inquiry.config.tellFinished({ deviceGbId: GB_ID, sessionId: some.sessionId, fileIds: ['a'] });
    assert.equal((await some.result).complete, false);

    const none = await ordered(2);
    none.inquiry.config.tellFinished({ deviceGbId: GB_ID, sessionId: none.sessionId, fileIds: [] });
    await none.clock.advance(5_000);
    await assert.rejects(none.result, hasCode('DEVICE_REFUSED'));

    const silent = await ordered(2);
    await silent.clock.advance(31_000);
    await assert.rejects(silent.result, hasCode('DEVICE_TIMEOUT'));
    assert.equal(silent.figure('yimu_snapshot_orders'), 0);
  });

  it('another device’s notice, a foreign session and one picture too many change nothing', async () => {
    const { core, inquiry, token, sessionId, clock, result } = await ordered(1);
    inquiry.config.tellFinished({ deviceGbId: '34020000001320000009', sessionId, fileIds: [] });
    inquiry.config.tellFinished({ deviceGbId: GB_ID, sessionId: 'x', fileIds: [] });
    const { snapshots } = core.inquiry;
    assert.equal(await snapshots.receive('0'.repeat(48), JPEG), false);
    assert.deepEqual(await Promise.all([snapshots.receive(token, JPEG), snapshots.receive(token, JPEG)]), [
      true,
      false,
    ]);
    await clock.advance(5_000);
    assert.equal((await result).pictures.length, 1);
  });

  it('a device that refuses leaves no order behind, nor does a full disk end the server', async () => {
    const made = await coreOnFakes();
    const camera = await made.addCamera();
    made.inquiry.config.failure = new Error('a fault');
    await assert.rejects(made.core.inquiry.snapshots.take(camera, { count: 1, intervalS: 1 }), /a fault/);
    assert.equal(made.figure('yimu_snapshot_orders'), 0);
    const full = await ordered(1);
    full.inquiry.snapshots.failure = new Error('ENOSPC');
    await assert.rejects(full.core.inquiry.snapshots.receive(full.token, JPEG), hasCode('STORAGE_FAILED'));
    full.inquiry.snapshots.failure = undefined;
    assert.equal(await full.core.inquiry.snapshots.receive(full.token, JPEG), true, 'it may try again');
  });

  it('no more than four orders wait for one device; orders out of range are refused', async () => {
    const made = await coreOnFakes();
    const camera = await made.addCamera();
    const { snapshots } = made.core.inquiry;
    for (let at = 0; at < 4; at += 1)
      snapshots.take(camera, { count: 1, intervalS: 1 }).catch(() => undefined);
    await assert.rejects(snapshots.take(camera, { count: 1, intervalS: 1 }), hasCode('DEVICE_BUSY'));
    for (const order of [
      { count: 0, intervalS: 1 },
      { count: 11, intervalS: 1 },
      { count: 1.5, intervalS: 1 },
      { count: 1, intervalS: 0 },
    ])
      await assert.rejects(snapshots.take(camera, order), hasCode('INVALID_ARGUMENT'));
    made.inquiry.base = undefined;
    await assert.rejects(snapshots.take(camera, { count: 1, intervalS: 1 }), hasCode('MEDIA_UNAVAILABLE'));
    made.signalling.goOffline(GB_ID);
    const gone = made.core.devices.camera(GB_ID, { no: 1 });
    await assert.rejects(snapshots.take(gone, { count: 1, intervalS: 1 }), hasCode('DEVICE_OFFLINE'));
  });
});
