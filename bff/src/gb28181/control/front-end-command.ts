import type { FrontEndCommand } from '@yimu/shared';
import { frontEndFrame } from './front-end-frame.ts';

/** Byte 4 of presets, cruises, scans and switches (GB/T 28181-2016 tables A.8 to A.11). */
const PRESET_SET = 0x81;
const PRESET_CALL = 0x82;
const PRESET_DELETE = 0x83;
const CRUISE_ADD = 0x84;
const CRUISE_DELETE = 0x85;
const CRUISE_SPEED = 0x86;
const CRUISE_DWELL = 0x87;
const CRUISE_START = 0x88;
const SCAN = 0x89;
const SCAN_SPEED = 0x8a;
const SWITCH_ON = 0x8c;
const SWITCH_OFF = 0x8d;

/** Byte 6 of a scan: begin, or set an edge where the camera looks now. */
const SCAN_START = 0;
const SCAN_LEFT_EDGE = 1;
const SCAN_RIGHT_EDGE = 2;
/** Instead of a preset: all points of the cruise. */
const WHOLE_CRUISE = 0;

/** The bytes of PTZCmd as hexadecimal digits. Throws RangeError for a number that its place does not hold. */
export function frontEndCommandHex(command: FrontEndCommand): string {
  switch (command.do) {
    case 'preset-set':
      return frontEndFrame(PRESET_SET, 0, presetOf(command), 0);
    case 'preset-call':
      return frontEndFrame(PRESET_CALL, 0, presetOf(command), 0);
    case 'preset-delete':
      return frontEndFrame(PRESET_DELETE, 0, presetOf(command), 0);
    case 'cruise-add-point':
      return frontEndFrame(CRUISE_ADD, command.cruise, presetOf(command), 0);
    case 'cruise-delete-point':
      return frontEndFrame(CRUISE_DELETE, command.cruise, presetOf(command), 0);
    case 'cruise-delete':
      return frontEndFrame(CRUISE_DELETE, command.cruise, WHOLE_CRUISE, 0);
    case 'cruise-speed':
      return twelveBits(CRUISE_SPEED, command.cruise, command.speed);
    case 'cruise-dwell':
      return twelveBits(CRUISE_DWELL, command.cruise, command.seconds);
    case 'cruise-start':
      return frontEndFrame(CRUISE_START, command.cruise, 0, 0);
    case 'scan-start':
      return frontEndFrame(SCAN, command.scan, SCAN_START, 0);
    case 'scan-left-edge':
      return frontEndFrame(SCAN, command.scan, SCAN_LEFT_EDGE, 0);
    case 'scan-right-edge':
      return frontEndFrame(SCAN, command.scan, SCAN_RIGHT_EDGE, 0);
    case 'scan-speed':
      return twelveBits(SCAN_SPEED, command.scan, command.speed);
    case 'cruise-stop':
    case 'scan-stop':
      return frontEndFrame(0, 0, 0, 0);
    case 'switch':
      return frontEndFrame(command.on ? SWITCH_ON : SWITCH_OFF, command.number, 0, 0);
  }
}

/** Preset 0 is reserved: with a cruise it would mean all of its points. */
function presetOf({ preset }: { readonly preset: number }): number {
  if (preset === 0) throw new RangeError('preset 0 is reserved');
  return preset;
}

/** The low eight bits in byte 6, the high four in the upper half of byte 7. */
function twelveBits(command: number, byte5: number, value: number): string {
  return frontEndFrame(command, byte5, value & 0xff, value >> 8);
}
