import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { samplesOfALaw, toneToNoiseDb } from '../../support/media/ear.ts';
import { attachDevice, type ListedDevice, type RecordedDevice } from '../../support/recorded-device.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { until } from '../../support/until.ts';

const CLIPS = fileURLToPath(new URL('../../fixtures/voice/', import.meta.url));
const PASSWORD = 'Gb28181-demo';
const MP3 = 'audio/mpeg';

type DeviceOptions = Partial<Parameters<typeof attachDevice>[1]>;

interface Answer {
  readonly status: number;
  readonly body: {
    readonly code?: string;
    readonly state?: string;
    readonly form?: string;
    readonly outcome?: string;
    readonly talk?: { readonly state: string; readonly outcome?: string; readonly saidMs?: number } | null;
  };
}

describe('clips to the loudspeakers of simulated devices, through the whole server', function () {
  this.timeout(60_000);
  let server: ServerProcess;
  let serial = 0;
  const devices: RecordedDevice[] = [];

  before(async () => {
    server = await ServerProcess.start();
  });

  after(async () => {
    await Promise.all(devices.map((device) => device.stop()));
    await server.stop();
  });

  async function attach(
    options: DeviceOptions = {},
  ): Promise<{ readonly device: RecordedDevice; readonly listed: ListedDevice }> {
    serial += 1;
    const gbId = `3402000000132000${String(1_000 + serial)}`;
    const attached = await attachDevice(server, { gbId, password: PASSWORD, ...options });
    devices.push(attached.device);
    return attached;
  }

  async function ask(
    method: string,
    { gbId }: ListedDevice,
    options: { readonly route?: string; readonly type?: string; readonly body?: BodyInit } = {},
  ): Promise<Answer> {
    const { url, key } = server.control;
    const response = await fetch(
      `${url}/console-api/v1/devices/${gbId}/channels/1/${options.route ?? 'voice'}`,
      {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(options.type === undefined ? {} : { 'content-type': options.type }),
        },
        ...(options.body === undefined ? {} : { body: options.body, duplex: 'half' }),
      },
    );
    const text = await response.text();
    return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Answer['body'] };
  }

  async function say(listed: ListedDevice, name = 'tone-1k.mp3', type = MP3): Promise<Answer> {
    return await ask('POST', listed, { type, body: readFileSync(CLIPS + name) });
  }

  async function outcome(listed: ListedDevice): Promise<string> {
    return await until('the talk is over', async () => {
      const { talk } = (await ask('GET', listed)).body;
      return talk?.state === 'over' ? talk.outcome : undefined;
    });
  }

  /** 0.8 s of 1 kHz, in order, in packets of 20 ms. */
  function assertHeard(device: RecordedDevice): void {
    const { heard } = device;
    assert.ok(heard);
    assert.ok(heard.packets >= 40 && heard.packets <= 46, `${String(heard.packets)} packets`);
    assert.deepEqual([heard.gaps, heard.wrongStamps, heard.payloadType, heard.packetBytes], [0, 0, 8, 160]);
    const db = toneToNoiseDb(samplesOfALaw(heard.codes).slice(1_600, 5_600), 1_000);
    assert.ok(db > 30, `${String(db)} dB`);
  }

  async function nothingLeft(): Promise<void> {
    for (const gauge of [
      'yimu_talks',
      'yimu_voice_talks',
      'yimu_voice_lines',
      'yimu_rtp_ports_in_use',
      'yimu_ssrc_in_use',
      'yimu_sip_dialogs',
    ])
      await until(`${gauge} is 0`, async () => (await server.metrics()).get(gauge) === 0);
    await until('no clip is left', () => readdirSync(join(server.dataDir, 'clips')).length === 0);
  }

  for (const voice of ['udp', 'tcp-active', 'tcp-passive'] as const)
    it(`are heard over ${voice} as they were made, and the device is let go at the end`, async () => {
      const { device, listed } = await attach({ voice });
      const answer = await say(listed);
      assert.equal(answer.status, 202);
      assert.deepEqual([answer.body.state, answer.body.form], ['speaking', 'broadcast']);
      assert.equal(await outcome(listed), 'said');
      const over = await device.until('voice', ({ phase }) => phase === 'over');
      assert.equal(over.by, 'platform');
      assert.equal(over.target, listed.channels[0]?.gbId);
      assertHeard(device);
      await nothingLeft();
    });

  const formats: readonly (readonly [string, string])[] = [
    ['tone-1k-44k-stereo.mp3', 'application/octet-stream'],
    ['tone-1k.wav', 'audio/wav'],
    ['tone-1k.pcm', 'audio/pcm;rate=8000'],
    ['tone-1k.aac', 'audio/aac'],
    ['tone-1k.m4a', 'audio/mp4'],
  ];
  for (const [name, type] of formats)
    it(`may be ${name} as ${type}`, async () => {
      const { device, listed } = await attach();
      assert.equal((await say(listed, name, type)).status, 202);
      assert.equal(await outcome(listed), 'said');
      assertHeard(device);
    });

  it('go by s=Talk to a device that refuses the Broadcast, which is heard too', async () => {
    const { device, listed } = await attach({ faults: ['voice-refused'] });
    const answer = await say(listed);
    assert.deepEqual([answer.status, answer.body.form], [202, 'talk']);
    assert.equal(await outcome(listed), 'said');
    assertHeard(device);
    assert.equal((await device.until('voice', ({ phase }) => phase === 'over')).form, 'talk');
    await nothingLeft();
  });

  it('are fetched by a device that never answers the Broadcast', async () => {
    const { device, listed } = await attach({ faults: ['voice-unanswered'] });
    assert.equal((await say(listed)).status, 202);
    assert.equal(await outcome(listed), 'said');
    assertHeard(device);
  });

  it('are refused while the device is talked to, and stopped when somebody says so', async () => {
    const { device, listed } = await attach();
    const long = Buffer.alloc(16_000 * 60);
    const type = 'audio/pcm;rate=8000';
    assert.equal((await ask('POST', listed, { type, body: long })).status, 202);
    const busy = await say(listed);
    assert.deepEqual([busy.status, busy.body.code], [409, 'DEVICE_BUSY']);
    await until('some is said', async () => ((await ask('GET', listed)).body.talk?.saidMs ?? 0) > 100);
    assert.equal((await ask('DELETE', listed)).status, 204);
    assert.equal(await outcome(listed), 'stopped');
    assert.equal((await device.until('voice', ({ phase }) => phase === 'over')).by, 'platform');
    await nothingLeft();
  });

  it('end when the device hangs up in the middle', async () => {
    const { listed } = await attach({ faults: ['voice-hang-up'] });
    assert.equal((await say(listed)).status, 202);
    assert.equal(await outcome(listed), 'hung-up');
    await nothingLeft();
  });

  it('are refused as the device refuses: both forms, or silence', async () => {
    const refusing = await attach({ faults: ['voice-refused', 'no-talk'] });
    const refused = await say(refusing.listed);
    assert.deepEqual([refused.status, refused.body.code], [502, 'DEVICE_REFUSED']);
    const busy = await attach({ faults: ['voice-refused', 'busy'] });
    assert.equal((await say(busy.listed)).body.code, 'DEVICE_BUSY');
    await nothingLeft();
  });

  it('give up on a device that consents and fetches nothing', async () => {
    const { listed } = await attach({ faults: ['voice-not-fetched', 'no-talk'] });
    const answer = await say(listed);
    assert.deepEqual([answer.status, answer.body.code], [502, 'DEVICE_REFUSED']);
    await nothingLeft();
  });

  it('are refused when they are no sound, too long, or for nobody', async () => {
    const { listed } = await attach();
    for (const [type, body] of [
      ['image/gif', 'GIF89a'],
      [MP3, 'no sound at all'],
      ['audio/wav', 'RIFF\0\0\0\0WAVEfmt '],
      [MP3, ''],
      ['audio/pcm;rate=1', 'xx'],
    ] as const) {
      const answer = await ask('POST', listed, { type, body });
      assert.deepEqual([type, answer.status, answer.body.code], [type, 400, 'INVALID_ARGUMENT']);
    }
    const tooLong = await ask('POST', listed, { type: MP3, body: Buffer.alloc(67_108_865) });
    assert.deepEqual([tooLong.status, tooLong.body.code], [400, 'INVALID_ARGUMENT']);
    const nobody = { ...listed, gbId: '34020000001320009999' };
    assert.equal((await say(nobody)).body.code, 'DEVICE_NOT_FOUND');
    assert.equal((await ask('DELETE', listed)).status, 204);
    assert.equal((await ask('GET', listed)).body.talk?.outcome, 'failed');
    await nothingLeft();
  });

  it('may be spoken live: what arrives is said as it comes', async () => {
    const { device, listed } = await attach();
    const pcm = readFileSync(`${CLIPS}tone-1k.pcm`);
    async function* spoken(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < pcm.length; at += 640) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        yield pcm.subarray(at, at + 640);
      }
    }
    const body = Readable.toWeb(Readable.from(spoken())) as unknown as BodyInit;
    const answer = await ask('POST', listed, { route: 'talk', type: 'audio/pcm;rate=8000', body });
    assert.deepEqual([answer.status, answer.body.outcome], [200, 'said']);
    const { heard } = device;
    assert.ok(heard && heard.packets >= 40);
    assert.equal(heard.gaps, 0);
    const loud = samplesOfALaw(heard.codes).filter((sample) => Math.abs(sample) > 8);
    assert.ok(loud.length > 4_500, `${String(loud.length)} samples`);
    await nothingLeft();
  });
});
