import type { Core } from '../../core/index.ts';
import type { DataDir } from '../data-dir.ts';
import type { Lifecycle } from '../lifecycle.ts';
import type { ListedTrialDevice } from './trial.ts';
import { TRIAL_APP_NAME } from './trial-offer.ts';

const NAME = 'trial.json';

interface TrialAddresses {
  readonly h5Url: string;
  readonly consoleUrl: string;
  readonly apiUrl: string;
  readonly sip: {
    readonly host: string;
    readonly port: number;
    readonly id: string;
    readonly domain: string;
  };
}

/** Says where everything is, for whoever drives a trial from outside. Removed when the server stops. */
export async function writeTrialFile({
  core,
  dataDir,
  lifecycle,
  addresses: { h5Url, consoleUrl, apiUrl, sip },
  devices,
}: {
  readonly core: Core;
  readonly dataDir: DataDir;
  readonly lifecycle: Lifecycle;
  readonly addresses: TrialAddresses;
  readonly devices: readonly ListedTrialDevice[];
}): Promise<void> {
  const app = await trialApp(core);
  const { accessToken } = await core.access.issueTokenFor(app.appKey);
  if (lifecycle.stopping) return;
  dataDir.writeJson(NAME, {
    h5Url,
    consoleUrl,
    apiUrl,
    sip,
    ezviz: { appKey: app.appKey, appSecret: app.appSecret, accessToken },
    devices: devices.map(({ deviceSerial, gbId, channels }) => ({
      deviceSerial,
      gbId,
      channels: channels.map((channel) => ({ channelNo: channel.channelNo, gbId: channel.gbId })),
    })),
  });
  lifecycle.started('trial file', () => {
    removeTrialFile(dataDir);
  });
}

/** Removes what a trial has left, if there was one. */
export function removeTrialFile(dataDir: DataDir): void {
  dataDir.remove(NAME);
}

/** The trial's own application, with a secret that is new at each start. */
async function trialApp(core: Core): Promise<{ readonly appKey: string; readonly appSecret: string }> {
  const known = core.access.apps().find((app) => app.name === TRIAL_APP_NAME);
  if (!known) return await core.access.createApp(TRIAL_APP_NAME);
  await core.access.setDisabled(known.appKey, false);
  return await core.access.resetSecret(known.appKey);
}
