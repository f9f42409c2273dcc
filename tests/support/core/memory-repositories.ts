import type {
  AppRecord,
  CapabilityRecord,
  CatalogueNodeRecord,
  ChannelRecord,
  DeviceRecord,
  GrantCancellation,
  GrantKeyRecord,
  PresetRecord,
  ProfileRecord,
  RegistrationRecord,
  Repositories,
  ShareRecord,
  TokenRecord,
  UpgradeRecord,
  UpperRecord,
} from '../../../bff/src/core/index.ts';
import { CoreError } from '../../../bff/src/kernel/index.ts';
import { memoryReports } from './memory-reports.ts';

/** Repositories in memory, for tests whose subject is not storage. */
export function memoryRepositories(): Repositories {
  const devices = new Map<number, DeviceRecord>();
  const channels = new Map<number, ChannelRecord>();
  const nodes = new Map<string, CatalogueNodeRecord>();
  const serials = new Set<string>();
  const apps = new Map<number, AppRecord>();
  const tokens = new Map<string, TokenRecord>();
  const keys = new Map<number, GrantKeyRecord>();
  const profiles = new Map<number, ProfileRecord>();
  const registrations = new Map<number, RegistrationRecord>();
  const presets = new Map<string, PresetRecord>();
  const upgrades = new Map<number, readonly UpgradeRecord[]>();
  const uppers = new Map<number, UpperRecord>();
  const shares = new Map<string, ShareRecord>();
  const capabilities = new Map<string, CapabilityRecord>();
  const cancellations = new Map<string, GrantCancellation>();
  let lastId = 0;
  const nextId = (): number => (lastId += 1);
  return {
    ...memoryReports(),
    devices: {
      loadDevices: () => Promise.resolve([...devices.values()]),
      loadChannels: () => Promise.resolve([...channels.values()]),
      loadNodes: () => Promise.resolve([...nodes.values()]),
      insert: (device) => {
        if ([...devices.values()].some((one) => one.gbId === device.gbId))
          return Promise.reject(new CoreError('ALREADY_EXISTS', ''));
        if (serials.has(device.serial)) return Promise.reject(new CoreError('CONFLICT', ''));
        serials.add(device.serial);
        const record = { ...device, id: nextId() };
        devices.set(record.id, record);
        return Promise.resolve(record);
      },
      insertMany: (added) => {
        const known = [...devices.values()];
        if (added.some(({ gbId }) => known.some((one) => one.gbId === gbId)))
          return Promise.reject(new CoreError('ALREADY_EXISTS', ''));
        if (added.some(({ serial }) => serials.has(serial)))
          return Promise.reject(new CoreError('CONFLICT', ''));
        const records = added.map((device) => ({ ...device, id: nextId() }));
        for (const record of records) {
          serials.add(record.serial);
          devices.set(record.id, record);
        }
        return Promise.resolve(records);
      },
      update: ({ id, name, credential, passwordless, mediaTransport }) => {
        const known = devices.get(id);
        if (known) devices.set(id, { ...known, name, credential, passwordless, mediaTransport });
        return Promise.resolve();
      },
      remove: (id) => {
        devices.delete(id);
        upgrades.delete(id);
        for (const channel of channels.values()) if (channel.deviceId === id) channels.delete(channel.id);
        for (const [key, node] of nodes) if (node.deviceId === id) nodes.delete(key);
        return Promise.resolve();
      },
      saveChannels: ({ deviceId, nextChannelNo, added, changed, removedIds, savedNodes, removedNodes }) => {
        const device = devices.get(deviceId);
        const numbers = [...channels.values()].filter((one) => one.deviceId === deviceId);
        if (!device || added.some(({ no }) => numbers.some((one) => one.no === no)))
          return Promise.reject(new CoreError('STORAGE_FAILED', ''));
        devices.set(deviceId, { ...device, nextChannelNo });
        for (const id of removedIds) channels.delete(id);
        for (const gbId of removedNodes) nodes.delete(`${String(deviceId)} ${gbId}`);
        for (const node of savedNodes) nodes.set(`${String(deviceId)} ${node.gbId}`, node);
        for (const channel of changed) channels.set(channel.id, channel);
        const ids = added.map((channel) => {
          const id = nextId();
          channels.set(id, { ...channel, id });
          return id;
        });
        return Promise.resolve(ids);
      },
      saveFacts: (rows) => {
        for (const row of rows) {
          const known = devices.get(row.id);
          const { reportedName, manufacturer, model, firmware, lastSeenAtMs } = row;
          if (known)
            devices.set(row.id, { ...known, reportedName, manufacturer, model, firmware, lastSeenAtMs });
        }
        return Promise.resolve();
      },
    },
    access: {
      loadApps: () => Promise.resolve([...apps.values()]),
      insertApp: (app) => {
        const record = { ...app, id: nextId() };
        apps.set(record.id, record);
        return Promise.resolve(record);
      },
      updateApp: (app) => {
        apps.set(app.id, app);
        return Promise.resolve();
      },
      loadTokens: (after) => Promise.resolve([...tokens.values()].filter((one) => one.expiresAtMs > after)),
      insertToken: (token) => {
        tokens.set(token.tokenHash, token);
        return Promise.resolve();
      },
      removeTokens: (hashes, before) => {
        for (const hash of hashes) tokens.delete(hash);
        for (const token of tokens.values()) if (token.expiresAtMs < before) tokens.delete(token.tokenHash);
        return Promise.resolve();
      },
    },
    capabilities: {
      load: () => Promise.resolve([...capabilities.values()]),
      save: (rows) => {
        for (const row of rows) capabilities.set(`${String(row.deviceId)} ${row.command}`, row);
        return Promise.resolve();
      },
      remove: (deviceId) => {
        for (const [key, row] of capabilities) if (row.deviceId === deviceId) capabilities.delete(key);
        return Promise.resolve();
      },
    },
    cascade: {
      loadUppers: () => Promise.resolve([...uppers.values()]),
      loadShares: () => Promise.resolve([...shares.values()]),
      insertUpper: (upper) => {
        const record = { ...upper, id: nextId() };
        uppers.set(record.id, record);
        return Promise.resolve(record);
      },
      updateUpper: (upper) => {
        uppers.set(upper.id, upper);
        return Promise.resolve();
      },
      removeUpper: (id) => {
        uppers.delete(id);
        for (const [key, share] of shares) if (share.upperId === id) shares.delete(key);
        return Promise.resolve();
      },
      addShares: (added) => {
        for (const share of added) shares.set(`${String(share.upperId)} ${share.gbId}`, share);
        return Promise.resolve();
      },
      removeShares: (upperId, gbIds) => {
        for (const gbId of gbIds) shares.delete(`${String(upperId)} ${gbId}`);
        return Promise.resolve();
      },
    },
    presets: {
      ofChannel: (channelId) =>
        Promise.resolve(
          [...presets.values()].filter((one) => one.channelId === channelId).sort((a, b) => a.no - b.no),
        ),
      save: (preset) => {
        presets.set(`${String(preset.channelId)} ${String(preset.no)}`, preset);
        return Promise.resolve();
      },
      remove: (channelId, no) => {
        presets.delete(`${String(channelId)} ${String(no)}`);
        return Promise.resolve();
      },
    },
    upgrades: {
      load: () => Promise.resolve([...upgrades.values()].flat()),
      save: (deviceId, records) => {
        if (!devices.has(deviceId)) return Promise.reject(new CoreError('STORAGE_FAILED', ''));
        upgrades.set(deviceId, records);
        return Promise.resolve();
      },
    },
    registrations: {
      load: () => Promise.resolve([...registrations.values()]),
      save: (registration) => {
        registrations.set(registration.deviceId, registration);
        return Promise.resolve();
      },
      remove: (deviceId) => {
        registrations.delete(deviceId);
        return Promise.resolve();
      },
    },
    profiles: {
      load: () => Promise.resolve([...profiles.values()]),
      save: (profile) => {
        profiles.set(profile.deviceId, profile);
        return Promise.resolve();
      },
      remove: (deviceId) => {
        profiles.delete(deviceId);
        return Promise.resolve();
      },
    },
    grants: {
      loadKeys: () => Promise.resolve([...keys.values()]),
      insertKey: (key) => {
        if (keys.has(key.no)) return Promise.reject(new CoreError('STORAGE_FAILED', ''));
        keys.set(key.no, key);
        return Promise.resolve();
      },
      removeKey: (no) => {
        keys.delete(no);
        return Promise.resolve();
      },
      loadCancellations: (now) =>
        Promise.resolve([...cancellations.values()].filter((one) => one.forgetAtMs > now)),
      saveCancellation: (row) => {
        cancellations.set(`${row.channelName} ${row.grantId}`, row);
        return Promise.resolve();
      },
      removeCancellations: (before) => {
        for (const [key, row] of cancellations) if (row.forgetAtMs <= before) cancellations.delete(key);
        return Promise.resolve();
      },
    },
  };
}
