import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { DEFAULT_LIMITS } from '../../../../bff/sip-parser-lite/src/index.ts';
import { TcpConnection } from '../../../../bff/src/sip/transport/tcp-connection.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { requestText } from '../../../support/sip/messages.ts';

const CHECKS = { idleMs: 600_000, arrivalMs: 32_000 };
const MESSAGE = requestText({ body: '<Notify/>' });

/** The far end of a connection, and what is asked of it. */
class FakeSocket extends Duplex {
  readonly written: string[] = [];
  /** Whether the peer takes what is sent. */
  takes = true;
  readonly #waiting: (() => void)[] = [];

  override _read(): void {
    // The test pushes.
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written.push(chunk.toString('latin1'));
    if (this.takes) done();
    else this.#waiting.push(done);
  }

  takeAll(): void {
    this.takes = true;
    for (const done of this.#waiting.splice(0)) done();
  }
}

/** Streams do what they have to in the ticks until here. */
function settled(): Promise<void> {
  return new Promise(setImmediate);
}

class Bench {
  readonly clock = new FakeClock();
  readonly socket = new FakeSocket();
  readonly heard: string[] = [];
  readonly held: number[] = [];
  waitMs = 0;
  readonly connection: TcpConnection;

  constructor(limits: { readonly maxSendBufferBytes?: number; readonly maxHeaderBytes?: number } = {}) {
    this.connection = new TcpConnection({
      socket: this.socket as unknown as Socket,
      remoteAddress: '198.51.100.7',
      remotePort: 40_000,
      key: 'tcp:1',
      clock: this.clock,
      messageLimits: { ...DEFAULT_LIMITS, ...limits },
      maxSendBufferBytes: limits.maxSendBufferBytes ?? 10_000,
      listener: {
        onMessage: (message) => {
          this.heard.push(message.kind === 'request' ? message.method : String(message.status));
          return this.waitMs;
        },
        onPing: () => {
          this.heard.push('ping');
          return this.waitMs;
        },
        onHeld: (_connection, bytes) => this.held.push(bytes),
        onClosed: () => this.heard.push('closed'),
        onRefused: (reason) => this.heard.push(reason),
      },
    });
  }

  async receive(text: string | Uint8Array): Promise<void> {
    this.socket.push(Buffer.from(text));
    await settled();
  }

  /** Time goes on, and every second somebody looks. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 1_000) {
      await this.clock.advance(1_000);
      this.connection.check(CHECKS);
    }
  }
}

describe('TcpConnection: messages', () => {
  it('are heard whatever the cuts of the stream', async () => {
    const stream = Buffer.from(`\r\n\r\n${MESSAGE}${MESSAGE}\r\n${MESSAGE}`);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: stream.length }), { maxLength: 8 }), async (cuts) => {
        const bench = new Bench();
        const edges = [0, ...cuts.sort((a, b) => a - b), stream.length];
        for (const [index, edge] of edges.entries()) {
          if (index > 0) await bench.receive(stream.subarray(edges[index - 1], edge));
        }
        assert.deepEqual(bench.heard, ['ping', 'MESSAGE', 'MESSAGE', 'MESSAGE']);
        assert.equal(bench.held.at(-1) ?? 0, 0);
      }),
      { numRuns: 50 },
    );
  });

  it('are sent as they are', () => {
    const bench = new Bench();
    assert.equal(bench.connection.send(Buffer.from('x')), true);
    assert.deepEqual(bench.socket.written, ['x']);
  });

  it('that cannot be followed end the connection (§18.3)', async () => {
    for (const text of [
      '\x16\x03\x01 this is TLS\r\n\r\n',
      MESSAGE.replace(/Content-Length: \d+/, 'Content-Length: x'),
    ]) {
      const bench = new Bench();
      await bench.receive(text);
      assert.deepEqual(bench.heard, ['connection-fault', 'closed']);
      assert.equal(bench.connection.send(Buffer.from('x')), false);
    }
  });

  it('whose head is too long end the connection', async () => {
    const bench = new Bench({ maxHeaderBytes: 1_000 });
    await bench.receive(`MESSAGE sip:a@b SIP/2.0\r\nX: ${'x'.repeat(2_000)}`);
    assert.deepEqual(bench.heard, ['connection-fault', 'closed']);
  });
});

describe('TcpConnection: pings (RFC 5626 §3.5.1)', () => {
  it('are answered by CRLF', async () => {
    const bench = new Bench();
    await bench.receive('\r\n\r\n');
    assert.deepEqual([bench.heard, bench.socket.written], [['ping'], ['\r\n']]);
  });

  it('hold the connection up when there are too many', async () => {
    const bench = new Bench();
    bench.waitMs = 5_000;
    await bench.receive('\r\n\r\n');
    assert.equal(bench.socket.isPaused(), true);
  });
});

describe('TcpConnection: what is slow', () => {
  it('is closed when no message comes within 32 s of the connect', async () => {
    const bench = new Bench();
    await bench.receive('\r\n\r\n');
    await bench.pass(32_000);
    assert.equal(bench.heard.includes('closed'), false);
    await bench.pass(1_000);
    assert.deepEqual(bench.heard, ['ping', 'connection-slow', 'closed']);
  });

  it('is closed when a message takes longer than 32 s, drop by drop', async () => {
    const bench = new Bench();
    await bench.receive(MESSAGE);
    for (let second = 0; second < 40 && !bench.heard.includes('closed'); second += 1) {
      await bench.receive(MESSAGE.slice(second * 4, second * 4 + 4));
      await bench.pass(1_000);
    }
    assert.deepEqual(bench.heard, ['MESSAGE', 'connection-slow', 'closed']);
  });

  it('does not mean the silence between messages', async () => {
    const bench = new Bench();
    await bench.receive(MESSAGE);
    await bench.pass(60_000);
    await bench.receive(MESSAGE);
    assert.deepEqual(bench.heard, ['MESSAGE', 'MESSAGE']);
  });

  for (const [what, tail] of [
    ['a line end behind a message, as some devices send', '\r\n'],
    ['half a ping', '\r\n\r'],
  ] as const) {
    it(`does not mean ${what}`, async () => {
      const bench = new Bench();
      await bench.receive(MESSAGE + tail);
      await bench.pass(60_000);
      await bench.receive(MESSAGE);
      assert.deepEqual(bench.heard, ['MESSAGE', 'MESSAGE']);
    });
  }

  it('is closed when the peer takes nothing for 32 s of what is sent', async () => {
    const bench = new Bench();
    await bench.receive(MESSAGE);
    bench.socket.takes = false;
    bench.connection.send(Buffer.from('x'));
    await bench.pass(30_000);
    bench.socket.takeAll();
    await bench.pass(60_000);
    assert.deepEqual(bench.heard, ['MESSAGE']);
    bench.socket.takes = false;
    bench.connection.send(Buffer.from('x'));
    await bench.pass(34_000);
    assert.deepEqual(bench.heard, ['MESSAGE', 'connection-slow', 'closed']);
  });
});

describe('TcpConnection: the end', () => {
  it('comes after a long silence, counted', async () => {
    const bench = new Bench();
    await bench.receive(MESSAGE);
    await bench.pass(600_000);
    assert.deepEqual(bench.heard, ['MESSAGE']);
    await bench.pass(1_000);
    assert.deepEqual(bench.heard, ['MESSAGE', 'connection-idle', 'closed']);
  });

  it('comes with that of the peer, once', async () => {
    for (const end of ['end', 'error', 'destroy'] as const) {
      const bench = new Bench();
      await bench.receive(MESSAGE.slice(0, 100));
      assert.deepEqual(bench.held, [100]);
      if (end === 'end') bench.socket.push(null);
      else bench.socket.destroy(end === 'error' ? new Error('reset') : undefined);
      await settled();
      bench.connection.close('connection-idle');
      assert.deepEqual([bench.heard, bench.held], [['closed'], [100, 0]]);
    }
  });

  it('comes when more waits to be sent than may, counted', () => {
    const bench = new Bench({ maxSendBufferBytes: 1_000 });
    bench.socket.takes = false;
    let sent = 0;
    while (bench.connection.send(Buffer.alloc(100))) sent += 1;
    assert.ok(sent <= 10, String(sent));
    assert.deepEqual(bench.heard, ['send-buffer-full', 'closed']);
    assert.equal(bench.socket.destroyed, true);
  });
});

describe('TcpConnection: a flood', () => {
  it('is read on when the time is over that was told', async () => {
    const bench = new Bench();
    bench.waitMs = 2_500;
    await bench.receive(MESSAGE);
    assert.equal(bench.socket.isPaused(), true);
    bench.waitMs = 0;
    bench.socket.push(MESSAGE);
    await bench.pass(2_000);
    assert.deepEqual(bench.heard, ['MESSAGE']);
    await bench.pass(1_000);
    await settled();
    assert.deepEqual(bench.heard, ['MESSAGE', 'MESSAGE']);
  });

  it('tells what is held of unfinished messages, and nothing once it is closed', async () => {
    const bench = new Bench();
    await bench.receive(MESSAGE.slice(0, 50));
    await bench.receive(MESSAGE.slice(50, 120));
    await bench.receive(MESSAGE.slice(120));
    assert.deepEqual(bench.held, [50, 120, 0]);
  });

  it('counts its source by network', () => {
    assert.equal(new Bench().connection.source, '198.51.100.7');
  });
});
