import { createEmbeddedMedia } from '../adapters/media/index.ts';
import { type DatabaseLocation, openDatabase } from '../adapters/persistence/index.ts';
import type { Config } from '../config/index.ts';
import { type Core, createCore, DEFAULT_CORE_SETTINGS } from '../core/index.ts';
import { createGb28181Platform } from '../gb28181/index.ts';
import { type Clock, Instruments, type Logger, SystemClock, SystemRandom } from '../kernel/index.ts';
import { createSipUserAgent } from '../sip/index.ts';
import { devicePorts, filePorts } from './core-ports.ts';
import type { DataDir } from './data-dir.ts';
import { watchHeap } from './heap-policy.ts';
import { Lifecycle } from './lifecycle.ts';
import { obstacles } from './obstacles.ts';
import { ownAddress } from './own-address.ts';

const DATABASE_FILE = 'yimu.sqlite';
const FIRST_APP_FILE = 'first-app.json';
/** Everything below HTTP, started. */
export interface Engine {
  readonly core: Core;
  readonly clock: Clock;
  readonly random: SystemRandom;
  readonly instruments: Instruments;
  readonly dataDir: DataDir;
  readonly lifecycle: Lifecycle;
  /** Says where devices reach the HTTP side, which comes up last. */
  readonly uploadsTo: (base: string) => void;
  /** What keeps the server from doing its job now; empty when it is ready. Never rejects. */
  readonly obstacles: () => Promise<readonly string[]>;
  readonly sip: {
    readonly host: string;
    readonly port: number;
    readonly id: string;
    readonly domain: string;
  };
}

/** Builds the floors from the ground up and starts them. What was started is stopped again if a later part fails. */
export async function startEngine(config: Config, logger: Logger, dataDir: DataDir): Promise<Engine> {
  const clock = new SystemClock();
  const lifecycle = new Lifecycle(clock, logger);
  try {
    return await buildEngine({ config, logger, dataDir, clock, lifecycle });
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

interface Ground {
  readonly config: Config;
  readonly logger: Logger;
  readonly dataDir: DataDir;
  readonly clock: SystemClock;
  readonly lifecycle: Lifecycle;
}

async function buildEngine({ config, logger, dataDir, clock, lifecycle }: Ground): Promise<Engine> {
  const random = new SystemRandom();
  const instruments = new Instruments();
  instruments.gauge('yimu_timers', 'timers that are pending in the main thread', () => clock.pending);
  lifecycle.started('heap policy', watchHeap(clock));
  const host = config.sipHost ?? ownAddress();
  const common = { clock, random, logger, instruments };

  const database = await openDatabase({ ...databaseLocation(config, dataDir), clock, logger });
  lifecycle.started('database', () => database.close());

  const { rtpPorts, mediaHttpPort: flvPort, httpHost: flvHost, mediaPublicUrl: publicUrl } = config;
  const media = createEmbeddedMedia({ ...common, rtpPorts, rtpHost: host, flvPort, flvHost, publicUrl });
  await media.start();
  lifecycle.started('media', () => media.shutdown());

  const sip = createSipUserAgent({
    ...common,
    host: config.sipBindHost,
    port: config.sipPort,
    advertisedHost: host,
    messagesPerSecond: config.sipMessagesPerSecond,
  });
  // The registrar asks the core for credentials, and the core speaks to devices through the platform.
  const known: { core?: Core; uploadBase?: string } = {};
  const platform = createGb28181Platform({
    ...common,
    sip,
    localAddress: host,
    id: config.sipId,
    domain: config.sipDomain,
    sha256Challenge: config.sipSha256,
    credentials: { find: (gbId) => known.core?.devices.credential(gbId) },
    profiles: (gbId) => known.core?.profiles.facts(gbId),
  });
  const core = createCore({
    ...common,
    repositories: database.repositories,
    media,
    ...devicePorts(platform, {
      ...{ sipId: config.sipId, dataDir, clock, random, uploadBase: () => known.uploadBase },
    }),
    ...filePorts(dataDir, random),
    sealingKey: dataDir.sealingKey(random),
    settings: {
      ...DEFAULT_CORE_SETTINGS,
      realm: config.sipDomain,
      mediaTransports: config.mediaTransports,
    },
  });
  known.core = core;
  const firstApp = await core.start();
  // Shown once and kept nowhere else: whoever runs the server finds it beside the data.
  if (firstApp) dataDir.writeJson(FIRST_APP_FILE, firstApp);
  lifecycle.started('core', () => core.stop());
  await sip.start();
  lifecycle.started('sip', () => sip.close());
  await platform.start();
  lifecycle.started('platform', () => platform.close());
  core.cascade.start();
  // Streams end and cameras stop turning while devices can still be reached.
  lifecycle.started('streams and movements', () => core.stop());

  return {
    core,
    clock,
    random,
    instruments,
    dataDir,
    lifecycle,
    uploadsTo: (base) => {
      known.uploadBase = base;
    },
    obstacles: () => obstacles({ clock, database, media }),
    sip: { host, port: sip.port, id: config.sipId, domain: config.sipDomain },
  };
}

function databaseLocation({ databaseUrl }: Config, dataDir: DataDir): DatabaseLocation {
  return databaseUrl === undefined ? { sqlitePath: dataDir.file(DATABASE_FILE) } : { url: databaseUrl };
}
