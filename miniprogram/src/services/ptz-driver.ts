import type { Failure, Outcome } from '../models/failure.ts';
import {
  INITIAL_PTZ_STATE,
  stepPtz,
  type PtzEffect,
  type PtzInput,
  type PtzState,
  type PtzTimer,
} from '../models/ptz-fsm.ts';
import type { SteerMove } from '../models/ptz-move.ts';

/** What the driver needs of the world. */
export interface PtzPorts {
  start(move: SteerMove): Promise<Outcome<unknown>>;
  stop(move: SteerMove): Promise<Outcome<unknown>>;
  after(delayMs: number, callback: () => void): () => void;
  /** The camera would not turn. */
  refused(failure: Failure, move: SteerMove): void;
}

/** Carries out what the steering's state machine wants: starts, stops, timers. */
export class PtzDriver {
  readonly #ports: PtzPorts;
  readonly #timers = new Map<PtzTimer, () => void>();
  #state = INITIAL_PTZ_STATE;

  constructor(ports: PtzPorts) {
    this.#ports = ports;
  }

  get state(): PtzState {
    return this.#state;
  }

  /** The finger wants this now. */
  press(move: SteerMove): void {
    this.#dispatch({ type: 'press', move });
  }

  release(): void {
    this.#dispatch({ type: 'release' });
  }

  /** The page goes out of sight or away: a camera that turns is stopped at once. */
  leave(): void {
    this.#dispatch({ type: 'leave' });
  }

  #dispatch(input: PtzInput): void {
    const { state, effects } = stepPtz(this.#state, input);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: PtzEffect): void {
    switch (effect.do) {
      case 'send-start':
        this.#send(effect.move);
        break;
      case 'send-stop':
        void this.#ports.stop(effect.move).then(({ ok }) => {
          this.#dispatch({ type: 'stop-answered', accepted: ok });
        });
        break;
      case 'start-timer': {
        const { timer } = effect;
        this.#stopTimer(timer);
        const cancel = this.#ports.after(effect.delayMs, () => {
          this.#timers.delete(timer);
          this.#dispatch({ type: 'timer', timer });
        });
        this.#timers.set(timer, cancel);
        break;
      }
      case 'stop-timer':
        this.#stopTimer(effect.timer);
        break;
    }
  }

  #send(move: SteerMove): void {
    void this.#ports.start(move).then((outcome) => {
      this.#dispatch({ type: 'start-answered', accepted: outcome.ok });
      if (!outcome.ok) this.#ports.refused(outcome.failure, move);
    });
  }

  #stopTimer(timer: PtzTimer): void {
    this.#timers.get(timer)?.();
    this.#timers.delete(timer);
  }
}
