import { Instruments } from '../../../../bff/src/kernel/index.ts';
import type { Flow } from '../../../../bff/src/sip/index.ts';
import { SipMetrics } from '../../../../bff/src/sip/sip-metrics.ts';
import type { ClientTransactionDeps } from '../../../../bff/src/sip/transaction/client-transaction.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { aFlow, requestText } from '../../../support/sip/messages.ts';
import { Wire } from '../sent.ts';

/** What stands around a client transaction under test. */
export interface ClientBench {
  readonly clock: FakeClock;
  readonly wire: Wire;
  readonly request: string;
  /** What its user heard: statuses, `timed-out`, `transport-failed`, in order. */
  readonly heard: string[];
  readonly instruments: Instruments;
  readonly deps: ClientTransactionDeps;
  /** How often it ended. */
  readonly ends: () => number;
}

export function aClientBench(method: string, transport: Flow['transport']): ClientBench {
  const clock = new FakeClock();
  const wire = new Wire(() => clock.monotonicMs());
  const instruments = new Instruments();
  const request = requestText({ method, cSeq: `1 ${method}` });
  const heard: string[] = [];
  const state = { ends: 0 };
  return {
    clock,
    wire,
    request,
    heard,
    instruments,
    ends: () => state.ends,
    deps: {
      clock,
      metrics: new SipMetrics(instruments),
      send: wire.send,
      flow: aFlow({ transport }),
      bytes: Buffer.from(request),
      user: {
        onResponse: ({ status }) => heard.push(String(status)),
        onTimedOut: () => heard.push('timed-out'),
        onTransportFailed: (error) => heard.push(`transport-failed: ${error.message}`),
      },
      onTerminated: () => {
        state.ends += 1;
      },
    },
  };
}
