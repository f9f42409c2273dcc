import type { CounterFamily, Instruments } from '../../kernel/index.ts';

/** What the cascade counts. */
export class CascadeMetrics {
  readonly requests: CounterFamily;
  readonly invites: CounterFamily;
  readonly dropped: CounterFamily;

  constructor(instruments: Instruments) {
    this.requests = instruments.family('yimu_upper_requests', 'requests of upper platforms', 'method');
    this.invites = instruments.family(
      'yimu_upper_invites',
      'INVITEs of upper platforms, by result',
      'result',
    );
    this.dropped = instruments.family(
      'yimu_upper_dropped',
      'answers and notices to upper platforms that did not arrive in full, by why',
      'why',
    );
  }

  measure(
    instruments: Instruments,
    read: {
      readonly registered: () => number;
      readonly calls: () => number;
      readonly subscriptions: () => number;
      readonly relays: () => number;
      readonly movements: () => number;
    },
  ): void {
    const gauge = (name: string, help: string, value: () => number): void => {
      instruments.gauge(`yimu_upper_${name}`, help, value);
    };
    gauge('registered', 'upper platforms that we are registered to', read.registered);
    gauge('sessions', 'media sessions of upper platforms', read.calls);
    gauge('subscriptions', 'subscriptions of upper platforms', read.subscriptions);
    gauge('questions', 'questions of upper platforms that wait for a device', read.relays);
    gauge('movements', 'cameras that upper platforms move', read.movements);
  }
}
