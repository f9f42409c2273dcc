import { type Clock, type Logger, withDeadline } from '../kernel/index.ts';

const STOP_WITHIN_MS = 5_000;

interface Part {
  readonly name: string;
  readonly stop: () => Promise<void> | void;
}

/** Remembers what was started and stops it in the opposite order, each part with a deadline. */
export class Lifecycle {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #started: Part[] = [];
  #stopping: Promise<void> | undefined;
  #over = false;

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** True once {@link stop} was called: what is on its way shall not be finished. */
  get stopping(): boolean {
    return this.#stopping !== undefined;
  }

  /** Notes a part that has started. One that comes while all is being stopped is stopped with the rest. */
  started(name: string, stop: Part['stop']): void {
    this.#started.push({ name, stop });
    if (this.#over) void this.#stopAll();
  }

  /** Stops everything once; later calls join the first. Never rejects. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    this.#over = false;
    for (let part = this.#started.pop(); part; part = this.#started.pop()) await this.#stopOne(part);
    this.#over = true;
  }

  async #stopOne({ name, stop }: Part): Promise<void> {
    try {
      await withDeadline(Promise.resolve(stop()), STOP_WITHIN_MS, name, this.#clock);
    } catch (error) {
      this.#logger.error({ err: error, part: name }, 'a part did not stop in order');
    }
  }
}
