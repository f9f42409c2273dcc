import assert from 'node:assert/strict';
import type { Camera, StoredClip } from '../../../../bff/src/core/index.ts';
import { clipFormatOf } from '../../../../bff/src/core/voice/clip-format.ts';
import { CoreError } from '../../../../bff/src/kernel/index.ts';
import { type CoreOnFakes, coreOnFakes } from '../../../support/core/core-bench.ts';
import { hasCode } from '../../../support/core/has-code.ts';

const MP3 = Uint8Array.of(0xff, 0xf3, 0x48, 0xc4);

describe('talking to a camera', () => {
  let bench: CoreOnFakes;
  let camera: Camera;

  beforeEach(async () => {
    bench = await coreOnFakes({ settings: { maxTalkMs: 60_000, maxTalks: 2 } });
    camera = await bench.addCamera();
  });

  afterEach(async () => {
    await bench.core.stop();
  });

  function clip(): StoredClip {
    return bench.clips.clip(MP3);
  }

  function nothingLeft(): void {
    assert.equal(bench.figure('yimu_voice_talks'), 0);
    assert.equal(bench.clips.kept, 0);
    assert.equal(bench.media.talks.opened.size, 0);
    assert.ok(bench.voice.listeners.every(({ closed }) => closed));
  }

  async function outcome(): Promise<string | undefined> {
    await bench.clock.advance(0);
    return (await bench.core.voice.state(camera))?.outcome;
  }

  it('says a clip: opened first, the device called, spoken to, and let go when all is said', async () => {
    const view = await bench.core.voice.playClip(camera, clip());
    assert.deepEqual(
      { kind: view.kind, state: view.state, form: view.form, channelGbId: view.channelGbId },
      { kind: 'clip', state: 'speaking', form: 'broadcast', channelGbId: camera.channel.gbId },
    );
    const { talks } = bench.media;
    assert.deepEqual(
      [...talks.opened.values()],
      [{ kind: 'clip', clip: { path: '/clips/1', format: 'mp3', rateHz: 8_000 } }],
    );
    assert.equal(talks.bound[0]?.payloadType, 8);
    assert.deepEqual(talks.started, [view.talkId]);
    assert.equal(bench.voice.orders[0]?.targetGbId, camera.channel.gbId);
    assert.equal((await bench.core.voice.state(camera))?.saidMs, 1_000);
    talks.end();
    assert.equal(await outcome(), 'said');
    nothingLeft();
    assert.equal(bench.figure('yimu_voice_outcomes'), 1);
  });

  it('refuses a second talk to the device, and too many', async () => {
    await bench.core.voice.playClip(camera, clip());
    await assert.rejects(bench.core.voice.playClip(camera, clip()), hasCode('DEVICE_BUSY'));
    await assert.rejects(bench.core.voice.startTalk(camera, 8_000), hasCode('DEVICE_BUSY'));
    assert.equal(bench.clips.kept, 1);
    await bench.core.voice.stop(camera);
    nothingLeft();
  });

  it('refuses what is no sound, before the device is troubled', async () => {
    const unknown = bench.clips.clip(Buffer.from('GIF89a'));
    await assert.rejects(bench.core.voice.playClip(camera, unknown), hasCode('INVALID_ARGUMENT'));
    bench.media.talks.refuseOpen = new CoreError('INVALID_ARGUMENT', 'no sound');
    await assert.rejects(bench.core.voice.playClip(camera, clip()), hasCode('INVALID_ARGUMENT'));
    await assert.rejects(bench.core.voice.startTalk(camera, 100), hasCode('INVALID_ARGUMENT'));
    assert.equal(bench.voice.orders.length, 0);
    nothingLeft();
  });

  it('refuses with what the device says, and keeps nothing', async () => {
    bench.voice.answer = () => Promise.reject(new CoreError('NOT_SUPPORTED_BY_DEVICE', 'no loudspeaker'));
    await assert.rejects(bench.core.voice.playClip(camera, clip()), hasCode('NOT_SUPPORTED_BY_DEVICE'));
    assert.equal(await outcome(), 'failed');
    nothingLeft();
  });

  it('refuses when the device is offline', async () => {
    bench.signalling.goOffline(camera.device.gbId);
    await assert.rejects(bench.core.voice.playClip(camera, clip()), hasCode('DEVICE_OFFLINE'));
    nothingLeft();
  });

  it('ends when the device hangs up', async () => {
    await bench.core.voice.playClip(camera, clip());
    bench.voice.listeners[0]?.hangUp();
    assert.equal(await outcome(), 'hung-up');
    nothingLeft();
  });

  for (const [why, told] of [
    ['sound', 'unreadable'],
    ['transport', 'lost'],
  ] as const)
    it(`ends as ${told} when the media server loses the ${why}`, async () => {
      await bench.core.voice.playClip(camera, clip());
      bench.media.talks.lose(why);
      assert.equal(await outcome(), told);
      nothingLeft();
    });

  it('ends after the longest time', async () => {
    await bench.core.voice.playClip(camera, clip());
    await bench.clock.advance(60_000);
    assert.equal(await outcome(), 'time-limit');
    nothingLeft();
  });

  it('is stopped while the device is still called: nobody is called any more', async () => {
    let signal: AbortSignal | undefined;
    bench.voice.answer = (order) => {
      signal = order.signal;
      return new Promise((_resolve, reject) => {
        order.signal.addEventListener('abort', () => {
          reject(new CoreError('MEDIA_UNAVAILABLE', 'taken back'));
        });
      });
    };
    const playing = bench.core.voice.playClip(camera, clip());
    playing.catch(() => undefined);
    await bench.clock.advance(0);
    assert.equal((await bench.core.voice.state(camera))?.state, 'calling');
    await bench.core.voice.stop(camera);
    assert.equal(signal?.aborted, true);
    await assert.rejects(playing, hasCode('MEDIA_UNAVAILABLE'));
    assert.equal(await outcome(), 'stopped');
    nothingLeft();
  });

  it('gives up a device that listens only after it was stopped', async () => {
    let listens: () => void = () => undefined;
    bench.voice.answer = () =>
      new Promise<void>((resolve) => {
        listens = resolve;
      });
    const playing = bench.core.voice.playClip(camera, clip());
    playing.catch(() => undefined);
    await bench.clock.advance(0);
    await bench.core.voice.stop(camera);
    listens();
    await assert.rejects(playing, hasCode('MEDIA_UNAVAILABLE'));
    await bench.clock.advance(0);
    nothingLeft();
  });

  it('says a live voice chunk by chunk, and lets the device go when what waits is said', async () => {
    const live = await bench.core.voice.startTalk(camera, 16_000);
    await live.feed(Buffer.alloc(320));
    await assert.rejects(live.feed(Buffer.alloc(200_000)), hasCode('INVALID_ARGUMENT'));
    assert.equal(bench.media.talks.fed.length, 1);
    await live.finish();
    assert.deepEqual(bench.media.talks.finished, [live.talkId]);
    bench.media.talks.end();
    assert.equal(await live.over, 'said');
    await live.feed(Buffer.alloc(320));
    assert.equal(bench.media.talks.fed.length, 1);
    nothingLeft();
  });

  it('ends every talk when the server stops', async () => {
    await bench.core.voice.playClip(camera, clip());
    await bench.core.stop();
    nothingLeft();
  });

  it('forgets in the end how a talk ended, and knows of none before the first', async () => {
    assert.equal(await bench.core.voice.state(camera), undefined);
    await bench.core.voice.playClip(camera, clip());
    await bench.core.voice.stop(camera);
    await bench.clock.advance(600_001);
    assert.equal(await bench.core.voice.state(camera), undefined);
  });
});

describe('what a clip is', () => {
  const clips: readonly (readonly [
    string,
    readonly number[] | string,
    string | undefined,
    string | undefined,
  ])[] = [
    ['an ID3 tag', 'ID3\x03\0', undefined, 'mp3'],
    ['an ID3 tag before AAC, as it is said', 'ID3\x03\0', 'audio/aac', 'aac'],
    ['MPEG 1 layer 3', [0xff, 0xfb], 'application/octet-stream', 'mp3'],
    ['MPEG 2 layer 3', [0xff, 0xf3], undefined, 'mp3'],
    ['MPEG 2.5 layer 3', [0xff, 0xe3], undefined, 'mp3'],
    ['ADTS, said to be MP3', [0xff, 0xf1], 'audio/mpeg', 'aac'],
    ['MP4, said to be AAC by a phone', '\0\0\0\x18ftypM4A ', 'audio/aac', 'm4a'],
    ['RIFF', 'RIFF\0\0\0\0WAVEfmt ', undefined, 'wav'],
    ['PCM, when it is said', [0xff, 0xf3], 'audio/pcm', 'pcm'],
    ['something else, as it is said', 'abcd', 'Audio/MPEG', 'mp3'],
    ['something else', 'abcd', 'image/png', undefined],
    ['nothing', '', undefined, undefined],
  ];
  for (const [name, head, type, format] of clips)
    it(`${name}: ${String(format)}`, () => {
      assert.equal(
        clipFormatOf(typeof head === 'string' ? Buffer.from(head, 'latin1') : Uint8Array.from(head), type),
        format,
      );
    });
});
