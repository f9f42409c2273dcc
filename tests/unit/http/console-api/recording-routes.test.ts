import assert from 'node:assert/strict';
import { consoleApiRouter } from '../../../../bff/src/http/console-api/console-router.ts';
import { type CoreOnFakes, coreOnFakes, GB_ID } from '../../../support/core/core-bench.ts';
import { withHttp } from '../../../support/http-server.ts';

const KEY = 'operator-key-of-the-tests';
const MINUTE = 60_000;
const PERIOD = { device: GB_ID, channelNo: 1, beginMs: 0, endMs: 10 * MINUTE };

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}
type Call = (method: string, path: string, body?: unknown) => Promise<Answer>;

async function withRecordings(use: (call: Call, bench: CoreOnFakes) => Promise<void>): Promise<void> {
  const bench = await coreOnFakes();
  const { core, clock } = bench;
  await bench.addCamera();
  bench.records.have([0, 4 * MINUTE], [6 * MINUTE, 10 * MINUTE]);
  const router = consoleApiRouter({
    ...core,
    operatorKey: KEY,
    sessionKey: new Uint8Array(32).fill(1),
    clock,
  });
  await withHttp({ routers: [router], trustedProxies: [], clock }, async ({ url }) => {
    const call: Call = async (method, path, body) => {
      const response = await fetch(`${url}/console-api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${KEY}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Answer['body'] };
    };
    await use(call, bench);
  });
  await core.stop();
}

describe('operator routes of recordings', () => {
  it('list what a camera has recorded, of a kind', async () => {
    await withRecordings(async (call, { records }) => {
      const path = `/recordings?device=${GB_ID}&channelNo=1&beginMs=0&endMs=600000`;
      const { status, body } = await call('GET', `${path}&kind=alarm`);
      assert.equal(status, 200);
      assert.equal(records.asked.at(-1)?.kind, 'alarm');
      assert.deepEqual(body['segments'], [
        { beginMs: 0, endMs: 4 * MINUTE },
        { beginMs: 6 * MINUTE, endMs: 10 * MINUTE },
      ]);
      assert.deepEqual(Object.keys(body).sort(), ['complete', 'days', 'items', 'segments']);
      await call('GET', path);
      assert.equal(records.asked.at(-1)?.kind, 'all', 'without a kind: all');
    });
  });

  for (const [name, query] of [
    ['no period', `device=${GB_ID}&channelNo=1`],
    ['a period that ends before it begins', `device=${GB_ID}&channelNo=1&beginMs=2&endMs=1`],
    ['more than 92 days', `device=${GB_ID}&channelNo=1&beginMs=0&endMs=7948800001`],
    ['a kind that is none', `device=${GB_ID}&channelNo=1&beginMs=0&endMs=1000&kind=motion`],
    ['a word too many', `device=${GB_ID}&channelNo=1&beginMs=0&endMs=1000&x=1`],
    ['a channel that is no number', `device=${GB_ID}&channelNo=one&beginMs=0&endMs=1000`],
  ] as const)
    it(`refuse ${name}`, async () => {
      await withRecordings(async (call, { records }) => {
        const { status, body } = await call('GET', `/recordings?${query}`);
        assert.deepEqual([status, body['code']], [400, 'INVALID_ARGUMENT']);
        assert.equal(records.asked.length, 0);
      });
    });

  it('open a playback, show it, refuse to steer it before it runs, and close it', async () => {
    await withRecordings(async (call) => {
      const opened = await call('POST', '/playbacks', PERIOD);
      assert.equal(opened.status, 201);
      assert.match(
        String(opened.body['url']),
        /\/v3\/openpb\/[A-Z0-9]{9}_1_19700101080000_19700101081000\.flv\?/,
      );
      const path = `/playbacks/${String(opened.body['id'])}`;
      const { body } = await call('GET', path);
      assert.deepEqual([body['state'], body['positionMs'], body['scale']], ['waiting', 0, 1]);
      const early = await call('POST', `${path}/control`, { do: 'scale', scale: 2 });
      assert.deepEqual([early.status, early.body['code']], [404, 'STREAM_NOT_FOUND']);
      for (const order of [
        { do: 'rewind' },
        { do: 'seek' },
        { do: 'scale', scale: '2' },
        { do: 'scale', scale: 3 },
        { do: 'pause', now: true },
        { do: 'seek', toMs: 11 * MINUTE },
      ])
        assert.equal((await call('POST', `${path}/control`, order)).status, 400, JSON.stringify(order));
      assert.equal((await call('DELETE', path)).status, 204);
      assert.equal((await call('GET', path)).status, 404);
      assert.equal((await call('DELETE', path)).status, 404);
    });
  });

  it('steer a playback that runs', async () => {
    await withRecordings(async (call, { media, clock, signalling }) => {
      const { body } = await call('POST', '/playbacks', PERIOD);
      const watched = media.ask(String(body['url']));
      await clock.advance(10);
      const sessionId = media.opened.at(-1)?.sessionId ?? '';
      media.emit('sourceUp', sessionId, { video: 'h264', audio: undefined, width: 1, height: 1 });
      assert.ok((await watched).allow);
      media.emit('viewerJoined', sessionId, 'tag');
      const control = async (order: object): Promise<unknown> => {
        const answer = await call('POST', `/playbacks/${String(body['id'])}/control`, order);
        assert.equal(answer.status, 200, JSON.stringify(answer.body));
        const { state, positionMs, scale } = answer.body;
        return [state, positionMs, scale];
      };
      assert.deepEqual(await control({ do: 'pause' }), ['paused', 0, 1]);
      assert.deepEqual(await control({ do: 'seek', toMs: 2 * MINUTE }), ['playing', 2 * MINUTE, 1]);
      assert.deepEqual(await control({ do: 'scale', scale: -0.25 }), ['playing', 2 * MINUTE, -0.25]);
      assert.deepEqual(await control({ do: 'pause' }), ['paused', 2 * MINUTE, -0.25]);
      assert.deepEqual(await control({ do: 'resume' }), ['playing', 2 * MINUTE, -0.25]);
      assert.deepEqual(
        signalling.calls.at(-1)?.orders.map(({ do: what }) => what),
        ['pause', 'seek', 'scale', 'pause', 'resume'],
      );
    });
  });

  it('play and bring the stream that is asked for: 0 main, 1 sub, and no other', async () => {
    await withRecordings(async (call, { media, clock, signalling }) => {
      for (const path of ['/playbacks', '/downloads'])
        for (const streamNumber of [2, -1, '1'])
          assert.equal((await call('POST', path, { ...PERIOD, streamNumber })).status, 400);
      const { body } = await call('POST', '/playbacks', { ...PERIOD, streamNumber: 1 });
      const watched = media.ask(String(body['url']));
      await clock.advance(10);
      const sessionId = media.opened.at(-1)?.sessionId ?? '';
      media.emit('sourceUp', sessionId, { video: 'h264', audio: undefined, width: 1, height: 1 });
      assert.ok((await watched).allow);
      await call('POST', '/downloads', { ...PERIOD, streamNumber: 1 });
      await clock.advance(10);
      assert.deepEqual(
        signalling.invites.map(({ history, streamNumber }) => [history?.session, streamNumber]),
        [
          ['playback', 1],
          ['download', 1],
        ],
      );
    });
  });

  it('order a download, list it, hold its file back until it is done, give the file, and remove it', async () => {
    await withRecordings(async (call, { media, clock, signalling, downloadFiles }) => {
      for (const speed of [0, 17, 1.5])
        assert.equal((await call('POST', '/downloads', { ...PERIOD, speed })).status, 400);
      const ordered = await call('POST', '/downloads', PERIOD);
      const { id } = ordered.body;
      assert.deepEqual([ordered.status, ordered.body['speed']], [201, 4]);
      const path = `/downloads/${String(id)}`;
      const early = await call('GET', `${path}/file`);
      assert.deepEqual([early.status, early.body['code']], [409, 'CONFLICT']);
      const { downloads } = (await call('GET', '/downloads')).body as {
        readonly downloads: readonly { readonly id: string }[];
      };
      assert.deepEqual(
        downloads.map((download) => download.id),
        [id],
      );
      await clock.advance(10);
      const sessionId = media.opened.at(-1)?.sessionId ?? '';
      media.emit('sourceUp', sessionId, { video: 'h264', audio: undefined, width: 1, height: 1 });
      await clock.advance(10);
      for (const size of [1, 4]) {
        downloadFiles.sizes.set(String(id), size);
        signalling.calls.at(-1)?.endFile();
        await clock.advance(10);
      }
      assert.equal((await call('GET', path)).body['state'], 'done');
      assert.equal((await call('DELETE', path)).status, 204);
      assert.deepEqual(downloadFiles.removed, [id]);
      assert.equal((await call('GET', path)).status, 404);
      assert.equal((await call('GET', `${path}/file`)).status, 404);
    });
  });

  it('refuse a recording that is none, a camera that is none and a device that is gone', async () => {
    await withRecordings(async (call, { records, signalling }) => {
      const nobody = await call('POST', '/playbacks', { ...PERIOD, channelNo: 9 });
      assert.deepEqual([nobody.status, nobody.body['code']], [404, 'CHANNEL_NOT_FOUND']);
      records.have();
      for (const path of ['/playbacks', '/downloads']) {
        const none = await call('POST', path, PERIOD);
        assert.deepEqual([none.status, none.body['code']], [404, 'RECORDING_NOT_FOUND']);
      }
      signalling.goOffline(GB_ID);
      const gone = await call('POST', '/playbacks', PERIOD);
      assert.equal(gone.body['code'], 'DEVICE_OFFLINE');
    });
  });
});
