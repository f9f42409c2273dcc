import assert from 'node:assert/strict';
import { type Camera, SYSTEM_PRINCIPAL } from '../../../../bff/src/core/index.ts';
import { CoreError } from '../../../../bff/src/kernel/index.ts';
import { type CoreOnFakes, coreOnFakes } from '../../../support/core/core-bench.ts';

/** A camera whose live stream a viewer watches. */
async function watched(bench: CoreOnFakes): Promise<Camera> {
  const camera = await bench.addCamera();
  const { url } = bench.core.live.issueAddress({
    camera,
    quality: 1,
    principal: SYSTEM_PRINCIPAL,
    ttlS: undefined,
    host: 'yimu.example',
  });
  const asked = bench.media.ask(url);
  await bench.clock.advance(10);
  const { sessionId = '' } = bench.media.opened.at(-1) ?? {};
  bench.media.emit('sourceUp', sessionId, { video: 'h264', audio: undefined, width: 1, height: 1 });
  const decision = await asked;
  assert.ok(decision.allow);
  bench.media.emit('viewerJoined', sessionId, decision.tag);
  show(bench, 3);
  return camera;
}

function show(bench: CoreOnFakes, keyFrames: number): void {
  const { sessionId = '' } = bench.media.opened.at(-1) ?? {};
  const counts = { viewers: 1, bytesIn: 1, packetsIn: 1, packetsLost: 0, foreignSsrcPackets: 0 };
  bench.media.sessions = [{ sessionId, ...counts, tracks: undefined, keyFrames, mediaMs: 0, fileBytes: 0 }];
}

function spellings({ control }: CoreOnFakes): readonly unknown[] {
  return control.orders.map(({ command }) => ('spelling' in command ? command.spelling : command.do));
}

describe('a key frame that is asked for (GB/T 28181-2016 IFameCmd, -2022 IFrameCmd)', () => {
  it('is asked for once when the stream shows one within two seconds', async () => {
    const bench = await coreOnFakes();
    const camera = await watched(bench);
    await bench.core.control.camera(camera, { do: 'key-frame' });
    show(bench, 4);
    await bench.clock.advance(10_000);
    assert.deepEqual(spellings(bench), ['own']);
  });

  it('is asked for in the other spelling, once, when the stream shows none', async () => {
    const bench = await coreOnFakes();
    const camera = await watched(bench);
    await bench.core.control.camera(camera, { do: 'key-frame' });
    await bench.clock.advance(1_990);
    assert.deepEqual(spellings(bench), ['own']);
    await bench.clock.advance(20);
    assert.deepEqual(spellings(bench), ['own', 'other']);
    await bench.clock.advance(60_000);
    assert.deepEqual(spellings(bench), ['own', 'other']);
  });

  it('is asked for in the spelling that worked from then on, and in the other one when that fails again', async () => {
    const bench = await coreOnFakes();
    const camera = await watched(bench);
    const ask = async (): Promise<void> => {
      await bench.core.control.camera(camera, { do: 'key-frame' });
      await bench.clock.advance(2_010);
    };
    await ask();
    show(bench, 4);
    await bench.clock.advance(2_010);
    await ask();
    show(bench, 5);
    await bench.clock.advance(2_010);
    assert.deepEqual(spellings(bench), ['own', 'other', 'other', 'own']);
    await bench.core.control.camera(camera, { do: 'key-frame' });
    assert.equal(spellings(bench).at(-1), 'own');
  });

  it('a spelling after which no key frame came either is not remembered', async () => {
    const bench = await coreOnFakes();
    const camera = await watched(bench);
    for (let times = 0; times < 2; times += 1) {
      await bench.core.control.camera(camera, { do: 'key-frame' });
      await bench.clock.advance(10_000);
    }
    assert.deepEqual(spellings(bench), ['own', 'other', 'own', 'other']);
  });

  it('several who ask in those two seconds have the other spelling sent once', async () => {
    const bench = await coreOnFakes();
    const camera = await watched(bench);
    for (let times = 0; times < 3; times += 1) await bench.core.control.camera(camera, { do: 'key-frame' });
    await bench.clock.advance(10_000);
    assert.deepEqual(spellings(bench), ['own', 'own', 'own', 'other']);
  });

  it('of a camera that nobody watches is asked for once: there is nothing to see', async () => {
    const bench = await coreOnFakes();
    await bench.core.control.camera(await bench.addCamera(), { do: 'key-frame' });
    await bench.clock.advance(10_000);
    assert.deepEqual(spellings(bench), ['own']);
  });

  it('is asked for as told when a spelling is named', async () => {
    const bench = await coreOnFakes();
    const camera = await watched(bench);
    await bench.core.control.camera(camera, { do: 'key-frame', spelling: 'other' });
    await bench.clock.advance(10_000);
    assert.deepEqual(spellings(bench), ['other']);
  });

  it('a camera that refuses the other spelling, or is gone by then, disturbs nobody', async () => {
    const bench = await coreOnFakes();
    const camera = await watched(bench);
    await bench.core.control.camera(camera, { do: 'key-frame' });
    bench.control.refusal = new CoreError('DEVICE_OFFLINE', 'gone', {});
    await bench.clock.advance(10_000);
    assert.deepEqual(spellings(bench), ['own']);
  });
});
