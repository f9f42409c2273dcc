import assert from 'node:assert/strict';
import { Instruments } from '../../../bff/src/kernel/index.ts';
import { SipMetrics } from '../../../bff/src/sip/sip-metrics.ts';
import { reading } from '../../support/sip/readings.ts';

describe('SipMetrics', () => {
  it('counts messages by direction, method and status', () => {
    const instruments = new Instruments();
    const { received, sent } = new SipMetrics(instruments);
    received.request('REGISTER');
    received.request('REGISTER');
    sent.response('REGISTER', 401);
    sent.response('REGISTER', 401);
    sent.response('REGISTER', 200);
    const labels = ['in REGISTER', 'out REGISTER 401', 'out REGISTER 200'];
    assert.deepEqual(
      labels.map((label) => reading(instruments, 'yimu_sip_messages', label)),
      [2, 2, 1],
    );
  });

  it('lets no peer choose its labels: there are no more of them than so many', () => {
    const instruments = new Instruments();
    const { received } = new SipMetrics(instruments);
    for (let i = 0; i < 5_000; i += 1) {
      received.request(`EVIL${String(i)}`);
      received.response(`EVIL${String(i)}`, 200);
      received.response('INVITE', 100 + (i % 600));
    }
    const messages = instruments.read().find(({ name }) => name === 'yimu_sip_messages');
    assert.ok(messages && messages.samples.length <= 257, String(messages?.samples.length));
    assert.equal(
      messages.samples.reduce((sum, { value }) => sum + value, 0),
      15_000,
    );
  });
});
