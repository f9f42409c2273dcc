import { type Clock, ExpiringMap } from '../../kernel/index.ts';

/** What two tellings of one alarm have in common beside AlarmTime. */
interface KindOfAlarm {
  readonly deviceId: number;
  readonly sourceGbId: string;
  readonly priority: number | undefined;
  readonly method: number | undefined;
  readonly type: number | undefined;
  readonly eventType: number | undefined;
}

/** How many alarms of one kind came in a window, and the last of them. */
interface Tally<Alarm> {
  readonly endsAtMs: number;
  readonly count: number;
  readonly last: Alarm;
}

/** What tells alarms apart beside AlarmTime, as one text. */
export function kindOf(told: KindOfAlarm): string {
  const { deviceId, sourceGbId, priority, method, type, eventType } = told;
  return [deviceId, sourceGbId, priority, method, type, eventType].join(' ');
}

/** Bounds the alarms of one kind in a window: a source that tells a new AlarmTime each moment fills no database. */
export class AlarmKinds<Alarm> {
  readonly #clock: Clock;
  readonly #windowMs: number;
  readonly #most: number;
  readonly #tallies: ExpiringMap<string, Tally<Alarm>>;

  constructor(options: {
    readonly clock: Clock;
    readonly windowMs: number;
    readonly most: number;
    readonly capacity: number;
  }) {
    const { clock, windowMs, most, capacity } = options;
    this.#clock = clock;
    this.#windowMs = windowMs;
    this.#most = most;
    this.#tallies = new ExpiringMap({ clock, lifeMs: windowMs, capacity });
  }

  /** The alarm that counts up instead of a new one; undefined while there is room. */
  full(kind: string): Alarm | undefined {
    const tally = this.#current(kind);
    return tally !== undefined && tally.count >= this.#most ? tally.last : undefined;
  }

  add(kind: string, alarm: Alarm): void {
    const tally = this.#current(kind);
    const endsAtMs = tally?.endsAtMs ?? this.#clock.monotonicMs() + this.#windowMs;
    this.#tallies.set(kind, { endsAtMs, count: (tally?.count ?? 0) + 1, last: alarm });
  }

  clear(): void {
    this.#tallies.clear();
  }

  #current(kind: string): Tally<Alarm> | undefined {
    const tally = this.#tallies.get(kind);
    return tally !== undefined && tally.endsAtMs > this.#clock.monotonicMs() ? tally : undefined;
  }
}
