import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import type { Clock } from '../../kernel/index.ts';

/** How long a group is filled up, ms: it blocks this thread. */
const GROUP_MS = 8;
/** Turns of the event loop between two groups: in each, some dozens of datagrams are read. */
const TURNS_BETWEEN = 4;
/** The longest rest after a group, ms. */
const LONGEST_REST_MS = 250;

/** What is lost by a power cut: nothing that was acknowledged, or the last seconds of what devices told anyway. */
export type Durability = 'power-cut' | 'kill';

const SYNCHRONOUS: Readonly<Record<Durability, string>> = { 'power-cut': 'FULL', kill: 'NORMAL' };

/** A transaction that waits. */
interface Job {
  readonly survives: Durability;
  /** Runs it within an open transaction of a group, or alone. */
  readonly run: (manager: EntityManager, isAlone: boolean) => Promise<void>;
  /** Tells its caller how it ended, once the group is durable. */
  readonly settle: () => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Runs transactions one after another on the one connection of SQLite, which works in this very thread, and waits for
 * the disk once for all that have come meanwhile. Each keeps its own savepoint: one that fails takes no other along.
 */
export class GroupCommit {
  readonly #source: DataSource;
  readonly #clock: Clock;
  readonly #waiting: Job[] = [];
  #draining: Promise<void> | undefined;
  #restUntilMs = 0;
  /** What the connection is set to; unknown at first. */
  #survives: Durability | undefined;

  constructor(source: DataSource, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
  }

  /** Resolves with what `work` gives, when what it wrote survives what it is to survive. */
  run<T>(work: (manager: EntityManager) => Promise<T>, survives: Durability): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push(jobOf(work, survives, resolve, reject));
      this.#draining ??= this.#drain().finally(() => {
        this.#draining = undefined;
      });
    });
  }

  /** Resolves when nothing runs or waits. */
  async idle(): Promise<void> {
    while (this.#draining !== undefined) await this.#draining;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      for (let turn = 0; turn < TURNS_BETWEEN; turn += 1) await nextTurn();
      // On a slow disk half of the time is everybody else's: a device that is not heard repeats itself.
      const restMs = this.#restUntilMs - this.#clock.monotonicMs();
      if (restMs >= 1) await pause(restMs);
      const beganAtMs = this.#clock.monotonicMs();
      await this.#runGroup();
      const endedAtMs = this.#clock.monotonicMs();
      this.#restUntilMs = endedAtMs + Math.min(LONGEST_REST_MS, endedAtMs - beganAtMs);
    }
  }

  /** Never rejects: each job tells its own caller. */
  async #runGroup(): Promise<void> {
    const group: Job[] = [];
    const untilMs = this.#clock.monotonicMs() + GROUP_MS;
    // Whoever asks for less may ride along with others; the disk is waited for only when somebody asks for it.
    const survives = this.#waiting.every((job) => job.survives === 'kill') ? 'kill' : 'power-cut';
    try {
      await this.#promise(survives);
      await this.#source.transaction(async (manager) => {
        const isAlone = this.#waiting.length === 1;
        do {
          if (survives === 'kill' && this.#waiting[0]?.survives === 'power-cut') return;
          const job = this.#waiting.shift();
          if (job === undefined) return;
          group.push(job);
          await job.run(manager, isAlone);
        } while (!isAlone && this.#clock.monotonicMs() < untilMs);
      });
      for (const job of group) job.settle();
    } catch (error) {
      // A transaction that could not even begin has taken nobody from the queue: the first one hears of it.
      if (group.length === 0) group.push(...this.#waiting.splice(0, 1));
      for (const job of group) job.fail(error);
    }
  }

  /** In the write-ahead log, NORMAL waits for the disk at checkpoints only (SQLite, PRAGMA synchronous). */
  async #promise(survives: Durability): Promise<void> {
    if (this.#survives === survives) return;
    this.#survives = undefined;
    await this.#source.query(`PRAGMA synchronous = ${SYNCHRONOUS[survives]}`);
    this.#survives = survives;
  }
}

function jobOf<T>(
  work: (manager: EntityManager) => Promise<T>,
  survives: Durability,
  resolve: (value: T) => void,
  reject: (error: unknown) => void,
): Job {
  let settle: () => void = () => undefined;
  return {
    survives,
    run: async (manager, isAlone) => {
      if (isAlone) {
        const value = await work(manager);
        settle = () => {
          resolve(value);
        };
        return;
      }
      try {
        const value = await manager.transaction(work);
        settle = () => {
          resolve(value);
        };
      } catch (error) {
        settle = () => {
          reject(error);
        };
      }
    },
    settle: () => {
      settle();
    },
    fail: reject,
  };
}
