/** What a PTZCmd beside movements asks for (GB/T 28181-2016 tables A.7 to A.11). */
export interface FrontEndOrder {
  readonly what:
    | 'lens'
    | 'preset-set'
    | 'preset-call'
    | 'preset-delete'
    | 'cruise-add-point'
    | 'cruise-delete-point'
    | 'cruise-delete'
    | 'cruise-speed'
    | 'cruise-dwell'
    | 'cruise-start'
    | 'scan-start'
    | 'scan-left-edge'
    | 'scan-right-edge'
    | 'scan-speed'
    | 'switch-on'
    | 'switch-off';
  /** Byte 5: cruise, scan or switch. */
  readonly group: number;
  /** Byte 6, or with the upper half of byte 7 a value of twelve bits. */
  readonly value: number;
}

const SCANS = ['scan-start', 'scan-left-edge', 'scan-right-edge'] as const;

/** Reads a PTZCmd that is no movement; undefined for anything else, and for wrong bytes. */
export function readFrontEnd(text: string): FrontEndOrder | undefined {
  if (!/^[0-9A-Fa-f]{16}$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'hex');
  const sum = bytes.subarray(0, 7).reduce((total, byte) => total + byte, 0) & 0xff;
  const [first, second, , command = 0, group = 0, low = 0, high = 0] = bytes;
  if (first !== 0xa5 || second !== 0x0f || sum !== bytes[7]) return undefined;
  const what = whatOf(command, low);
  if (what === undefined) return undefined;
  const hasTwelveBits = what.endsWith('-speed') || what === 'cruise-dwell';
  return { what, group, value: hasTwelveBits ? low | ((high >> 4) << 8) : low };
}

function whatOf(command: number, low: number): FrontEndOrder['what'] | undefined {
  if ((command & 0xf0) === 0x40) return 'lens';
  switch (command) {
    case 0x81:
      return 'preset-set';
    case 0x82:
      return 'preset-call';
    case 0x83:
      return 'preset-delete';
    case 0x84:
      return 'cruise-add-point';
    case 0x85:
      return low === 0 ? 'cruise-delete' : 'cruise-delete-point';
    case 0x86:
      return 'cruise-speed';
    case 0x87:
      return 'cruise-dwell';
    case 0x88:
      return 'cruise-start';
    case 0x89:
      return SCANS[low];
    case 0x8a:
      return 'scan-speed';
    case 0x8c:
      return 'switch-on';
    case 0x8d:
      return 'switch-off';
    default:
      return undefined;
  }
}
