import libsql from 'libsql';
import { DataSource } from 'typeorm';
import { AppEntity, TokenEntity } from './entities/access.entity.ts';
import { CatalogueNodeEntity } from './entities/catalogue-node.entity.ts';
import { ChannelEntity } from './entities/channel.entity.ts';
import { DeviceCapabilityEntity } from './entities/device-capability.entity.ts';
import { DeviceProfileEntity } from './entities/device-profile.entity.ts';
import { DeviceRegistrationEntity } from './entities/device-registration.entity.ts';
import { DeviceUpgradeEntity } from './entities/device-upgrade.entity.ts';
import { DeviceEntity, DeviceSerialEntity } from './entities/device.entity.ts';
import { GrantCancellationEntity, GrantKeyEntity } from './entities/grant.entity.ts';
import { AlarmEntity, PositionEntity, PresenceEntity, WishEntity } from './entities/report.entities.ts';
import { SharedChannelEntity, UpperPlatformEntity } from './entities/upper-platform.entity.ts';
import { PresetEntity } from './entities/preset.entity.ts';
import { Initial1763900000000 } from './migrations/1763900000000-initial.ts';
import { CatalogueTree1764000000000 } from './migrations/1764000000000-catalogue-tree.ts';
import { DeviceProfile1764100000000 } from './migrations/1764100000000-device-profile.ts';
import { DeviceCapability1764350000000 } from './migrations/1764350000000-device-capability.ts';
import { Reports1764200000000 } from './migrations/1764200000000-reports.ts';
import { Preset1764400000000 } from './migrations/1764400000000-preset.ts';
import { Cascade1764700000000 } from './migrations/1764700000000-cascade.ts';
import { DeviceRegistration1764800000000 } from './migrations/1764800000000-device-registration.ts';
import { DeviceUpgrade1764900000000 } from './migrations/1764900000000-device-upgrade.ts';
import { CapabilityEmpty1765000000000 } from './migrations/1765000000000-capability-empty.ts';
import { UpperOrganisations1765100000000 } from './migrations/1765100000000-upper-organisations.ts';

const COMMON = {
  entities: [
    UpperPlatformEntity,
    SharedChannelEntity,
    DeviceEntity,
    DeviceSerialEntity,
    DeviceProfileEntity,
    DeviceRegistrationEntity,
    DeviceCapabilityEntity,
    DeviceUpgradeEntity,
    ChannelEntity,
    CatalogueNodeEntity,
    PresetEntity,
    AppEntity,
    TokenEntity,
    GrantKeyEntity,
    GrantCancellationEntity,
    AlarmEntity,
    PositionEntity,
    PresenceEntity,
    WishEntity,
  ],
  migrations: [
    Initial1763900000000,
    CatalogueTree1764000000000,
    DeviceProfile1764100000000,
    Reports1764200000000,
    DeviceCapability1764350000000,
    Preset1764400000000,
    Cascade1764700000000,
    DeviceRegistration1764800000000,
    DeviceUpgrade1764900000000,
    CapabilityEmpty1765000000000,
    UpperOrganisations1765100000000,
  ],
  migrationsTransactionMode: 'each' as const,
  synchronize: false,
  logging: false,
};

const MYSQL_CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 5_000;
/** Transactions that may wait for a connection; further ones are refused at once. */
const MAX_WAITING = 2_000;

/** Where the data is. */
export type DatabaseLocation =
  | { readonly sqlitePath: string }
  | { /** `mysql://user:password@host:port/database`. */ readonly url: string };

/** A source that is not connected yet. */
export function createDataSource(location: DatabaseLocation): DataSource {
  if ('url' in location) {
    return new DataSource({
      ...COMMON,
      type: 'mysql',
      url: location.url,
      charset: 'utf8mb4',
      timezone: 'Z',
      supportBigNumbers: true,
      poolSize: MYSQL_CONNECTIONS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      extra: { queueLimit: MAX_WAITING },
    });
  }
  return new DataSource({
    ...COMMON,
    type: 'better-sqlite3',
    driver: libsql,
    database: location.sqlitePath,
    enableWAL: true,
    prepareDatabase: (database: { exec(sql: string): void }) => {
      // What was acknowledged survives a kill and a power cut.
      database.exec('PRAGMA synchronous = FULL; PRAGMA busy_timeout = 1000; PRAGMA foreign_keys = ON;');
    },
  });
}
