import type { DialectRoute } from '../../dialect-kit/index.ts';
import { ok } from './envelope.ts';
import type { EzvizCore } from './ezviz-core.ts';
import { refusing } from './refusals.ts';

const MAX_KEY_LENGTH = 64;

/** Tokens of applications. */
export function tokenRoutes(core: EzvizCore): readonly DialectRoute[] {
  return [
    {
      method: 'POST',
      path: '/api/lapp/token/get',
      answer: async (params, { remoteAddress }) => {
        const appKey = params.required('appKey', MAX_KEY_LENGTH);
        const appSecret = params.required('appSecret', MAX_KEY_LENGTH);
        const { accessToken, expiresAtMs } = await refusing({ FORBIDDEN: 'APP_DISABLED' }, () =>
          core.access.issueToken(appKey, appSecret, remoteAddress),
        );
        return ok({ accessToken, expireTime: expiresAtMs });
      },
    },
  ];
}
