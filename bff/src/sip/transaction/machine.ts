import type { Cancel, Clock } from '../../kernel/index.ts';
import { type StateTable, step, type TimerEvent } from './state-table.ts';
import { firstDelayMs, nextDelayMs, T2_MS, type TimerName } from './timers.ts';

interface Running {
  readonly delayMs: number;
  readonly cancel: Cancel;
}

/** What runs a machine's actions. */
export interface MachineOwner<Action extends string> {
  readonly clock: Clock;
  readonly reliable: boolean;
  perform(action: Action): void;
  /** Called once; every timer is off. */
  onTerminated(): void;
}

const TIMER_ACTION = /^(start|repeat|slow|stop)-([A-M])$/;

/** Runs a state table: keeps the state and the timers, and leaves every other action to its owner. */
export class Machine<State extends string, Event extends string, Action extends string> {
  readonly #table: StateTable<State, Event | TimerEvent, Action>;
  readonly #owner: MachineOwner<Action>;
  readonly #timers = new Map<TimerName, Running>();
  #state: State;

  constructor(
    table: StateTable<State, Event | TimerEvent, Action>,
    initial: State,
    owner: MachineOwner<Action>,
  ) {
    this.#table = table;
    this.#state = initial;
    this.#owner = owner;
  }

  get state(): State {
    return this.#state;
  }

  /** Gives an event to the machine; false when its state absorbs it. */
  on(event: Event | TimerEvent): boolean {
    const transition = step(this.#table, this.#state, event);
    if (transition === undefined) return false;
    this.#state = transition.to;
    const terminated = transition.to === 'terminated';
    if (terminated) this.#stopAll();
    for (const action of transition.actions) this.#do(action);
    if (terminated) this.#owner.onTerminated();
    return true;
  }

  #do(action: string): void {
    const match = TIMER_ACTION.exec(action);
    // The pattern and the type of timer actions are the same; what does not match is the owner's.
    if (match === null) {
      this.#owner.perform(action as Action);
      return;
    }
    const timer = match[2] as TimerName;
    switch (match[1]) {
      case 'start':
        this.#start(timer, firstDelayMs(timer, this.#owner.reliable));
        return;
      case 'repeat': {
        const running = this.#timers.get(timer);
        if (running !== undefined) this.#start(timer, nextDelayMs(timer, running.delayMs));
        return;
      }
      case 'slow':
        this.#start(timer, T2_MS);
        return;
      default:
        this.#timers.get(timer)?.cancel();
        this.#timers.delete(timer);
    }
  }

  #start(timer: TimerName, delayMs: number | undefined): void {
    if (delayMs === undefined || this.#state === 'terminated') return;
    const event: TimerEvent = `timer-${timer}`;
    if (delayMs === 0) {
      this.on(event);
      return;
    }
    this.#timers.get(timer)?.cancel();
    const cancel = this.#owner.clock.after(delayMs, () => {
      this.on(event);
    });
    this.#timers.set(timer, { delayMs, cancel });
  }

  #stopAll(): void {
    for (const { cancel } of this.#timers.values()) cancel();
    this.#timers.clear();
  }
}
