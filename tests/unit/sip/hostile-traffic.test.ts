import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parseMessage } from '../../../bff/sip-parser-lite/src/index.ts';
import type { InviteAttempt } from '../../../bff/src/sip/index.ts';
import { aFlow, requestText } from '../../support/sip/messages.ts';
import { toDevice, UserAgentBench } from './a-user-agent.ts';

const FOLDERS = [
  'tests/fixtures/rfc4475',
  'tests/fixtures/gb28181',
  'tests/fixtures/gb28181/quirks',
  'tests/fixtures/captured',
];

/** Every message of the fixtures that can be read. */
function fixtures(): readonly (readonly [string, Buffer])[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /\.(sip|dat)$/.test(name))
      .map((name) => [`${folder}/${name}`, readFileSync(`${folder}/${name}`)] as const)
      .filter(([, bytes]) => parseMessage(bytes).ok),
  );
}

/** Handlers of each kind: who answers, who refuses, who says nothing. */
function aBench(): UserAgentBench {
  const bench = new UserAgentBench();
  const { agent } = bench;
  for (const [method, status] of [
    ['REGISTER', 401],
    ['MESSAGE', 200],
    ['INVITE', 200],
    ['OPTIONS', 200],
  ] as const)
    agent.onRequest(method, (incoming) => {
      incoming.reply(status);
    });
  agent.onRequest('SUBSCRIBE', () => undefined);
  return bench;
}

/** After a while, whatever came, nothing is left of it. */
async function assertDiesAway(bench: UserAgentBench): Promise<void> {
  assert.equal(bench.refused('handler-failed'), 0);
  // INVITEs that we accepted: 32 s for an ACK that does not come, then 32 s for our BYE.
  await bench.clock.advance(200_000);
  assert.deepEqual(
    [bench.gauge('transactions'), bench.gauge('transactions_lingering'), bench.gauge('dialogs')],
    [0, 0, 0],
  );
  await bench.agent.close();
  assert.equal(bench.clock.pending, 0);
}

/** A request of a peer, a request or a decision of ours, an answer of a peer, or something else that happens. */
const REQUEST = fc.record({
  kind: fc.constant('request' as const),
  method: fc.constantFrom(
    'INVITE',
    'ACK',
    'CANCEL',
    'BYE',
    'MESSAGE',
    'INFO',
    'REGISTER',
    'SUBSCRIBE',
    'PRACK',
  ),
  branch: fc.constantFrom(';branch=z9hG4bKa', ';branch=z9hG4bKb', ';branch=old', ''),
  callId: fc.constantFrom('1', '2'),
  toTag: fc.constantFrom('', ';tag=known', ';tag=strange'),
  fromTag: fc.constantFrom('', ';tag=d1', ';tag=d2'),
  sequence: fc.integer({ min: 1, max: 3 }),
  flow: fc.constantFrom(0, 1),
});
const ANSWER = fc.record({
  kind: fc.constant('answer' as const),
  status: fc.constantFrom(100, 180, 200, 299, 302, 401, 481, 487, 503, 699),
  toTag: fc.constantFrom('', 'd1', 'd2'),
});
const OTHER = fc.record({
  kind: fc.constantFrom('ask', 'invite', 'cancel', 'bye', 'close-flow', 'wait', 'wait-long'),
});
const STEP = fc.oneof(
  { weight: 4, arbitrary: REQUEST },
  { weight: 3, arbitrary: ANSWER },
  { weight: 4, arbitrary: OTHER },
);
type Step = typeof STEP extends fc.Arbitrary<infer T> ? T : never;

/** Plays steps in any order. */
class World {
  readonly bench = aBench();
  /** The one over UDP, the one over TCP. */
  readonly #flows = [aFlow(), aFlow({ transport: 'tcp' })] as const;
  readonly #attempts: InviteAttempt[] = [];
  readonly #settled: Promise<unknown>[] = [];

  async play(step: Step): Promise<void> {
    if ('method' in step) this.#receive(step);
    else if ('status' in step) this.#answer(step.status, step.toTag);
    else if (step.kind === 'ask') this.#ask();
    else if (step.kind === 'invite') this.#invite();
    else if (step.kind === 'cancel') this.#attempts.at(-1)?.cancel();
    else if (step.kind === 'bye') this.#bye();
    else if (step.kind === 'close-flow') this.bench.closeFlow(this.#flows[1]);
    else await this.bench.clock.advance(step.kind === 'wait' ? 700 : 40_000);
  }

  /** Everything that was asked for has an end. */
  async end(): Promise<void> {
    await this.bench.agent.close();
    await Promise.all(this.#settled);
  }

  #receive({
    method,
    branch,
    callId,
    toTag,
    fromTag,
    sequence,
    flow,
  }: Extract<Step, { method: string }>): void {
    const answered = this.bench.wire.sent.find(({ what }) => what === '200');
    const ownTag = answered?.message.to?.params.get('tag') ?? 'none';
    const request = {
      method,
      callId,
      cSeq: `${String(sequence)} ${method}`,
      via: `SIP/2.0/UDP h${branch}`,
      from: `<sip:cam@x>${fromTag}`,
      to: `<sip:us@x>${toTag.replace('known', ownTag)}`,
    };
    this.bench.receive(request, this.#flows[flow]);
  }

  #answer(status: number, toTag: string): void {
    const last = this.bench.wire.sent.filter(({ message }) => message.kind === 'request').at(-1);
    if (last !== undefined && last.what !== 'ACK') this.bench.answer(last.what, status, { toTag });
  }

  #ask(): void {
    const asked = this.bench.agent.request(toDevice('MESSAGE', { flow: this.#flows[1] }));
    this.#settled.push(asked.catch(() => undefined));
  }

  #invite(): void {
    const flow = this.#flows[this.#attempts.length % 2 === 0 ? 0 : 1];
    const attempt = this.bench.agent.invite(toDevice('INVITE', { flow }));
    this.#attempts.push(attempt);
    const acknowledged = attempt.answered.then(({ acknowledge }) => {
      acknowledge();
    });
    this.#settled.push(acknowledged.catch(() => undefined));
  }

  #bye(): void {
    const over = this.#attempts[0]?.answered.then(({ dialog }) => dialog.bye());
    this.#settled.push(over?.catch(() => undefined) ?? Promise.resolve());
  }
}

describe('UserAgent under hostile traffic', () => {
  it('takes every message of the fixtures, the torture messages of RFC 4475 included, and nothing is left of it', async () => {
    const bench = aBench();
    await bench.agent.start();
    const all = fixtures();
    assert.ok(all.length > 180, String(all.length));
    for (const transport of ['udp', 'tcp'] as const)
      for (const [, bytes] of all) bench.receiveText(bytes.toString('latin1'), aFlow({ transport }));
    await assertDiesAway(bench);
  });

  const TORTURE: readonly (readonly [string, string, string | undefined])[] = [
    // RFC 4475 section, file, what is answered
    ['3.1.1.1 short tortuous INVITE, which names a dialog that is not there', 'wsinv', '481'],
    ['3.1.2.6 unterminated quoted string in To', 'quotbal', '400'],
    ['3.1.2.17 method mismatch', 'mismatch01', '400'],
    ['3.1.2.18 unknown method mismatch', 'mismatch02', '400'],
    ['3.3.1 missing required fields', 'insuf', '400'],
    ['3.3.2 Request-URI with unknown scheme', 'unkscm', '416'],
    ['3.3.3 Request-URI with known but atypical scheme', 'novelsc', '416'],
    ['3.3.5 unknown Require', 'bext01', '420'],
    ['3.3.8 multiple values in single value required fields', 'multi01', '400'],
    ['3.3.9 multiple Content-Length values', 'mcl01', '400'],
    ['3.4.1 INVITE of RFC 2543', 'inv2543', '200'],
  ];
  for (const [section, file, answer] of TORTURE) {
    it(`answers ${file} as RFC 4475 §${section} has it: ${answer ?? 'nothing'}`, () => {
      const bench = aBench();
      bench.receiveText(readFileSync(`tests/fixtures/rfc4475/${file}.dat`).toString('latin1'));
      assert.equal(bench.wire.sent.find(({ what }) => what !== '100')?.what, answer);
    });
  }

  it('survives any order of anything: no handler throws, and after close nothing is pending', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(STEP, { maxLength: 40 }), async (steps) => {
        const world = new World();
        await world.bench.agent.start();
        for (const step of steps) await world.play(step);
        assert.equal(world.bench.refused('handler-failed'), 0);
        await world.end();
        const { bench } = world;
        const held = (['transactions', 'transactions_lingering', 'dialogs'] as const).map((name) =>
          bench.gauge(name),
        );
        assert.deepEqual([bench.clock.pending, ...held], [0, 0, 0, 0]);
      }),
      { numRuns: 200 },
    );
  });

  it('can write the ACK and the BYE of a 2xx, whatever Contact and To it has that can be read', () => {
    const dirt = fc.uint8Array({ maxLength: 12 });
    fc.assert(
      fc.property(
        dirt,
        dirt,
        fc.constantFrom('<sip:@@>', 'sip:@@', '<sip:a@b;@@>', '"@@" <sip:a@b>', '<sip:a@b>;@@'),
        (inContact, inTo, form) => {
          const bench = new UserAgentBench();
          const attempt = bench.agent.invite(toDevice('INVITE'));
          const { message } = bench.wire.last('INVITE');
          const [before = '', behind = ''] = form.split('@@');
          const bytes = Buffer.concat([
            Buffer.from(
              `SIP/2.0 200 OK\r\nVia: ${message.header('Via') ?? ''}\r\nFrom: ${message.header('From') ?? ''}\r\n` +
                `Call-ID: ${attempt.callId}\r\nCSeq: 1 INVITE\r\nContact: ${before}`,
            ),
            inContact,
            Buffer.from(`${behind}\r\nTo: ${before}`),
            inTo,
            Buffer.from(`${behind};tag=d1\r\nContent-Length: 0\r\n\r\n`),
          ]);
          const parsed = parseMessage(bytes);
          if (!parsed.ok || parsed.message.topVia === undefined || parsed.message.cSeq === undefined) return;
          attempt.cancel();
          bench.receiveMessage(parsed.message);
          assert.deepEqual(bench.wire.whats, ['INVITE', 'ACK', 'BYE']);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('answers every request that has what an answer needs, whatever else is in it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat({ max: 400 }), (dirt, at) => {
        const text = Buffer.from(
          requestText({ headers: ['Require:', 'Contact: <sip:a@b>'] }).replace('Require:\r\n', ''),
        );
        const bytes = Buffer.concat([text.subarray(0, at), dirt, text.subarray(at)]);
        const parsed = parseMessage(bytes);
        if (!parsed.ok) return;
        const bench = aBench();
        bench.receiveMessage(parsed.message);
        assert.ok(bench.wire.sent.length <= 1);
        assert.equal(bench.refused('handler-failed'), 0);
      }),
      { numRuns: 500 },
    );
  });
});
