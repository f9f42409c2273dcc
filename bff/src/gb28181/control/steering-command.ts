import type { LensSteering, PtzSteering } from '@yimu/shared';
import { frontEndFrame } from './front-end-frame.ts';

const LENS = 0x40;
const DEFAULT_SPEED = 0x80;
const DEFAULT_ZOOM_SPEED = 0x08;

/** Pan, tilt and zoom in one command (GB/T 28181-2016 annex A.3.2, note 2 under table A.4). */
export function steeringHex(steering: PtzSteering): string {
  const { pan, tilt, zoom, panSpeed, tiltSpeed, zoomSpeed } = steering;
  const bits =
    (pan === undefined ? 0 : pan === 'right' ? 0x01 : 0x02) |
    (tilt === undefined ? 0 : tilt === 'down' ? 0x04 : 0x08) |
    (zoom === undefined ? 0 : zoom === 'in' ? 0x10 : 0x20);
  return frontEndFrame(
    bits,
    pan === undefined ? 0 : (panSpeed ?? DEFAULT_SPEED),
    tilt === undefined ? 0 : (tiltSpeed ?? DEFAULT_SPEED),
    zoom === undefined ? 0 : (zoomSpeed ?? DEFAULT_ZOOM_SPEED),
  );
}

/** Focus and iris in one command (annex A.3.3): byte 5 is the speed of the focus, byte 6 that of the iris. */
export function lensSteeringHex({ focus, iris, focusSpeed, irisSpeed }: LensSteering): string {
  const bits =
    (focus === undefined ? 0 : focus === 'far' ? 0x01 : 0x02) |
    (iris === undefined ? 0 : iris === 'open' ? 0x04 : 0x08);
  return frontEndFrame(
    LENS | bits,
    focus === undefined ? 0 : (focusSpeed ?? DEFAULT_SPEED),
    iris === undefined ? 0 : (irisSpeed ?? DEFAULT_SPEED),
    0,
  );
}
