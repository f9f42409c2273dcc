import assert from 'node:assert/strict';
import { type LogFields, type Logger, silentLogger } from '../../../bff/src/kernel/index.ts';
import { UserAgentBench } from './a-user-agent.ts';
import { aFlow, asResponse, type RequestText } from '../../support/sip/messages.ts';

describe('RequestRouter: who answers', () => {
  it('the handler of the method', () => {
    const bench = new UserAgentBench().take('MESSAGE');
    bench.receive({});
    assert.equal(bench.incoming.request.method, 'MESSAGE');
    assert.equal(bench.incoming.dialog, undefined);
    bench.incoming.reply(200);
    assert.equal(bench.wire.last().what, '200');
  });

  it('else the handler of all', () => {
    const bench = new UserAgentBench().take('*');
    bench.receive({ method: 'PUBLISH' });
    assert.equal(bench.incoming.request.method, 'PUBLISH');
  });

  const UNHANDLED: readonly (readonly [string, number])[] = [
    ['OPTIONS', 405],
    ['REGISTER', 405],
    ['INVITE', 405],
    ['INFO', 481],
    ['PUBLISH', 501],
    ['NOBODYKNOWS', 501],
    ['BYE', 481],
  ];
  for (const [method, status] of UNHANDLED) {
    it(`else nobody: ${method} is answered by ${String(status)}`, () => {
      const bench = new UserAgentBench().take('MESSAGE', 'SUBSCRIBE');
      bench.receive({ method });
      const response = asResponse(bench.wire.last().bytes);
      assert.equal(response.status, status);
      if (status !== 481)
        assert.equal(response.headerValues('Allow').join(), 'ACK,BYE,CANCEL,MESSAGE,SUBSCRIBE');
    });
  }

  it('nobody, when a check of §8.2 refuses it', () => {
    const bench = new UserAgentBench().take('MESSAGE');
    bench.receive({ headers: ['Require: x'] });
    assert.deepEqual([bench.wire.last().what, bench.taken.length], ['420', 0]);
    assert.equal(asResponse(bench.wire.last().bytes).header('Unsupported'), 'x');
  });
});

describe('RequestRouter: INVITEs that need nobody to be refused', () => {
  const rows: readonly (readonly [string, RequestText, number])[] = [
    ['without a handler', {}, 405],
    ['of a dialog that is not there', { to: '<sip:us@x>;tag=gone' }, 481],
    ['of an extension that is not known', { headers: ['Require: 100rel'] }, 420],
  ];
  for (const [what, over, status] of rows) {
    it(`${what}: ${String(status)} once, the same again for a repetition, and nothing is held of them`, async () => {
      const bench = new UserAgentBench();
      for (let i = 0; i < 2; i += 1) bench.receive({ method: 'INVITE', ...over });
      assert.deepEqual(bench.wire.whats, [String(status), String(status)]);
      const [first, again] = bench.wire.sent.map(({ bytes }) => Buffer.from(bytes).toString());
      assert.equal(first, again, '§8.2.7');
      assert.deepEqual([bench.clock.pending, bench.gauge('transactions_lingering')], [0, 0]);
      await bench.clock.advance(60_000);
      assert.equal(bench.wire.sent.length, 2, 'nobody who forges a source has answers repeated to others');
      bench.receive({ method: 'ACK', cSeq: '20 ACK', to: `<sip:us@x>;tag=${String(status)}` });
      assert.equal(bench.wire.sent.length, 2);
    });
  }
});

describe('RequestRouter: handlers that fail', () => {
  it('are answered by 500, counted and logged, and nothing is thrown (§21.5.1)', () => {
    const logged: LogFields[] = [];
    const logger: Logger = { ...silentLogger, error: (fields: LogFields) => logged.push(fields) };
    const bench = new UserAgentBench({}, logger);
    bench.agent.onRequest('MESSAGE', () => {
      throw new Error('of a handler');
    });
    bench.receive({});
    assert.deepEqual([bench.wire.last().what, bench.refused('handler-failed'), logged.length], ['500', 1, 1]);
  });

  it('are answered by nothing more when they had answered', () => {
    const bench = new UserAgentBench();
    bench.agent.onRequest('MESSAGE', (incoming) => {
      incoming.reply(200);
      throw new Error('of a handler');
    });
    bench.receive({});
    assert.deepEqual([bench.wire.whats, bench.refused('handler-failed')], [['200'], 1]);
  });
});

describe('RequestRouter: connections of those who registered', () => {
  it('are trusted after a 2xx to REGISTER, and after nothing else', () => {
    const bench = new UserAgentBench().take('REGISTER', 'MESSAGE');
    const flow = aFlow({ transport: 'tcp' });
    bench.receive({}, flow);
    bench.incoming.reply(200);
    bench.receive({ method: 'REGISTER' }, flow);
    bench.incoming.reply(401);
    assert.deepEqual(bench.transport.trusted, []);
    bench.receive({ method: 'REGISTER', cSeq: '21 REGISTER' }, flow);
    bench.incoming.reply(200);
    assert.deepEqual(bench.transport.trusted, [flow]);
  });
});
