import type { DialectRoute, Params, RequestFacts } from '../../dialect-kit/index.ts';
import { callerOf, cameraOf } from './caller.ts';
import { chinaTime } from './china-time.ts';
import { type Envelope, ok } from './envelope.ts';
import type { EzvizCore } from './ezviz-core.ts';
import { ezvizRefusal } from './refusals.ts';

/** `protocol`: 1 ezopen, 2 hls, 3 rtmp, 4 flv, 5 llhls. */
const EZOPEN = 1;
const FLV = 4;
const LLHLS = 5;
/** `type`: 1 live, 2 recordings of the device, 3 of the cloud. */
const LIVE = 1;
const CLOUD = 3;
const MAX_TTL_S = 62_208_000;
const MAX_ID_LENGTH = 64;

/** Play addresses. */
export function liveRoutes(core: EzvizCore): readonly DialectRoute[] {
  const post = (path: string, answer: DialectRoute['answer']): DialectRoute => ({
    method: 'POST',
    path,
    answer,
  });
  return [
    post('/api/lapp/v2/live/address/get', (params, facts) => address(core, params, facts)),
    post('/api/lapp/live/address/get', (params, facts) => oldAddress(core, params, facts)),
    post('/api/lapp/v2/live/address/disable', (params) => disable(core, params)),
    post('/api/lapp/live/address/disable', (params) => disable(core, params)),
  ];
}

/** This path also had a form that lists HLS and RTMP addresses of many cameras, which there are none of. */
function oldAddress(core: EzvizCore, params: Params, facts: RequestFacts): Envelope {
  if (params.text('source') === undefined) return address(core, params, facts);
  callerOf(core, params);
  throw ezvizRefusal('NO_LIST_OF_ADDRESSES');
}

function address(core: EzvizCore, params: Params, { host }: RequestFacts): Envelope {
  const { principal, ...caller } = callerOf(core, params);
  const camera = cameraOf({ principal, ...caller }, params);
  const protocol = params.whole('protocol', EZOPEN, LLHLS) ?? EZOPEN;
  const type = params.whole('type', LIVE, CLOUD) ?? LIVE;
  const quality = params.whole('quality', 1, 2) === 2 ? 2 : 1;
  const ttlS = params.whole('expireTime', 0, MAX_TTL_S);
  if (type !== LIVE) throw ezvizRefusal('NO_PLAYBACK');
  if (protocol !== FLV) throw ezvizRefusal('NO_SUCH_STREAM_TYPE');
  const { id, url, expiresAtMs } = core.live.issueAddress({ camera, quality, principal, ttlS, host });
  return ok({ id, url, expireTime: chinaTime(expiresAtMs) });
}

async function disable(core: EzvizCore, params: Params): Promise<Envelope> {
  const camera = cameraOf(callerOf(core, params), params);
  const id = params.text('urlId') === undefined ? undefined : params.required('urlId', MAX_ID_LENGTH);
  await core.live.cancelAddress(camera, id);
  return ok();
}
