import assert from 'node:assert/strict';
import type {
  CascadePort,
  ShownChange,
  UpperConnection,
  UpperRegistration,
  UpwardAlarm,
  UpwardAnswers,
  UpwardDirection,
  UpwardPosition,
} from '../../../bff/src/core/index.ts';

/** Upper platforms as the core sees them, at the edge of the process. */
export class FakeCascade implements CascadePort {
  readonly ownGbId = '34020000002000000001';
  readonly joined = new Map<number, UpperConnection>();
  readonly left: number[] = [];
  readonly changes: (readonly [key: number, change: ShownChange])[] = [];
  readonly alarms: (readonly [key: number, alarm: UpwardAlarm])[] = [];
  readonly directions: (readonly [key: number, direction: UpwardDirection])[] = [];
  readonly positions: (readonly [key: number, position: UpwardPosition])[] = [];
  #answers: UpwardAnswers | undefined;

  get answers(): UpwardAnswers {
    assert.ok(this.#answers, 'nobody serves');
    return this.#answers;
  }

  serve(answers: UpwardAnswers): void {
    this.#answers = answers;
  }

  join(upper: UpperConnection): void {
    this.joined.set(upper.key, upper);
  }

  leave(key: number): Promise<void> {
    if (this.joined.delete(key)) this.left.push(key);
    return Promise.resolve();
  }

  registration(key: number): UpperRegistration | undefined {
    if (!this.joined.has(key)) return undefined;
    return {
      phase: 'registered',
      registeredAtMs: 1,
      lastError: undefined,
      lastErrorAtMs: undefined,
      clockOffsetMs: 0,
    };
  }

  notifyCatalog(key: number, changes: readonly ShownChange[]): void {
    for (const change of changes) this.changes.push([key, change]);
  }

  notifyAlarm(key: number, alarm: UpwardAlarm): void {
    this.alarms.push([key, alarm]);
  }

  notifyPosition(key: number, position: UpwardPosition): void {
    this.positions.push([key, position]);
  }

  notifyDirection(key: number, direction: UpwardDirection): void {
    this.directions.push([key, direction]);
  }
}
