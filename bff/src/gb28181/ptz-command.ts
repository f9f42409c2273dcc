import type { PtzMove } from '@yimu/shared';
import { frontEndFrame } from './control/front-end-frame.ts';
import { lensSteeringHex, steeringHex } from './control/steering-command.ts';
import type { PtzCommand } from './types.ts';

const LENS = 0x40;

/** Byte 4 of each movement (GB/T 28181-2016 annex A.3.2, A.3.3). */
const MOVE_BITS: Readonly<Record<PtzMove, number>> = {
  right: 0x01,
  left: 0x02,
  down: 0x04,
  up: 0x08,
  downRight: 0x05,
  downLeft: 0x06,
  upRight: 0x09,
  upLeft: 0x0a,
  zoomIn: 0x10,
  zoomOut: 0x20,
  focusFar: LENS | 0x01,
  focusNear: LENS | 0x02,
  irisOpen: LENS | 0x04,
  irisClose: LENS | 0x08,
};

/** The eight bytes of PTZCmd as 16 upper-case hexadecimal digits (annex A.3.1). */
export function ptzCommandHex(command: PtzCommand): string {
  if (command.do === 'steer') return steeringHex(command);
  if (command.do === 'steer-lens') return lensSteeringHex(command);
  if (command.do === 'stop') return frontEndFrame(command.lens ? LENS : 0x00, 0, 0, 0);
  const bits = MOVE_BITS[command.move];
  const speed = Math.min(255, Math.max(1, Math.round(command.speed)));
  if ((bits & LENS) !== 0) {
    // Byte 5 is the speed of the focus, byte 6 that of the iris.
    return (bits & 0x03) !== 0 ? frontEndFrame(bits, speed, 0, 0) : frontEndFrame(bits, 0, speed, 0);
  }
  // Table A.5 of 2016 swaps the columns in its examples; note 2 under table A.4 and the 2022 text agree on this:
  // byte 5 moves left and right, byte 6 up and down.
  const pan = (bits & 0x03) !== 0 ? speed : 0;
  const tilt = (bits & 0x0c) !== 0 ? speed : 0;
  // Zoom has four bits: a slow zoom is still a zoom.
  const zoom = (bits & 0x30) !== 0 ? Math.max(1, speed >> 4) : 0;
  return frontEndFrame(bits, pan, tilt, zoom);
}
