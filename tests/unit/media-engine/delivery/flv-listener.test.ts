import assert from 'node:assert/strict';
import type { Admission, Refusal } from '../../../../bff/src/media-engine/delivery/door.ts';
import { FlvListener, type ListenerOptions } from '../../../../bff/src/media-engine/delivery/flv-listener.ts';
import type { ViewerQuestion } from '../../../../bff/src/media-engine/delivery/viewer-question.ts';
import { LINGER_MS } from '../../../../bff/src/media-engine/delivery/viewer-pipes.ts';
import { SharedBytes } from '../../../../bff/src/media-engine/stream/shared-bytes.ts';
import type { ViewerPipe } from '../../../../bff/src/media-engine/stream/viewer.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { RawClient } from '../../../support/media/raw-client.ts';
import { until } from '../../../support/until.ts';

const NAME = '/v3/openlive/Q00000001_1_1.flv?t=1';
const bytesOf = (text: string): SharedBytes => SharedBytes.of(Buffer.from(text));

/** A door that lets everybody in, or nobody, when the test says so. */
class FakeDoor {
  readonly questions: ViewerQuestion[] = [];
  readonly pipes: ViewerPipe[] = [];
  gone = 0;
  verdict: Refusal | undefined;
  #waiting: (() => void)[] | undefined;
  left: () => boolean = () => false;

  /** From now on the answer takes until `answer`. */
  hesitate(): void {
    this.#waiting = [];
  }

  answer(): void {
    for (const go of this.#waiting?.splice(0) ?? []) go();
    this.#waiting = undefined;
  }

  readonly ask: ListenerOptions['ask'] = async (question, left) => {
    this.questions.push(question);
    this.left = left;
    const waiting = this.#waiting;
    if (waiting) await new Promise<void>((resolve) => waiting.push(resolve));
    return this.verdict ?? this.#admission();
  };

  #admission(): Admission {
    return {
      start: (pipe) => this.pipes.push(pipe),
      gone: () => {
        this.gone += 1;
      },
    };
  }
}

describe('the port of the viewers', () => {
  let door: FakeDoor;
  let listener: FlvListener;
  let clock: FakeClock;
  let port = 0;
  const clients: RawClient[] = [];

  async function listen(options: Partial<ListenerOptions> = {}): Promise<void> {
    listener = new FlvListener({
      ask: door.ask,
      clock,
      behindProxy: false,
      maxConnections: 100,
      ...options,
    });
    port = await listener.listen(0, '127.0.0.1');
  }

  async function client(): Promise<RawClient> {
    const connected = await RawClient.connect(port);
    clients.push(connected);
    return connected;
  }

  async function request(line: string, headers: readonly string[] = []): Promise<RawClient> {
    const asking = await client();
    asking.ask(line, headers);
    return asking;
  }

  const firstPipe = (): Promise<ViewerPipe> => until('a viewer that was let in', () => door.pipes[0], 5_000);

  beforeEach(async () => {
    door = new FakeDoor();
    clock = new FakeClock();
    await listen();
  });

  afterEach(() => {
    for (const open of clients.splice(0)) open.close();
    listener.close();
  });

  describe('GET', () => {
    it('asks at the door who, what and from where', async () => {
      await request(`GET ${NAME}`);
      await firstPipe();
      assert.deepEqual(door.questions, [
        {
          publicName: 'v3/openlive/Q00000001_1_1',
          query: 't=1',
          protocol: 'http-flv',
          remoteAddress: '127.0.0.1',
        },
      ]);
    });

    it('answers with the stream: no length, no chunks, any origin may read it', async () => {
      const viewer = await request(`GET ${NAME}`);
      const pipe = await firstPipe();
      pipe.writeAll([bytesOf('FLV'), bytesOf(' one')]);
      pipe.write(bytesOf(' two'));
      const text = await viewer.untilText(/two$/);
      const [head = '', body] = text.split('\r\n\r\n');
      assert.match(head, /^HTTP\/1\.1 200 OK\r\n/);
      assert.match(head, /^content-type: video\/x-flv$/im);
      assert.match(head, /^access-control-allow-origin: \*$/im);
      assert.match(head, /^cache-control: no-store$/im);
      assert.match(head, /^connection: close$/im);
      assert.doesNotMatch(head, /content-length|transfer-encoding/i);
      assert.equal(body, 'FLV one two');
    });

    it('hears when the viewer leaves', async () => {
      const viewer = await request(`GET ${NAME}`);
      await firstPipe();
      viewer.close();
      await until('the viewer is gone', () => door.gone === 1, 5_000);
    });

    it('hears when the viewer leaves while it waits, and starts nothing', async () => {
      door.hesitate();
      const viewer = await request(`GET ${NAME}`);
      await until('a question', () => door.questions.length === 1, 5_000);
      assert.equal(door.left(), false);
      viewer.close();
      await until('it has left', () => door.left(), 5_000);
      door.answer();
      await until('the viewer is gone', () => door.gone === 1, 5_000);
      assert.equal(door.pipes.length, 0);
    });

    it('closes the connection when the stream ends, behind what waits', async () => {
      const viewer = await request(`GET ${NAME}`);
      const pipe = await firstPipe();
      pipe.write(bytesOf('last'));
      pipe.end();
      await viewer.untilClosed();
      assert.match(viewer.text, /last$/);
      await until('the viewer is gone', () => door.gone === 1, 5_000);
      assert.equal(clock.pending, 0);
      pipe.write(bytesOf('late'));
      pipe.writeAll([bytesOf('late')]);
      pipe.end();
    });

    it('cuts a viewer that does not take what waits when the stream ends', async () => {
      const viewer = await request(`GET ${NAME}`);
      const pipe = await firstPipe();
      viewer.socket.pause();
      const large = SharedBytes.of(Buffer.alloc(1024 * 1024));
      for (let index = 0; index < 16; index += 1) pipe.write(large);
      await until('something waits', () => pipe.waitingBytes > 0, 5_000);
      pipe.end();
      await clock.advance(LINGER_MS);
      await until('the viewer is gone', () => door.gone === 1, 5_000);
    });

    it('cuts a viewer at once when it is to', async () => {
      const viewer = await request(`GET ${NAME}`);
      (await firstPipe()).destroy();
      await viewer.untilClosed();
    });

    it('refuses with the reason as JSON, and its status', async () => {
      door.verdict = { code: 'GRANT_EXPIRED', message: '地址已过期' };
      const response = await fetch(`http://127.0.0.1:${String(port)}${NAME}`);
      assert.equal(response.status, 403);
      assert.equal(response.headers.get('access-control-allow-origin'), '*');
      assert.deepEqual(await response.json(), { code: 'GRANT_EXPIRED', message: '地址已过期' });
    });

    it('refuses an address that is none without asking', async () => {
      const response = await fetch(`http://127.0.0.1:${String(port)}/favicon.ico`);
      assert.equal(response.status, 404);
      assert.deepEqual(await response.json(), { code: 'STREAM_NOT_FOUND', message: '播放地址不存在' });
      assert.equal(door.questions.length, 0);
    });

    it('serves HTTP/1.0 too', async () => {
      const viewer = await client();
      viewer.send(`GET ${NAME} HTTP/1.0\r\n\r\n`);
      (await firstPipe()).write(bytesOf('FLV'));
      await viewer.untilText(/\r\n\r\nFLV$/);
    });
  });

  describe('other methods', () => {
    it('OPTIONS tells any origin what it may do (CORS)', async () => {
      const response = await fetch(`http://127.0.0.1:${String(port)}${NAME}`, {
        method: 'OPTIONS',
        headers: { origin: 'https://elsewhere', 'access-control-request-method': 'GET' },
      });
      assert.equal(response.status, 204);
      assert.equal(response.headers.get('access-control-allow-origin'), '*');
      assert.match(response.headers.get('access-control-allow-methods') ?? '', /GET/);
      assert.equal(door.questions.length, 0);
    });

    it('HEAD tells the form of the answer and asks no camera', async () => {
      const response = await fetch(`http://127.0.0.1:${String(port)}${NAME}`, { method: 'HEAD' });
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('content-type'), 'video/x-flv');
      const none = await fetch(`http://127.0.0.1:${String(port)}/none`, { method: 'HEAD' });
      assert.equal(none.status, 404);
      assert.equal(door.questions.length, 0);
    });

    it('what else there is gets 405 and the list of what there is (RFC 9110 §15.5.6)', async () => {
      const response = await fetch(`http://127.0.0.1:${String(port)}${NAME}`, { method: 'POST', body: 'x' });
      assert.equal(response.status, 405);
      assert.equal(response.headers.get('allow'), 'GET, HEAD, OPTIONS');
    });
  });

  describe('hostile connections', () => {
    it('a second request behind a stream ends the connection, and is not asked about', async () => {
      const viewer = await request(`GET ${NAME}`);
      await firstPipe();
      viewer.ask(`GET ${NAME}`);
      await viewer.untilClosed();
      assert.equal(door.questions.length, 1);
    });

    it('a hundred requests in one piece are one question at most', async () => {
      door.hesitate();
      const viewer = await client();
      viewer.send(`GET ${NAME} HTTP/1.1\r\nHost: a\r\n\r\n`.repeat(100));
      await viewer.untilClosed();
      assert.ok(door.questions.length <= 1);
      door.answer();
    });

    it('noise behind a stream ends it and puts nothing into it', async () => {
      const viewer = await request(`GET ${NAME}`);
      (await firstPipe()).write(bytesOf('FLV'));
      await viewer.untilText(/FLV$/);
      viewer.send('\u0001\u0002 noise\r\n\r\n');
      await viewer.untilClosed();
      assert.match(viewer.text, /FLV$/);
    });

    const refused: readonly [title: string, text: string, status: RegExp][] = [
      ['noise', '\u0001\u0002\u0003\r\n\r\n', /^HTTP\/1\.1 400 /],
      ['a header of more than 8 KB', `GET / HTTP/1.1\r\nX: ${'x'.repeat(9_000)}\r\n\r\n`, /^HTTP\/1\.1 431 /],
    ];
    for (const [title, text, status] of refused) {
      it(`${title} is answered and closed`, async () => {
        const peer = await client();
        peer.send(text);
        await peer.untilClosed();
        assert.match(peer.text, status);
      });
    }

    it('who asks for nothing is closed in time', async () => {
      listener.close();
      await listen({ headersTimeoutMs: 100 });
      const silent = await client();
      const slow = await client();
      slow.send('GET /a.flv HTTP/1.1\r\nHost: ');
      await slow.untilClosed();
      await silent.untilClosed();
    });

    it('more connections than may be are closed', async () => {
      listener.close();
      await listen({ maxConnections: 2 });
      const [one, two, three] = [await client(), await client(), await client()];
      await three.untilClosed();
      assert.deepEqual([one.closed, two.closed], [false, false]);
    });
  });

  it('behind a proxy asks with the address that the proxy tells', async () => {
    listener.close();
    await listen({ behindProxy: true });
    await request(`GET ${NAME}`, ['X-Forwarded-For: 203.0.113.9']);
    await firstPipe();
    assert.equal(door.questions[0]?.remoteAddress, '203.0.113.9');
  });

  it('rejects when its port is taken', async () => {
    const second = new FlvListener({ ask: door.ask, clock, behindProxy: false, maxConnections: 1 });
    await assert.rejects(second.listen(port, '127.0.0.1'), /EADDRINUSE/);
  });

  it('cuts everybody when it closes', async () => {
    const viewer = await request(`GET ${NAME}`);
    await firstPipe();
    const idle = await client();
    listener.close();
    await viewer.untilClosed();
    await idle.untilClosed();
    await assert.rejects(RawClient.connect(port));
  });
});
