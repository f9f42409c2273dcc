import assert from 'node:assert/strict';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { CoreError } from '../../../../bff/src/kernel/index.ts';
import { consoleApiRouter } from '../../../../bff/src/http/console-api/console-router.ts';
import { CHANNEL_GB_ID, type CoreOnFakes, coreOnFakes, GB_ID } from '../../../support/core/core-bench.ts';
import { withHttp } from '../../../support/http-server.ts';
import { until } from '../../../support/until.ts';

const KEY = 'operator-key-of-the-tests';
const VOICE = '/channels/1/voice';
const TALK = '/channels/1/talk';
const MP3 = Buffer.of(0xff, 0xf3, 0x48, 0xc4);
const SECOND_OF_PCM = Buffer.alloc(16_000);

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

interface Api {
  readonly call: (
    method: string,
    path: string,
    sound?: Buffer<ArrayBuffer>,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Answer>;
  /** A request whose body is written piece by piece. */
  readonly speak: (
    path: string,
    headers?: Readonly<Record<string, string>>,
  ) => { readonly request: ClientRequest; readonly answer: Promise<Answer> };
}

async function withVoice(use: (api: Api, bench: CoreOnFakes) => Promise<void>): Promise<void> {
  const bench = await coreOnFakes();
  const { core, clock } = bench;
  await bench.addCamera();
  const router = consoleApiRouter({
    ...core,
    operatorKey: KEY,
    sessionKey: new Uint8Array(32).fill(1),
    clock,
  });
  await withHttp({ routers: [router], trustedProxies: [], clock }, async ({ url }) => {
    const base = `${url}/console-api/v1/devices/${GB_ID}`;
    const authorization = `Bearer ${KEY}`;
    await use(
      {
        call: async (method, path, sound, headers = {}) => {
          const response = await fetch(base + path, {
            method,
            headers: { authorization, ...headers },
            ...(sound === undefined ? {} : { body: sound }),
          });
          return answerOf(response.status, await response.text());
        },
        speak: (path, headers = { 'content-type': 'audio/pcm' }) => {
          const speaking = request(base + path, { method: 'POST', headers: { authorization, ...headers } });
          return { request: speaking, answer: answered(speaking) };
        },
      },
      bench,
    );
  });
  await core.stop();
  assert.equal(bench.figure('yimu_voice_talks'), 0);
  assert.equal(bench.clips.kept, 0);
  assert.equal(bench.media.talks.opened.size, 0);
}

function answerOf(status: number, text: string): Answer {
  return { status, body: (text === '' ? {} : JSON.parse(text)) as Answer['body'] };
}

async function answered(speaking: ClientRequest): Promise<Answer> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    speaking.on('response', resolve).on('error', reject);
  });
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return answerOf(response.statusCode ?? 0, Buffer.concat(chunks).toString());
}

function codeOf({ status, body }: Answer): readonly unknown[] {
  return [status, body['code']];
}

describe('operator routes of voice', () => {
  it('take a clip as the body, answer 202 when the device listens, and show how far it is', async () => {
    await withVoice(async ({ call }, { media, voice }) => {
      assert.deepEqual(await call('GET', VOICE), { status: 200, body: { talk: null } });
      const { status, body } = await call('POST', VOICE, MP3, { 'content-type': 'audio/mpeg' });
      assert.equal(status, 202);
      assert.deepEqual(
        [body['kind'], body['state'], body['form'], body['channelGbId']],
        ['clip', 'speaking', 'broadcast', CHANNEL_GB_ID],
      );
      assert.equal(voice.orders[0]?.targetGbId, CHANNEL_GB_ID);
      assert.deepEqual(
        [...media.talks.opened.values()],
        [{ kind: 'clip', clip: { path: '/clips/1', format: 'mp3', rateHz: 8_000 } }],
      );
      const { talk } = (await call('GET', VOICE)).body as {
        readonly talk: Readonly<Record<string, unknown>>;
      };
      assert.deepEqual([talk['talkId'], talk['saidMs']], [body['talkId'], 1_000]);
    });
  });

  for (const [type, format, rateHz] of [
    ['audio/pcm;rate=16000', 'pcm', 16_000],
    ['audio/pcm; channels=1; RATE=44100', 'pcm', 44_100],
    ['audio/wav', 'wav', 8_000],
    ['audio/mp4', 'm4a', 8_000],
    ['audio/aac', 'aac', 8_000],
  ] as const)
    it(`know a clip by its media type and rate: ${type}`, async () => {
      await withVoice(async ({ call }, { media }) => {
        assert.equal((await call('POST', VOICE, Buffer.from('abcd'), { 'content-type': type })).status, 202);
        const [source] = media.talks.opened.values();
        assert.deepEqual(source, { kind: 'clip', clip: { path: '/clips/1', format, rateHz } });
      });
    });

  it('tell how the last talk ended, and stop one that runs; stopping none is no fault', async () => {
    await withVoice(async ({ call }, { media, voice }) => {
      assert.equal((await call('DELETE', VOICE)).status, 204);
      const outcome = async (): Promise<unknown> => {
        const { talk } = (await call('GET', VOICE)).body as { readonly talk: { readonly outcome: string } };
        return talk.outcome;
      };
      await call('POST', VOICE, MP3);
      assert.equal((await call('DELETE', VOICE)).status, 204);
      assert.equal(voice.listeners[0]?.closed, true);
      assert.equal(await outcome(), 'stopped');
      await call('POST', VOICE, MP3);
      media.talks.end();
      await until('all is said', async () => (await outcome()) === 'said');
    });
  });

  it('refuse what is no sound, what is compressed, a rate that is none, and cameras that are not there', async () => {
    await withVoice(async ({ call }, { voice }) => {
      const refusals: readonly (readonly [path: string, headers: Readonly<Record<string, string>>])[] = [
        [VOICE, { 'content-type': 'image/gif' }],
        [VOICE, {}],
        [VOICE, { 'content-type': 'audio/pcm;rate=8k' }],
        [VOICE, { 'content-type': 'audio/pcm;rate=999999' }],
        [VOICE, { 'content-type': 'audio/mpeg', 'content-encoding': 'gzip' }],
        [TALK, { 'content-type': 'audio/pcm;rate=1' }],
        [TALK, { 'content-type': 'audio/pcm;rate=1000' }],
      ];
      for (const [path, headers] of refusals)
        assert.deepEqual(
          codeOf(await call('POST', path, Buffer.from('GIF89a'), headers)),
          [400, 'INVALID_ARGUMENT'],
          JSON.stringify(headers),
        );
      for (const no of ['2', '0', 'x'])
        for (const [method, what] of [
          ['POST', 'voice'],
          ['GET', 'voice'],
          ['DELETE', 'voice'],
          ['POST', 'talk'],
        ] as const)
          assert.deepEqual(
            codeOf(await call(method, `/channels/${no}/${what}`, method === 'POST' ? MP3 : undefined)),
            [404, 'CHANNEL_NOT_FOUND'],
          );
      assert.equal(voice.orders.length, 0, 'no device was troubled');
    });
  });

  it('refuse a second voice to the device while one runs, and what the device refuses', async () => {
    await withVoice(async ({ call }, { voice, signalling }) => {
      await call('POST', VOICE, MP3);
      assert.deepEqual(codeOf(await call('POST', VOICE, MP3)), [409, 'DEVICE_BUSY']);
      assert.deepEqual(codeOf(await call('POST', TALK, MP3)), [409, 'DEVICE_BUSY']);
      await call('DELETE', VOICE);
      voice.answer = () => Promise.reject(new CoreError('NOT_SUPPORTED_BY_DEVICE', 'no loudspeaker'));
      assert.deepEqual(codeOf(await call('POST', VOICE, MP3)), [501, 'NOT_SUPPORTED_BY_DEVICE']);
      signalling.goOffline(GB_ID);
      assert.deepEqual(codeOf(await call('POST', VOICE, MP3)), [409, 'DEVICE_OFFLINE']);
    });
  });

  it('say a live voice while it arrives, and answer how the talk ended', async () => {
    await withVoice(async ({ speak }, { media: { talks } }) => {
      const { request: speaking, answer } = speak(TALK, { 'content-type': 'audio/pcm;rate=16000' });
      speaking.write(SECOND_OF_PCM);
      const heard = (): number => talks.fed.reduce((sum, { length }) => sum + length, 0);
      await until('the first second', () => heard() === SECOND_OF_PCM.length);
      assert.deepEqual([...talks.opened.values()], [{ kind: 'live', rateHz: 16_000 }]);
      speaking.end(SECOND_OF_PCM);
      await until('the end', () => talks.finished.length === 1);
      assert.equal(heard(), 2 * SECOND_OF_PCM.length);
      talks.end();
      assert.deepEqual(await answer, { status: 200, body: { outcome: 'said' } });
    });
  });

  it('end a live voice whose device hangs up, and answer so although more arrives', async () => {
    await withVoice(async ({ speak }, { media: { talks }, voice }) => {
      const { request: speaking, answer } = speak(TALK);
      speaking.write(SECOND_OF_PCM);
      await until('it is heard', () => talks.fed.length > 0);
      voice.listeners[0]?.hangUp();
      speaking.write(SECOND_OF_PCM);
      assert.deepEqual(await answer, { status: 200, body: { outcome: 'hung-up' } });
      speaking.destroy();
    });
  });

  it('let the device go when the speaker breaks off, or is silent for ten seconds', async () => {
    for (const end of [
      (speaking: ClientRequest): Promise<void> => {
        speaking.destroy();
        return Promise.resolve();
      },
      async (_speaking: ClientRequest, { clock }: CoreOnFakes): Promise<void> => {
        await clock.advance(10_000);
      },
    ])
      await withVoice(async ({ speak, call }, bench) => {
        const { request: speaking, answer } = speak(TALK);
        speaking.write(SECOND_OF_PCM);
        await until('it is heard', () => bench.media.talks.fed.length > 0);
        const over = answer.catch(() => undefined);
        await end(speaking, bench);
        await over;
        await until('the device is let go', () => bench.voice.listeners[0]?.closed);
        const { talk } = (await call('GET', VOICE)).body as {
          readonly talk: Readonly<Record<string, unknown>>;
        };
        assert.deepEqual([talk['state'], talk['outcome']], ['over', 'stopped']);
      });
  });

  it('let nobody speak who is no operator', async () => {
    await withVoice(async ({ call }, { voice }) => {
      for (const [method, path] of [
        ['POST', VOICE],
        ['GET', VOICE],
        ['DELETE', VOICE],
        ['POST', TALK],
      ] as const) {
        const sound = method === 'POST' ? MP3 : undefined;
        const answer = await call(method, path, sound, { authorization: 'Bearer no.session.token' });
        assert.deepEqual(codeOf(answer), [401, 'UNAUTHENTICATED']);
      }
      assert.equal(voice.orders.length, 0);
    });
  });
});
