import assert from 'node:assert/strict';
import { Instruments } from '../../../../bff/src/kernel/index.ts';
import { Incoming } from '../../../../bff/src/sip/dialog/incoming.ts';
import { SipMetrics } from '../../../../bff/src/sip/sip-metrics.ts';
import { aFlow, aRequest, asResponse, type RequestText } from '../../../support/sip/messages.ts';
import { reading, refusals } from '../../../support/sip/readings.ts';

interface Bench {
  readonly incoming: Incoming;
  readonly sent: Buffer[];
  /** What was sent without a state being kept. */
  readonly refused: Buffer[];
  readonly answered: number[];
  readonly instruments: Instruments;
}

function anIncoming(over: RequestText = {}, accepts = true): Bench {
  const sent: Buffer[] = [];
  const refused: Buffer[] = [];
  const answered: number[] = [];
  const instruments = new Instruments();
  const transaction = {
    respond: (_status: number, bytes: Buffer): boolean => {
      if (accepts) sent.push(bytes);
      return accepts;
    },
    refuse: (_status: number, bytes: Buffer): boolean => {
      refused.push(bytes);
      return true;
    },
  };
  let tags = 0;
  const incoming = new Incoming(aRequest(over), aFlow(), transaction, {
    metrics: new SipMetrics(instruments),
    newTag: () => `p${String((tags += 1))}`,
    onAnswered: (_incoming, status) => answered.push(status),
  });
  return { incoming, sent, refused, answered, instruments };
}

describe('Incoming', () => {
  it('answers provisionally as often as it likes and finally once; what is more is ignored and counted', () => {
    const { incoming, sent, answered, instruments } = anIncoming();
    for (const status of [100, 180, 183, 200, 180, 500]) incoming.reply(status);
    assert.deepEqual(
      sent.map((bytes) => asResponse(bytes).status),
      [100, 180, 183, 200],
    );
    assert.deepEqual([incoming.answered, answered, refusals(instruments, 'reply-ignored')], [true, [200], 2]);
    assert.equal(reading(instruments, 'yimu_sip_messages', 'out MESSAGE 200'), 1);
  });

  it('has one tag for all answers, and none in a 100 (§8.2.6.2)', () => {
    const { incoming, sent } = anIncoming();
    for (const status of [100, 180, 200]) incoming.reply(status);
    const tags = sent.map((bytes) => asResponse(bytes).to?.params.get('tag'));
    assert.deepEqual(tags, [undefined, 'p1', 'p1']);
  });

  it('takes the tag that is given first', () => {
    const { incoming, sent } = anIncoming();
    incoming.reply(180, { toTag: 'mine' });
    incoming.reply(200, { toTag: 'other' });
    assert.deepEqual(
      sent.map((bytes) => asResponse(bytes).to?.params.get('tag')),
      ['mine', 'mine'],
    );
  });

  it('carries reason, headers and body', () => {
    const { incoming, sent } = anIncoming();
    incoming.reply(200, {
      reason: 'Fine',
      headers: [{ name: 'X-GB-Ver', value: '3.0' }],
      body: Buffer.from('hello'),
    });
    const response = asResponse(sent[0] ?? '');
    assert.deepEqual(
      [response.reason, response.header('X-GB-Ver'), Buffer.from(response.body).toString()],
      ['Fine', '3.0', 'hello'],
    );
  });

  for (const status of [99, 700, 200.5, Number.NaN]) {
    it(`throws at ${String(status)}, which is no status, and is not answered by it`, () => {
      const { incoming, sent } = anIncoming();
      assert.throws(() => {
        incoming.reply(status);
      }, RangeError);
      incoming.reply(200);
      assert.equal(sent.length, 1);
    });
  }

  it('throws at a line break in what is added, and is not answered by it', () => {
    const { incoming, sent } = anIncoming();
    const broken = [
      { reason: 'a\r\nX: y' },
      { headers: [{ name: 'X', value: 'a\nb' }] },
      { headers: [{ name: 'X:', value: '' }] },
    ];
    for (const options of broken)
      assert.throws(() => {
        incoming.reply(200, options);
      }, RangeError);
    assert.deepEqual([sent.length, incoming.answered], [0, false]);
  });

  it('refuses once and without state, with a tag that is the same for a repetition (§8.2.7)', () => {
    const [first, again, other] = [anIncoming(), anIncoming(), anIncoming({ callId: 'other' })];
    const tags = [first, again, other].map(({ incoming, sent, refused }) => {
      incoming.refuse(405, { headers: [{ name: 'Allow', value: 'ACK' }] });
      incoming.reply(200);
      assert.deepEqual([sent.length, refused.length], [0, 1]);
      return asResponse(refused[0] ?? '').to?.params.get('tag');
    });
    assert.equal(tags[0], tags[1]);
    assert.notEqual(tags[0], tags[2]);
  });

  it('counts an answer for which its transaction is past', () => {
    const { incoming, instruments } = anIncoming({}, false);
    incoming.reply(200);
    assert.equal(refusals(instruments, 'reply-ignored'), 1);
    assert.equal(reading(instruments, 'yimu_sip_messages', 'out MESSAGE 200'), 0);
  });
});
