import type {
  ReportEvents,
  ReportsPort,
  StandingSubscription,
  WantedSubscription,
} from '../../../bff/src/core/index.ts';
import { TypedEmitter } from '../../../bff/src/kernel/index.ts';

/** What devices tell, told by the test. */
export class FakeReports implements ReportsPort {
  readonly #events = new TypedEmitter<ReportEvents>((error) => {
    throw error;
  });
  readonly wanted = new Map<string, readonly WantedSubscription[]>();
  /** `guard <device> <target> <on>` and `reset <device> <target> <method> <type>`, in order. */
  readonly orders: string[] = [];
  /** Rejects orders when set. */
  refusal: Error | undefined;

  on<Name extends keyof ReportEvents>(
    name: Name,
    listener: (...args: ReportEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  tell<Name extends keyof ReportEvents>(name: Name, ...args: ReportEvents[Name]): void {
    this.#events.emit(name, ...args);
  }

  want(gbId: string, wanted: readonly WantedSubscription[]): void {
    if (wanted.length === 0) this.wanted.delete(gbId);
    else this.wanted.set(gbId, wanted);
  }

  standing(gbId: string): readonly StandingSubscription[] {
    return (this.wanted.get(gbId) ?? []).map((wanted) => ({
      ...wanted,
      phase: 'active',
      expiresAtMs: 1,
      lastNotifiedAtMs: undefined,
      notified: 0,
      refusedBy: undefined,
    }));
  }

  guard(gbId: string, targetGbId: string, on: boolean): Promise<void> {
    return this.#obey(`guard ${gbId} ${targetGbId} ${String(on)}`);
  }

  resetAlarm(
    gbId: string,
    targetGbId: string,
    { method, type }: { readonly method: number | undefined; readonly type: number | undefined },
  ): Promise<void> {
    return this.#obey(`reset ${gbId} ${targetGbId} ${String(method)} ${String(type)}`);
  }

  #obey(order: string): Promise<void> {
    if (this.refusal !== undefined) return Promise.reject(this.refusal);
    this.orders.push(order);
    return Promise.resolve();
  }
}
