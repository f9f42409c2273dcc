import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { type Clock, DeadlineError, withDeadline } from '../../kernel/index.ts';
import { type Durability, GroupCommit } from './group-commit.ts';

/** A database that does not answer must not keep callers, nor the connections that they hold. */
const DEADLINE_MS = 10_000;
/** A transaction that lost against another is run again; by then the other is over. */
const ATTEMPTS = 4;
/** MySQL and MariaDB: ER_LOCK_DEADLOCK, and ER_CHECKREAD for a row that changed under a snapshot. */
const LOST_AGAINST_ANOTHER: ReadonlySet<unknown> = new Set([1213, 1020]);

/**
 * Runs transactions. SQLite has one connection and knows one transaction at a time: there those that wait are
 * committed together; a server runs them side by side.
 */
export class TransactionQueue {
  readonly #source: DataSource;
  readonly #clock: Clock;
  readonly #together: GroupCommit | undefined;

  constructor(source: DataSource, options: { readonly oneAtATime: boolean; readonly clock: Clock }) {
    this.#source = source;
    this.#clock = options.clock;
    this.#together = options.oneAtATime ? new GroupCommit(source, options.clock) : undefined;
  }

  /**
   * Resolves when what `work` wrote is durable. What is written behind anyway, and told again by devices, may ask for
   * less: that it survives the end of this process. A server of MySQL has a setting of its own.
   */
  async run<T>(work: (manager: EntityManager) => Promise<T>, survives: Durability = 'power-cut'): Promise<T> {
    return await (this.#together?.run(work, survives) ?? this.#onServer(work));
  }

  /** Resolves when nothing runs or waits. */
  async idle(): Promise<void> {
    await this.#together?.idle();
  }

  async #onServer<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const runner = this.#source.createQueryRunner();
      const done = runner.manager.transaction(work);
      try {
        const result = await withDeadline(done, DEADLINE_MS, 'the transaction', this.#clock);
        await runner.release();
        return result;
      } catch (error) {
        if (error instanceof DeadlineError) cutOff(runner);
        else await runner.release().catch(() => undefined);
        if (attempt === ATTEMPTS || !LOST_AGAINST_ANOTHER.has(errnoOf(error))) throw error;
      }
    }
  }
}

/** Ends the connection of a transaction that nobody waits for any more; the server then rolls it back. */
function cutOff(runner: QueryRunner): void {
  const connected = runner.connect() as Promise<{ readonly destroy?: () => void }>;
  connected.then(
    (connection) => connection.destroy?.(),
    () => undefined,
  );
}

function errnoOf(error: unknown): unknown {
  return error instanceof Error && 'errno' in error ? error.errno : undefined;
}
