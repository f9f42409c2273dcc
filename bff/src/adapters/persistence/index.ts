import type { DataSource } from 'typeorm';
import type { Repositories } from '../../core/index.ts';
import { type Clock, type Logger, withDeadline } from '../../kernel/index.ts';
import { createDataSource, type DatabaseLocation } from './data-source.ts';
import { SqlAccessRepository } from './repositories/access-repository.ts';
import { SqlAlarmRepository } from './repositories/alarm-repository.ts';
import { SqlCapabilityRepository } from './repositories/capability-repository.ts';
import { SqlCascadeRepository } from './repositories/cascade-repository.ts';
import { SqlDeviceRepository } from './repositories/device-repository.ts';
import { SqlGrantRepository } from './repositories/grant-repository.ts';
import { SqlPresetRepository } from './repositories/preset-repository.ts';
import { SqlProfileRepository } from './repositories/profile-repository.ts';
import { SqlRegistrationRepository } from './repositories/registration-repository.ts';
import { sqlPositions, sqlPresence } from './repositories/report-histories.ts';
import { SqlUpgradeRepository } from './repositories/upgrade-repository.ts';
import { SqlWishRepository } from './repositories/wish-repository.ts';
import { TransactionQueue } from './transaction-queue.ts';

export type { DatabaseLocation } from './data-source.ts';

const ANSWERS_WITHIN_MS = 2_000;

/** An open database. */
export interface Database {
  readonly repositories: Repositories;
  /** Resolves with whether the database can be worked with now; never rejects. */
  answers(): Promise<boolean>;
  close(): Promise<void>;
}

/** Opens the database and brings its tables up to date. Rejects when it cannot be reached or migrated. */
export async function openDatabase(
  options: DatabaseLocation & { readonly clock: Clock; readonly logger: Logger },
): Promise<Database> {
  const source = createDataSource(options);
  await source.initialize();
  try {
    const ran = await source.runMigrations();
    if (ran.length > 0) options.logger.info({ migrations: ran.map(({ name }) => name) }, 'database migrated');
  } catch (error) {
    await source.destroy();
    throw error;
  }
  const { clock } = options;
  let asking: Promise<boolean> | undefined;
  const transactions = new TransactionQueue(source, { oneAtATime: 'sqlitePath' in options, clock });
  return {
    repositories: {
      cascade: new SqlCascadeRepository(source, transactions),
      devices: new SqlDeviceRepository(source, transactions),
      access: new SqlAccessRepository(source, transactions),
      grants: new SqlGrantRepository(source, transactions),
      alarms: new SqlAlarmRepository(source, transactions),
      positions: sqlPositions(source, transactions),
      presence: sqlPresence(source, transactions),
      wishes: new SqlWishRepository(source, transactions),
      profiles: new SqlProfileRepository(source, transactions),
      registrations: new SqlRegistrationRepository(source, transactions),
      presets: new SqlPresetRepository(source, transactions),
      upgrades: new SqlUpgradeRepository(source, transactions),
      capabilities: new SqlCapabilityRepository(source, transactions),
    },
    async answers() {
      asking ??= withDeadline(
        transactions.run((manager) => manager.query('SELECT 1')),
        ANSWERS_WITHIN_MS,
        'the database',
        clock,
      ).then(
        () => true,
        () => false,
      );
      const answered = await asking;
      asking = undefined;
      return answered;
    },
    async close() {
      await transactions.idle();
      if ('sqlitePath' in options) await gatherInOneFile(source, options.logger);
      await source.destroy();
    },
  };
}

/** The driver leaves what was written in the write-ahead log when it closes: the file alone would be no backup. */
async function gatherInOneFile(source: DataSource, logger: Logger): Promise<void> {
  try {
    await source.query('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch (error) {
    logger.warn({ err: error }, 'the write-ahead log stays beside the database file');
  }
}
