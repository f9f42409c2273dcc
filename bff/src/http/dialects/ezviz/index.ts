import type { Dialect } from '../../dialect-kit/index.ts';
import { deviceRoutes } from './device-routes.ts';
import type { EzvizCore } from './ezviz-core.ts';
import { liveRoutes } from './live-routes.ts';
import { ptzRoutes } from './ptz-routes.ts';
import { renderFault } from './refusals.ts';
import { tokenRoutes } from './token-routes.ts';
import { wxaRoutes } from './wxa-routes.ts';

export { ezvizRefusals } from './refusals.ts';

/** Newer variants of the mini-program put this before every path. */
const CONSOLE_PREFIX = /^\/api\/v3\/console\/weChat(?=\/)/i;
const OWN_PATHS = /^\/api\/lapp(\/|$)/i;

/** The Ezviz open API, first part: tokens, devices, steering, live addresses. */
export function ezvizDialect(core: EzvizCore): Dialect {
  return {
    name: 'ezviz',
    canonicalPath: (path) => path.replace(CONSOLE_PREFIX, ''),
    claims: (path) => OWN_PATHS.test(path) || CONSOLE_PREFIX.test(path),
    routes: [
      ...tokenRoutes(core),
      ...deviceRoutes(core),
      ...ptzRoutes(core),
      ...liveRoutes(core),
      ...wxaRoutes(core),
    ],
    renderFault,
  };
}
