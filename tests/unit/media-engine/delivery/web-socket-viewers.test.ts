import assert from 'node:assert/strict';
import { WebSocket } from 'ws';
import { FlvListener } from '../../../../bff/src/media-engine/delivery/flv-listener.ts';
import type { Refusal } from '../../../../bff/src/media-engine/delivery/door.ts';
import { LINGER_MS } from '../../../../bff/src/media-engine/delivery/viewer-pipes.ts';
import type { ViewerQuestion } from '../../../../bff/src/media-engine/delivery/viewer-question.ts';
import { WS_REFUSED } from '../../../../bff/src/media-engine/delivery/web-socket-viewers.ts';
import { SharedBytes } from '../../../../bff/src/media-engine/stream/shared-bytes.ts';
import type { ViewerPipe } from '../../../../bff/src/media-engine/stream/viewer.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { RawClient } from '../../../support/media/raw-client.ts';
import { until } from '../../../support/until.ts';

const NAME = '/v3/openlive/Q00000001_1_1.flv?t=1';
const HANDSHAKE = [
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

/** A masked frame as clients send them (RFC 6455 §5.3), with a mask of zeros. */
function clientFrame(opcode: number, payload: Uint8Array): Buffer {
  const head =
    payload.length <= 125
      ? [0x80 | opcode, 0x80 | payload.length]
      : [0x80 | opcode, 0x80 | 126, payload.length >>> 8, payload.length & 0xff];
  return Buffer.concat([Buffer.from(head), Buffer.alloc(4), payload]);
}

describe('WS-FLV (RFC 6455)', () => {
  let listener: FlvListener;
  let clock: FakeClock;
  let port = 0;
  let verdict: Refusal | undefined;
  let pipes: ViewerPipe[];
  let gone = 0;
  let questions: ViewerQuestion[];
  let hold: Promise<void> | undefined;
  const open: { close(): void }[] = [];
  let webSockets: WebSocket[];

  beforeEach(async () => {
    verdict = undefined;
    hold = undefined;
    pipes = [];
    webSockets = [];
    questions = [];
    gone = 0;
    clock = new FakeClock();
    listener = new FlvListener({
      clock,
      behindProxy: false,
      maxConnections: 100,
      ask: async (question) => {
        questions.push(question);
        await hold;
        return (
          verdict ?? {
            start: (pipe) => pipes.push(pipe),
            gone: () => {
              gone += 1;
            },
          }
        );
      },
    });
    port = await listener.listen(0, '127.0.0.1');
  });

  afterEach(() => {
    for (const peer of open.splice(0)) peer.close();
    listener.close();
  });

  interface Client {
    readonly webSocket: WebSocket;
    readonly messages: Buffer[];
    readonly closed: () => { readonly code: number; readonly reason: string } | undefined;
  }

  function connect(path = NAME): Client {
    const webSocket = new WebSocket(`ws://127.0.0.1:${String(port)}${path}`);
    webSockets.push(webSocket);
    const messages: Buffer[] = [];
    let end: { readonly code: number; readonly reason: string } | undefined;
    webSocket.on('message', (data: Buffer) => messages.push(data));
    webSocket.on('error', () => undefined);
    webSocket.on('close', (code, reason) => {
      end = { code, reason: reason.toString() };
    });
    open.push({
      close: () => {
        webSocket.terminate();
      },
    });
    return { webSocket, messages, closed: () => end };
  }

  async function raw(): Promise<RawClient> {
    const client = await RawClient.connect(port);
    open.push(client);
    client.ask(`GET ${NAME}`, HANDSHAKE);
    await client.untilText(/^HTTP\/1\.1 101 /);
    return client;
  }

  /** The first viewer that was let in; the clients have seen their handshake by then. */
  const firstPipe = async (): Promise<ViewerPipe> => {
    const isConnecting = (): boolean =>
      webSockets.some(({ readyState }) => readyState === WebSocket.CONNECTING);
    await until('the handshakes', () => !isConnecting(), 5_000);
    return await until('a viewer that was let in', () => pipes[0], 5_000);
  };
  const ended = (client: Client): Promise<{ readonly code: number; readonly reason: string }> =>
    until('the end of the connection', client.closed, 5_000);

  it('asks at the door as HTTP does', async () => {
    connect();
    await firstPipe();
    assert.deepEqual(questions, [
      {
        publicName: 'v3/openlive/Q00000001_1_1',
        query: 't=1',
        protocol: 'ws-flv',
        remoteAddress: '127.0.0.1',
      },
    ]);
  });

  it('sends each piece as one binary message', async () => {
    const client = connect();
    const pipe = await firstPipe();
    const large = Buffer.alloc(70_000, 7);
    pipe.writeAll([SharedBytes.of(Buffer.from('FLV')), SharedBytes.of(Buffer.alloc(300, 1))]);
    pipe.write(SharedBytes.of(large));
    await until('three messages', () => client.messages.length === 3, 5_000);
    assert.equal(client.messages[0]?.toString(), 'FLV');
    assert.equal(client.messages[1]?.length, 300);
    assert.ok(client.messages[2]?.equals(large));
  });

  it('does the handshake before the camera answers, so that the viewer can tell that it is gone', async () => {
    let go: () => void = () => undefined;
    hold = new Promise((resolve) => {
      go = resolve;
    });
    const client = connect();
    await until('the handshake', () => client.webSocket.readyState === WebSocket.OPEN, 5_000);
    client.webSocket.close();
    await ended(client);
    go();
    await until('the viewer is gone', () => gone === 1, 5_000);
    assert.equal(pipes.length, 0);
  });

  it('refuses with close code 4403 and the reason', async () => {
    verdict = { code: 'GRANT_EXPIRED', message: '地址已过期' };
    assert.deepEqual(await ended(connect()), { code: WS_REFUSED, reason: 'GRANT_EXPIRED' });
  });

  const noHandshake: readonly [title: string, line: string, headers: readonly string[], status: RegExp][] = [
    ['an address that is none', 'GET /none', HANDSHAKE, /^HTTP\/1\.1 404 /],
    ['another method', `POST ${NAME}`, HANDSHAKE, /^HTTP\/1\.1 404 /],
    ['another protocol', `GET ${NAME}`, ['Upgrade: h2c', 'Connection: Upgrade'], /^HTTP\/1\.1 400 /],
    ['a handshake without a key', `GET ${NAME}`, HANDSHAKE.slice(0, 3), /^HTTP\/1\.1 400 /],
    [
      'a version that nobody speaks',
      `GET ${NAME}`,
      [...HANDSHAKE.filter((line) => !line.includes('Version')), 'Sec-WebSocket-Version: 1'],
      /^HTTP\/1\.1 4\d\d /,
    ],
  ];
  for (const [title, line, headers, status] of noHandshake) {
    it(`answers ${title} with an error, and asks nobody`, async () => {
      const client = await RawClient.connect(port);
      open.push(client);
      client.ask(line, headers);
      await client.untilClosed();
      assert.match(client.text, status);
      assert.equal(questions.length, 0);
    });
  }

  it('answers a ping with its payload (§5.5.3), in the middle of the stream too', async () => {
    const client = connect();
    const pipe = await firstPipe();
    let pong = '';
    client.webSocket.on('pong', (payload) => {
      pong = payload.toString();
    });
    pipe.write(SharedBytes.of(Buffer.from('one')));
    client.webSocket.ping('are you there');
    await until('a pong', () => pong === 'are you there', 5_000);
    pipe.write(SharedBytes.of(Buffer.from('two')));
    await until('both messages', () => client.messages.length === 2, 5_000);
  });

  it('answers no pings of a viewer that does not read: pongs would pile up', async () => {
    const client = await raw();
    const pipe = await firstPipe();
    client.socket.pause();
    const large = SharedBytes.of(Buffer.alloc(1024 * 1024));
    for (let index = 0; index < 16; index += 1) pipe.write(large);
    await until('something waits', () => pipe.waitingBytes > 0, 5_000);
    const before = pipe.waitingBytes;
    client.send(Buffer.concat(Array.from({ length: 2_000 }, () => clientFrame(9, Buffer.alloc(125)))));
    client.send(clientFrame(8, Buffer.from([3, 232])));
    await until(
      'the close frame behind them was read',
      () => gone === 1 || pipe.waitingBytes !== before,
      5_000,
    );
    assert.ok(pipe.waitingBytes <= before + 64);
  });

  it('closes when the viewer closes (§5.5.1), and hears that it is gone', async () => {
    const client = connect();
    await firstPipe();
    client.webSocket.close(1_000);
    assert.equal((await ended(client)).code, 1_000);
    await until('the viewer is gone', () => gone === 1, 5_000);
    pipes[0]?.write(SharedBytes.of(Buffer.from('late')));
    pipes[0]?.writeAll([SharedBytes.of(Buffer.from('late'))]);
  });

  it('closes with 1000 when the stream ends, behind what waits', async () => {
    const client = connect();
    const pipe = await firstPipe();
    pipe.write(SharedBytes.of(Buffer.from('last')));
    pipe.end();
    assert.equal((await ended(client)).code, 1_000);
    assert.equal(client.messages.at(-1)?.toString(), 'last');
    await until('no timer is left', () => clock.pending === 0, 5_000);
  });

  it('cuts a viewer that does not take what waits when the stream ends', async () => {
    const client = await raw();
    const pipe = await firstPipe();
    client.socket.pause();
    const large = SharedBytes.of(Buffer.alloc(1024 * 1024));
    for (let index = 0; index < 16; index += 1) pipe.write(large);
    await until('something waits', () => pipe.waitingBytes > 0, 5_000);
    pipe.end();
    await clock.advance(LINGER_MS);
    await until('the viewer is gone', () => gone === 1, 5_000);
  });

  it('answers a message of more than 1 KB with 1009 (§7.4.1)', async () => {
    const client = connect();
    await firstPipe();
    client.webSocket.send(Buffer.alloc(1_025));
    assert.equal((await ended(client)).code, 1_009);
    await until('the viewer is gone', () => gone === 1, 5_000);
  });

  it('bears a word of the viewer, and cuts one that talks', async () => {
    const client = connect();
    await firstPipe();
    for (let index = 0; index < 64; index += 1) client.webSocket.send('hello');
    pipes[0]?.write(SharedBytes.of(Buffer.from('still here')));
    await until('a message', () => client.messages.length === 1, 5_000);
    client.webSocket.send('hello');
    assert.equal((await ended(client)).code, 1_006);
  });

  it('ends on a frame that is not masked (§5.1) and on noise', async () => {
    for (const bytes of [Buffer.from([0x82, 1, 7]), Buffer.from('not a frame at all')]) {
      const client = await raw();
      client.send(bytes);
      await client.untilClosed();
    }
  });

  it('cuts a viewer at once when it is to, and everybody when it closes', async () => {
    const first = connect();
    (await firstPipe()).destroy();
    await ended(first);
    const second = connect();
    await until('a second viewer', () => pipes.length === 2, 5_000);
    listener.close();
    assert.equal((await ended(second)).code, 1_006);
  });
});
