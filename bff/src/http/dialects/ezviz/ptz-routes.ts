import type { Camera } from '../../../core/index.ts';
import { type DialectRoute, ParamFault, type Params } from '../../dialect-kit/index.ts';
import { callerOf, cameraOf } from './caller.ts';
import { type Envelope, ok } from './envelope.ts';
import type { EzvizCore } from './ezviz-core.ts';
import { MAX_SPEED, moveOf, RETURN_TO_AUTOMATIC, speedOf } from './ptz-mapping.ts';
import { ezvizRefusal, refusing } from './refusals.ts';

/** Steering names a missing channel and a camera that does not turn by codes of its own. */
const STEERING = { CHANNEL_NOT_FOUND: 'NO_SUCH_CHANNEL', NOT_SUPPORTED_BY_DEVICE: 'CANNOT_TURN' } as const;

/** Steering. */
export function ptzRoutes(core: EzvizCore): readonly DialectRoute[] {
  const route = (path: string, steer: (camera: Camera, params: Params) => Promise<void>): DialectRoute => ({
    method: 'POST',
    path,
    answer: (params): Promise<Envelope> =>
      refusing(STEERING, async () => {
        await steer(cameraOf(callerOf(core, params), params), params);
        return ok();
      }),
  });
  return [
    route('/api/lapp/device/ptz/start', async (camera, params) => {
      const direction = params.whole('direction', 0, RETURN_TO_AUTOMATIC);
      const speed = params.whole('speed', 0, MAX_SPEED) ?? 1;
      if (direction === RETURN_TO_AUTOMATIC) throw ezvizRefusal('NO_SUCH_MOVE');
      const move = direction === undefined ? undefined : moveOf(direction);
      if (!move) throw new ParamFault('direction');
      await core.ptz.start(camera, move, speedOf(speed));
    }),
    // A stop is a stop: `direction` and `speed`, which clients send along, can be no reason to let a camera turn.
    route('/api/lapp/device/ptz/stop', (camera) => core.ptz.stop(camera)),
  ];
}
