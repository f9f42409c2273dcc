import assert from 'node:assert/strict';
import type { TracedMessage } from '../../../../bff/src/core/index.ts';
import { consoleApiRouter } from '../../../../bff/src/http/index.ts';
import { type CoreOnFakes, coreOnFakes, GB_ID } from '../../../support/core/core-bench.ts';
import { withHttp } from '../../../support/http-server.ts';
import { packetsOf } from '../../../support/pcap-reader.ts';

const KEY = 'key-of-the-tests';
const STRANGER = '34020000001320000099';

type Call = (method: string, path: string, body?: unknown) => Promise<Response>;

async function withDevice(use: (call: Call, bench: CoreOnFakes) => Promise<void>): Promise<void> {
  const bench = await coreOnFakes();
  const { core, clock, trace } = bench;
  await core.devices.add({ gbId: GB_ID, password: 'x' });
  trace.messages.set(GB_ID, [aMessage(1), aMessage(2), aMessage(3)]);
  trace.messages.set(STRANGER, [aMessage(4)]);
  const router = consoleApiRouter({
    devices: core.devices,
    access: core.access,
    tickets: core.tickets,
    trace: core.trace,
    history: core.history,
    voice: core.voice,
    profiles: core.profiles,
    inquiry: core.inquiry,
    control: core.control,
    catalogueTree: core.catalogueTree,
    ptz: core.ptz,
    cascade: core.cascade,
    alarms: core.alarms,
    positions: core.positions,
    presenceLog: core.presenceLog,
    subscriptions: core.subscriptions,
    operatorKey: KEY,
    sessionKey: new Uint8Array(32).fill(1),
    clock,
  });
  await withHttp({ routers: [router], clock }, async ({ url }) => {
    await use(
      async (method, path, body) =>
        await fetch(`${url}/console-api/v1${path}`, {
          method,
          headers: { authorization: `Bearer ${KEY}` },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
      bench,
    );
  });
  await core.stop();
}

function aMessage(seq: number): TracedMessage {
  const text = `MESSAGE sip:${String(seq)}@2 SIP/2.0\r\n\r\n大门`;
  const bytes = Buffer.from(text);
  return {
    ...{ seq, atMs: 1_768_442_430_000 + seq, direction: 'in', transport: 'udp' },
    ...{ remoteAddress: '198.51.100.7', remotePort: 31_044, localAddress: '2001:db8::1', localPort: 5_060 },
    ...{ octets: bytes.length + 1, bytes, text },
  };
}

describe('signal trace at the operator API', () => {
  it('is given as JSON, by ID or serial, after a message, since a time, and the newest only', async () => {
    await withDevice(async (call, { core }) => {
      const seqs = async (query: string, ref = GB_ID): Promise<readonly number[]> => {
        const response = await call('GET', `/devices/${ref}/trace${query}`);
        assert.equal(response.status, 200);
        const { messages } = (await response.json()) as { readonly messages: readonly TracedMessage[] };
        assert.ok(messages.every((message) => !('bytes' in message)));
        return messages.map(({ seq }) => seq);
      };
      assert.deepEqual(await seqs(''), [1, 2, 3]);
      assert.deepEqual(await seqs('', core.devices.get(GB_ID).serial), [1, 2, 3]);
      assert.deepEqual(await seqs('?after=1'), [2, 3]);
      assert.deepEqual(await seqs('?limit=1'), [3]);
      assert.deepEqual(await seqs('?since=1768442430002'), [2, 3]);
      assert.deepEqual(await seqs('', STRANGER), [4]);
    });
  });

  it('is given as text, in China time, with both addresses', async () => {
    await withDevice(async (call) => {
      const response = await call('GET', `/devices/${GB_ID}/trace.txt?limit=1`);
      assert.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8');
      const text = await response.text();
      assert.match(
        text,
        /^-+\n2026-01-15 10:00:30\.003 \+08:00 UDP \[2001:db8::1\]:5060 <- 198\.51\.100\.7:31044 \(\d+ octets, \d+ shown\)\n\nMESSAGE sip:3@2 SIP\/2\.0\n\n大门\n\n$/,
      );
    });
  });

  it('is given as a capture file to save', async () => {
    await withDevice(async (call) => {
      const response = await call('GET', `/devices/${GB_ID}/trace.pcap`);
      assert.equal(response.headers.get('content-type'), 'application/vnd.tcpdump.pcap');
      assert.match(response.headers.get('content-disposition') ?? '', /attachment; filename="\d{20}\.pcap"/);
      assert.equal(packetsOf(new Uint8Array(await response.arrayBuffer())).length, 3);
    });
  });

  it('says whose messages there are, and who of them was admitted', async () => {
    await withDevice(async (call) => {
      const { peers } = (await (await call('GET', '/traces')).json()) as {
        readonly peers: readonly object[];
      };
      assert.deepEqual(peers, [
        { gbId: GB_ID, messages: 3, lastAtMs: 1_768_442_430_003, admitted: true },
        { gbId: STRANGER, messages: 1, lastAtMs: 1_768_442_430_004, admitted: false },
      ]);
    });
  });

  it('watches a device of ours, a few at a time', async () => {
    await withDevice(async (call, { trace }) => {
      assert.equal((await call('POST', `/devices/${GB_ID}/trace/watch`)).status, 204);
      assert.deepEqual([...trace.watched], [GB_ID]);
      assert.equal((await call('POST', `/devices/${STRANGER}/trace/watch`)).status, 404);
      trace.maxWatched = 0;
      assert.equal((await call('POST', `/devices/${GB_ID}/trace/watch`)).status, 503);
    });
  });

  it('refuses what is no query of it', async () => {
    await withDevice(async (call) => {
      for (const query of [
        'limit=0',
        'limit=2001',
        'after=-1',
        'after=a',
        'since=',
        'nothing=1',
        'after=1&after=2',
      ])
        assert.equal((await call('GET', `/devices/${GB_ID}/trace?${query}`)).status, 400, query);
      assert.equal((await call('GET', '/devices/nobody/trace.txt')).status, 404);
    });
  });
});

describe('profile of a device at the operator API', () => {
  it('is read, set and given back', async () => {
    await withDevice(async (call) => {
      const put = await call('PUT', `/devices/${GB_ID}/profile`, {
        talk: 'talk',
        mediaTransports: ['tcp-passive'],
      });
      assert.equal(put.status, 200);
      const read = (await (await call('GET', `/devices/${GB_ID}/profile`)).json()) as {
        readonly set: object;
        readonly profile: { readonly talk: string };
      };
      assert.deepEqual(read.set, { talk: 'talk', mediaTransports: ['tcp-passive'] });
      assert.equal(read.profile.talk, 'talk');
      const back = await call('PUT', `/devices/${GB_ID}/profile`, { talk: null, mediaTransports: null });
      assert.deepEqual(((await back.json()) as { readonly set: object }).set, {});
    });
  });

  it('refuses fields and values that there are not', async () => {
    await withDevice(async (call) => {
      for (const wrong of [{ nothing: 1 }, { talk: 'shout' }, [], 'text', null])
        assert.equal((await call('PUT', `/devices/${GB_ID}/profile`, wrong)).status, 400);
      assert.equal((await call('GET', `/devices/${STRANGER}/profile`)).status, 404);
    });
  });
});
