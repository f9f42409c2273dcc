import { existsSync } from 'node:fs';
import type { Config } from '../config/index.ts';
import {
  consoleApiRouter,
  createHttpApp,
  deviceUploadsRouter,
  opsRouter,
  pagesRouter,
  trialRouter,
} from '../http/index.ts';
import type { Logger } from '../kernel/index.ts';
import { type Engine, startEngine } from './compose.ts';
import { refuseSecondServer, removeControlFile, writeControlFile } from './control-file.ts';
import { DataDir } from './data-dir.ts';
import { enabledDialects } from './enabled-dialects.ts';
import { CONSOLE_FOLDER, H5_FOLDER } from './folders.ts';
import { ownAddress } from './own-address.ts';
import { reachableUrl } from './reachable-url.ts';
import { Trial } from './trial/trial.ts';
import { removeTrialFile, writeTrialFile } from './trial/trial-file.ts';
import { makeTrialOffer } from './trial/trial-offer.ts';

const OPERATOR_KEY_BYTES = 24;
const SESSION_KEY_BYTES = 32;

/** Where a running server is found. */
export interface RunningServer {
  readonly h5Url: string;
  /** The same for others in this network; `undefined` when they cannot reach it, or a proxy stands in front. */
  readonly h5LanUrl: string | undefined;
  readonly consoleUrl: string;
  readonly apiUrl: string;
  readonly sip: Engine['sip'];
  /** False when the mini-program's pages were not built: then `h5Url` leads nowhere. */
  readonly hasPages: boolean;
  /** Resolves with whether the trial cameras came online; `undefined` when there are none. */
  readonly trialOnline: Promise<boolean> | undefined;
  stop(): Promise<void>;
}

/** Starts the whole server. Rejects when a port is taken or the database does not open; then nothing is left running. */
export async function startServer(config: Config, logger: Logger): Promise<RunningServer> {
  const dataDir = new DataDir(config.dataDir);
  await refuseSecondServer(dataDir);
  // What a server that was killed has left must not be taken for this one's.
  removeTrialFile(dataDir);
  removeControlFile(dataDir);
  const engine = await startEngine(config, logger, dataDir);
  try {
    return await serve(engine, config, logger);
  } catch (error) {
    await engine.lifecycle.stop();
    throw error;
  }
}

async function serve(engine: Engine, config: Config, logger: Logger): Promise<RunningServer> {
  const { core, clock, random, instruments, dataDir, lifecycle } = engine;
  const operatorKey = random.hex(OPERATOR_KEY_BYTES);
  const wantsTrial = config.trial ?? !config.production;
  const trial = wantsTrial
    ? new Trial({ core, dataDir, clock, random, logger, platform: { ...engine.sip, host: '127.0.0.1' } })
    : undefined;

  const pages = builtPages(logger);
  const app = createHttpApp({
    dialects: enabledDialects(config, core),
    extraRouters: [
      opsRouter({ instruments, obstacles: engine.obstacles }),
      consoleApiRouter({
        devices: core.devices,
        access: core.access,
        tickets: core.tickets,
        inquiry: core.inquiry,
        trace: core.trace,
        voice: core.voice,
        profiles: core.profiles,
        control: core.control,
        catalogueTree: core.catalogueTree,
        ptz: core.ptz,
        cascade: core.cascade,
        history: core.history,
        alarms: core.alarms,
        positions: core.positions,
        presenceLog: core.presenceLog,
        subscriptions: core.subscriptions,
        operatorKey,
        sessionKey: Uint8Array.from(random.bytes(SESSION_KEY_BYTES)),
        clock,
      }),
      deviceUploadsRouter({ snapshots: core.inquiry.snapshots, clock, instruments }),
      trialRouter(await makeTrialOffer(core, trial)),
      ...pages,
      pagesRouter({ prefix: '/console/', folder: CONSOLE_FOLDER, play: false }),
    ],
    trustedProxies: config.trustedProxies,
    clock,
    logger,
    instruments,
  });
  const port = await app.listen(config.httpPort, config.httpHost);
  lifecycle.started('http', () => app.close());

  engine.uploadsTo(config.publicUrl ?? uploadUrl(config, engine.sip.host, port));

  const apiUrl = config.publicUrl ?? reachableUrl(config.httpHost, port);
  writeControlFile(dataDir, {
    url: reachableUrl(config.httpHost, port),
    key: operatorKey,
    pid: process.pid,
    sip: engine.sip,
  });
  lifecycle.started('control file', () => {
    removeControlFile(dataDir);
  });

  const addresses = {
    h5Url: `${apiUrl}/h5/`,
    consoleUrl: `${apiUrl}/console/#key=${operatorKey}`,
    apiUrl,
    sip: engine.sip,
  };
  return {
    ...addresses,
    h5LanUrl: lanUrl(config, port),
    hasPages: pages.length > 0,
    trialOnline: trial && startTrial(trial, engine, addresses, logger),
    stop: () => lifecycle.stop(),
  };
}

/** Where devices reach this server: at the address at which they reach its SIP side, unless HTTP has one of its own. */
function uploadUrl({ httpHost }: Config, sipHost: string, port: number): string {
  const isAny = httpHost === '0.0.0.0' || httpHost === '::';
  return reachableUrl(isAny ? sipHost : httpHost, port);
}

function lanUrl({ httpHost, publicUrl }: Config, port: number): string | undefined {
  const address = ownAddress();
  const reachable = (httpHost === '0.0.0.0' || httpHost === '::') && address !== '127.0.0.1';
  return reachable && publicUrl === undefined ? `${reachableUrl(address, port)}/h5/` : undefined;
}

/** The mini-program's pages, when they were built: `npm start` does so. */
function builtPages(logger: Logger): ReturnType<typeof pagesRouter>[] {
  if (existsSync(H5_FOLDER)) return [pagesRouter({ prefix: '/h5/', folder: H5_FOLDER, play: true })];
  logger.warn({ folder: H5_FOLDER }, 'the pages are not built: npm run build');
  return [];
}

/** Brings the trial cameras up; `trial.json` stands from when they are online. What fails here fails alone. */
async function startTrial(
  trial: Trial,
  { core, dataDir, lifecycle }: Engine,
  addresses: Pick<RunningServer, 'h5Url' | 'consoleUrl' | 'apiUrl' | 'sip'>,
  logger: Logger,
): Promise<boolean> {
  try {
    lifecycle.started('trial cameras', () => trial.stop());
    await trial.start();
    if (!(await trial.untilOnline(() => lifecycle.stopping))) return false;
    await writeTrialFile({ core, dataDir, lifecycle, addresses, devices: trial.list() });
    return true;
  } catch (error) {
    logger.error({ err: error }, 'the trial cameras cannot be brought up');
    return false;
  }
}
