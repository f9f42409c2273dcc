import type { CoreDeps } from '../core-deps.ts';
import { CatalogueSync } from '../devices/catalogue-sync.ts';
import { DeviceCatalogue } from '../devices/device-catalogue.ts';
import { DeviceRegistry } from '../devices/device-registry.ts';
import type { DeviceRecord } from '../ports/repositories.ts';
import { Devices } from '../devices/devices.ts';
import { LastRegistrations } from '../devices/last-registrations.ts';
import { WriteBehind } from '../devices/write-behind.ts';
import { Profiles } from '../profile/profiles.ts';
import type { SecretBox } from '../secret-box.ts';

/** The devices, what they have told of themselves, and how each is dealt with. */
export interface DeviceParts {
  readonly registry: DeviceRegistry;
  readonly writeBehind: WriteBehind;
  readonly catalogue: DeviceCatalogue;
  readonly catalogueSync: CatalogueSync;
  readonly devices: Devices;
  readonly profiles: Profiles;
}

/** Builds what knows the devices. `onRemoved` is called once for each device that an operator takes out. */
export function deviceParts(
  deps: CoreDeps,
  secretBox: SecretBox,
  onRemoved: (device: DeviceRecord) => void,
): DeviceParts {
  const { repositories, signalling, clock, random, logger, instruments, settings } = deps;
  const registry = new DeviceRegistry();
  const common = { registry, repository: repositories.devices, clock, logger, instruments };
  const writeBehind = new WriteBehind({
    ...common,
    lastSeenAtMs: (gbId) => signalling.presence(gbId).lastSeenAtMs,
    periodMs: settings.writeBehindMs,
  });
  const catalogue = new DeviceCatalogue({ ...common, maxChannels: settings.maxChannelsPerDevice });
  instruments.gauge(
    'yimu_core_channels',
    'channels that are kept and not retired',
    () => registry.channelCount,
  );
  const catalogueSync = new CatalogueSync({
    ...{ registry, catalogue, writeBehind, signalling, clock, random, logger, instruments },
    keepsChannels: (gbId) => deps.profiles.profileOf(gbId).ignoreCatalogDeletions,
    onFacts: (gbId) => {
      deps.profiles.refresh(gbId);
    },
    concurrency: settings.catalogConcurrency,
    jitterMs: settings.catalogJitterMs,
    retryMs: settings.catalogRetryMs,
  });
  const lastRegistrations = new LastRegistrations({
    ...{ repository: repositories.registrations, clock, logger },
    mayRevive: (gbId) => deps.profiles.profileOf(gbId).keepaliveRevives,
  });
  const devices: Devices = new Devices({
    ...{ registry, repository: repositories.devices, signalling, secretBox, clock, random, logger },
    realm: settings.realm,
    maxDevices: settings.maxDevices,
    onRemoved: (device) => {
      profiles.forget(device.id);
      lastRegistrations.forget(device.id);
      catalogueSync.forget(device.gbId);
      onRemoved(device);
    },
  });
  const profiles = new Profiles({
    ...{ devices, registry, clock, logger, lastRegistrations },
    repository: repositories.profiles,
    port: deps.profiles,
  });
  return { registry, writeBehind, catalogue, catalogueSync, devices, profiles };
}
