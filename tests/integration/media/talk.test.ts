import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import type { TalkWay } from '../../../bff/src/core/index.ts';
import { toneToNoiseDb } from '../../support/media/ear.ts';
import { RunningEngine } from '../../support/media/running-engine.ts';
import { VoiceEar } from '../../support/media/voice-ear.ts';
import { until } from '../../support/until.ts';

const CLIPS = fileURLToPath(new URL('../../fixtures/voice/', import.meta.url));
const SSRC = 200_000_099;

describe('talking to a device out of the media thread', function () {
  this.timeout(30_000);
  let engine: RunningEngine;
  const ears: VoiceEar[] = [];
  const told: string[] = [];

  beforeEach(async () => {
    told.length = 0;
    engine = await RunningEngine.start();
    engine.media.talks.on('ended', (talkId) => told.push(`${talkId} ended`));
    engine.media.talks.on('lost', (talkId, why) => told.push(`${talkId} lost ${why}`));
  });

  afterEach(async () => {
    for (const ear of ears.splice(0)) ear.close();
    await engine.stop();
  });

  function way(overrides: Partial<TalkWay>): TalkWay {
    return {
      transport: 'udp',
      remote: undefined,
      trustedAddress: '127.0.0.1',
      codec: 'pcma',
      payloadType: 8,
      ssrc: SSRC,
      ...overrides,
    };
  }

  async function openClip(name = 'tone-1k.mp3'): Promise<void> {
    const format = name.endsWith('pcm') ? 'pcm' : 'mp3';
    await engine.media.talks.open('t', { kind: 'clip', clip: { path: CLIPS + name, format, rateHz: 8_000 } });
  }

  async function idle(): Promise<void> {
    await engine.untilMetric('yimu_talks', 0);
    await engine.untilMetric('yimu_rtp_ports_in_use', 0);
  }

  function heard(ear: VoiceEar): void {
    const first = ear.packets[0];
    assert.ok(first !== undefined);
    for (const [n, packet] of ear.packets.entries()) {
      assert.equal(packet.length, 172);
      assert.equal(packet.readUInt32BE(8), SSRC);
      assert.equal(packet.readUInt16BE(2), (first.readUInt16BE(2) + n) & 0xffff);
      assert.equal(packet.readUInt32BE(4), (first.readUInt32BE(4) + n * 160) >>> 0);
    }
    assert.ok(ear.packets.length >= 40 && ear.packets.length <= 46, `${String(ear.packets.length)} packets`);
    assert.ok(toneToNoiseDb(ear.samples.slice(1_600, 5_600), 1_000) > 33);
    const tookMs = (ear.cameAtMs.at(-1) ?? 0) - (ear.cameAtMs[0] ?? 0);
    assert.ok(tookMs >= (ear.packets.length - 1) * 20 - 60, `all within ${String(tookMs)} ms`);
  }

  it('sends a clip in datagrams, 20 ms each, and tells its end', async () => {
    const ear = await VoiceEar.udp();
    ears.push(ear);
    await openClip();
    const { port } = await engine.media.talks.bind(
      't',
      way({ remote: { address: '127.0.0.1', port: ear.port } }),
    );
    assert.notEqual(port, 9);
    await engine.media.talks.start('t', undefined);
    await until('the end', () => told.includes('t ended'));
    heard(ear);
    assert.equal(await engine.media.talks.progress('t'), undefined);
    await idle();
    assert.ok(engine.metric('yimu_talk_packets') >= 40);
  });

  it('sends to a device that dials, in the framing of RFC 4571, and to nobody from elsewhere', async () => {
    await openClip();
    const { port } = await engine.media.talks.bind('t', way({ transport: 'tcp-passive' }));
    await engine.media.talks.start('t', undefined);
    const stranger = VoiceEar.dialling(port, '127.0.0.9');
    ears.push(stranger);
    await until('the stranger is cut', () => stranger.gone);
    const ear = VoiceEar.dialling(port);
    ears.push(ear);
    await until('the end', () => told.includes('t ended'));
    await until('the last packet', () => ear.gone);
    heard(ear);
    assert.equal(stranger.packets.length, 0);
    await idle();
  });

  it('dials a device that waits, once it is known where', async () => {
    const ear = await VoiceEar.listening();
    ears.push(ear);
    await openClip();
    const { port } = await engine.media.talks.bind('t', way({ transport: 'tcp-active' }));
    assert.equal(port, 9);
    await engine.media.talks.start('t', { address: '127.0.0.1', port: ear.port });
    await until('the end', () => told.includes('t ended'));
    heard(ear);
    await idle();
  });

  it('says a live voice chunk by chunk, silence between, and hears the device', async () => {
    const ear = await VoiceEar.udp();
    ears.push(ear);
    await engine.media.talks.open('t', { kind: 'live', rateHz: 16_000 });
    const { port } = await engine.media.talks.bind(
      't',
      way({ remote: { address: '127.0.0.1', port: ear.port } }),
    );
    await engine.media.talks.start('t', undefined);
    await until('silence', () => ear.packets.length > 3);
    ear.speak(port);
    const chunk = Buffer.alloc(2 * 1_600);
    for (let i = 0; i < 1_600; i += 1)
      chunk.writeInt16LE(Math.round(8_000 * Math.sin((2 * Math.PI * 500 * i) / 16_000)), i * 2);
    for (let n = 0; n < 5; n += 1) await engine.media.talks.feed('t', chunk);
    await until(
      'the device is heard',
      async () => ((await engine.media.talks.progress('t'))?.heard ?? 0) > 0,
    );
    await engine.media.talks.finish('t');
    await until('the end', () => told.includes('t ended'));
    const loud = ear.samples.filter((sample) => Math.abs(sample) > 8);
    assert.ok(loud.length >= 3_400 && loud.length <= 4_000, `${String(loud.length)} samples`);
    await idle();
  });

  it('reaches a device behind a NAT where its own packets come from, and lets no stranger draw the voice away', async () => {
    const named = await VoiceEar.udp();
    const real = await VoiceEar.udp();
    ears.push(named, real);
    await engine.media.talks.open('t', { kind: 'live', rateHz: 8_000 });
    const { port } = await engine.media.talks.bind(
      't',
      way({ remote: { address: '127.0.0.1', port: named.port }, trustedAddress: '127.0.0.1' }),
    );
    await engine.media.talks.start('t', undefined);
    await until('silence', () => named.packets.length > 0);
    real.speak(port);
    await until('the voice follows', () => real.packets.length > 0);
    await engine.media.talks.close('t');
    await idle();
  });

  it('is lost when the device cuts the connection, and when its sound cannot be read on', async () => {
    await openClip();
    const { port } = await engine.media.talks.bind('t', way({ transport: 'tcp-passive' }));
    await engine.media.talks.start('t', undefined);
    const ear = VoiceEar.dialling(port);
    await until('some packets', () => ear.packets.length > 2);
    ear.close();
    await until('the loss', () => told.includes('t lost transport'));
    await idle();
  });

  it('refuses what is no sound, a second talk of the same name, and talks that are not there', async () => {
    const { talks } = engine.media;
    await assert.rejects(
      talks.open('x', { kind: 'clip', clip: { path: `${CLIPS}tone-1k.pcm`, format: 'wav', rateHz: 8_000 } }),
      { code: 'INVALID_ARGUMENT' },
    );
    await assert.rejects(talks.open('x', { kind: 'live', rateHz: 1 }), { code: 'INVALID_ARGUMENT' });
    await openClip();
    await assert.rejects(openClip(), { code: 'CONFLICT' });
    await assert.rejects(talks.start('t', undefined), { code: 'CONFLICT' });
    await assert.rejects(talks.feed('t', Buffer.alloc(2)), { code: 'CONFLICT' });
    await assert.rejects(talks.bind('y', way({})), { code: 'STREAM_NOT_FOUND' });
    await talks.bind('t', way({}));
    await talks.bind('t', way({ transport: 'tcp-passive' }));
    await engine.untilMetric('yimu_rtp_ports_in_use', 1);
    await talks.close('t');
    await talks.close('t');
    await idle();
  });
});
