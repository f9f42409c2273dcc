import { failureOfRefusal, type Failure, type Outcome } from '../models/failure.ts';
import { signalOf } from '../models/player-code.ts';
import {
  INITIAL_PLAYER_STATE,
  stepPlayer,
  type PlayerEffect,
  type PlayerInput,
  type PlayerState,
  type PlayerTimer,
} from '../models/player-fsm.ts';

/** What the driver needs of the world. */
export interface PlayerPorts {
  askAddress(): Promise<Outcome<string>>;
  startPlayer(url: string): void;
  nudgePlayer(): void;
  stopPlayer(): void;
  keepAwake(on: boolean): void;
  after(delayMs: number, callback: () => void): () => void;
  /** Called after each input, with the state that it led to. */
  changed(state: PlayerState): void;
}

/** A media server's own words, which only the browser host can hand over. */
export interface MediaRefusal {
  readonly code: string;
  readonly message: string;
}

/** Carries out what the player's state machine wants: addresses, the player itself, timers. */
export class PlayerDriver {
  readonly #ports: PlayerPorts;
  readonly #timers = new Map<PlayerTimer, () => void>();
  #state = INITIAL_PLAYER_STATE;
  /** Grows with each try: an answer to an older one is dropped. */
  #attempt = 0;
  #url = '';
  #over = false;

  constructor(ports: PlayerPorts) {
    this.#ports = ports;
  }

  get state(): PlayerState {
    return this.#state;
  }

  dispatch(input: PlayerInput): void {
    if (this.#over) return;
    const { state, effects } = stepPlayer(this.#state, input);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
    this.#ports.changed(this.#state);
  }

  /** A `statechange` code of the live-player. */
  heard(code: number, refusal: MediaRefusal | undefined): void {
    const type = signalOf(code);
    if (type === undefined) return;
    const failure: Failure =
      refusal === undefined
        ? { kind: 'disconnected', code: String(code), message: '' }
        : failureOfRefusal(refusal.code, refusal.message);
    this.dispatch({ type, failure });
  }

  /** The page is gone: the player stops, no timer runs on, and nothing is heard any more. */
  dispose(): void {
    this.dispatch({ type: 'stop' });
    this.#over = true;
    this.#stopTimers();
  }

  #perform(effect: PlayerEffect): void {
    switch (effect.do) {
      case 'ask-address':
        this.#ask();
        break;
      case 'start-player':
        this.#ports.startPlayer(this.#url);
        break;
      case 'nudge-player':
        this.#ports.nudgePlayer();
        break;
      case 'stop-player':
        this.#attempt += 1;
        this.#ports.stopPlayer();
        break;
      case 'stop-timers':
        this.#stopTimers();
        break;
      case 'keep-awake':
        this.#ports.keepAwake(effect.on);
        break;
      case 'start-timer':
        this.#startTimer(effect.timer, effect.delayMs);
        break;
    }
  }

  #ask(): void {
    this.#attempt += 1;
    const attempt = this.#attempt;
    void this.#ports.askAddress().then((outcome) => {
      if (attempt !== this.#attempt || this.#over) return;
      if (outcome.ok) {
        this.#url = outcome.value;
        this.dispatch({ type: 'address' });
      } else this.dispatch({ type: 'refused', failure: outcome.failure });
    });
  }

  #startTimer(timer: PlayerTimer, delayMs: number): void {
    this.#timers.get(timer)?.();
    const cancel = this.#ports.after(delayMs, () => {
      this.#timers.delete(timer);
      this.dispatch({ type: 'timer', timer });
    });
    this.#timers.set(timer, cancel);
  }

  #stopTimers(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }
}
