import type { Core } from '../../core/index.ts';
import type { TrialOffer } from '../../http/index.ts';
import type { Trial } from './trial.ts';

/** The application whose key, secret and token stand in `trial.json`. */
export const TRIAL_APP_NAME = 'trial';
/** The application whose tokens the trial page hands to anybody: it sees the trial cameras alone. */
const PAGES_APP_NAME = 'trial pages';
/** A token for the pages is used again until so little of its life is left. */
const RENEW_BEFORE_MS = 3_600_000;

/**
 * What the trial page gets: a token for the trial cameras alone. Without trial there is none, and keys and
 * tokens of an earlier trial are void.
 */
export async function makeTrialOffer(
  core: Core,
  trial: Trial | undefined,
): Promise<() => Promise<TrialOffer | undefined>> {
  const { access } = core;
  if (!trial) {
    for (const { appKey, name } of access.apps())
      if (name === TRIAL_APP_NAME || name === PAGES_APP_NAME) await access.setDisabled(appKey, true);
    return () => Promise.resolve(undefined);
  }
  const known = access.apps().find((app) => app.name === PAGES_APP_NAME);
  const { appKey } = known ?? (await access.createApp(PAGES_APP_NAME));
  await access.setDisabled(appKey, false);
  access.confine(appKey, trial.gbIds);
  let token: { readonly accessToken: string; readonly expiresAtMs: number } | undefined;
  return async () => {
    if (!token || token.expiresAtMs - core.nowMs() < RENEW_BEFORE_MS)
      token = await access.issueTokenFor(appKey);
    return { accessToken: token.accessToken, devices: trial.list() };
  };
}
