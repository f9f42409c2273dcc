/** Pan, tilt and zoom together; each axis that is named moves. */
export interface PtzSteering {
  readonly do: 'steer';
  readonly pan?: 'left' | 'right' | undefined;
  readonly tilt?: 'up' | 'down' | undefined;
  readonly zoom?: 'in' | 'out' | undefined;
  /** 1–255. */
  readonly panSpeed?: number | undefined;
  /** 1–255. */
  readonly tiltSpeed?: number | undefined;
  /** 1–15. */
  readonly zoomSpeed?: number | undefined;
}

/** Focus and iris together. */
export interface LensSteering {
  readonly do: 'steer-lens';
  readonly focus?: 'near' | 'far' | undefined;
  readonly iris?: 'open' | 'close' | undefined;
  /** 1–255. */
  readonly focusSpeed?: number | undefined;
  /** 1–255. */
  readonly irisSpeed?: number | undefined;
}

/** Presets, cruises, scans and switches of one camera (GB/T 28181-2016 annex A.3.4–A.3.7): eight bytes each. */
export type FrontEndCommand =
  /** `preset` 1–255. `name` reaches devices of the 2022 edition, which keep 32 octets of it. */
  | { readonly do: 'preset-set'; readonly preset: number; readonly name?: string | undefined }
  | { readonly do: 'preset-call' | 'preset-delete'; readonly preset: number }
  /** `cruise` 0–255, `preset` 1–255. */
  | {
      readonly do: 'cruise-add-point' | 'cruise-delete-point';
      readonly cruise: number;
      readonly preset: number;
    }
  | { readonly do: 'cruise-delete' | 'cruise-start'; readonly cruise: number }
  /** 0–4095. */
  | { readonly do: 'cruise-speed'; readonly cruise: number; readonly speed: number }
  /** How long the camera stays at each point, 0–4095 s. */
  | { readonly do: 'cruise-dwell'; readonly cruise: number; readonly seconds: number }
  /** `scan` 0–255; the edges are where the camera looks now. */
  | { readonly do: 'scan-start' | 'scan-left-edge' | 'scan-right-edge'; readonly scan: number }
  /** 0–4095. */
  | { readonly do: 'scan-speed'; readonly scan: number; readonly speed: number }
  /** Both end as any movement does: by the stop of all. */
  | { readonly do: 'cruise-stop' | 'scan-stop' }
  /** Auxiliary switch 0–255; 1 is the wiper. */
  | { readonly do: 'switch'; readonly number: number; readonly on: boolean };

/** A rectangle in the window in which the picture is shown; pixels from the upper left corner. */
export interface WindowArea {
  /** Size of the window. */
  readonly windowWidth: number;
  readonly windowHeight: number;
  readonly middleX: number;
  readonly middleY: number;
  readonly width: number;
  readonly height: number;
}

/** Commands for one channel that are elements of their own (GB/T 28181-2016 annex A.2.3.1, -2022 annex A.2.3.1). */
export type CameraCommand =
  | {
      readonly do: 'record';
      readonly on: boolean;
      /** 2022: 0 main, 1 sub. */ readonly streamNumber?: number | undefined;
    }
  | { readonly do: 'guard'; readonly on: boolean }
  /** `method` 1–7, `type` 1–12: which alarm is put back; absent: whatever there is. */
  | { readonly do: 'reset-alarm'; readonly method?: number | undefined; readonly type?: number | undefined }
  /** Spelt as the device's edition has it, or, `other`, as the other edition has it. */
  | { readonly do: 'key-frame'; readonly spelling?: 'own' | 'other' | undefined }
  | { readonly do: 'drag-zoom'; readonly direction: 'in' | 'out'; readonly area: WindowArea }
  | {
      readonly do: 'home-position';
      readonly enabled: boolean;
      /** Idle time after which the camera goes home, 1–86400 s. */
      readonly resetTimeS?: number | undefined;
      /** 0–255. */
      readonly preset?: number | undefined;
    }
  /** 2022. Pan 0–360, tilt −90–90 degrees; zoom in times, at least 1. */
  | {
      readonly do: 'precise';
      readonly pan?: number | undefined;
      readonly tilt?: number | undefined;
      readonly zoom?: number | undefined;
    }
  /** 2022. `manual` needs the area of the target; `trackerGbId`: the camera that follows, when it is another. */
  | {
      readonly do: 'track';
      readonly mode: 'auto' | 'manual' | 'stop';
      readonly trackerGbId?: string | undefined;
      readonly area?: WindowArea | undefined;
    };

/** Commands for a whole device. */
export type DeviceCommand =
  | { readonly do: 'reboot' }
  | { readonly do: 'guard'; readonly on: boolean }
  | { readonly do: 'record'; readonly on: boolean }
  | { readonly do: 'reset-alarm'; readonly method?: number | undefined; readonly type?: number | undefined }
  /** 2022. 0 formats every card. */
  | { readonly do: 'format-sd-card'; readonly card: number };

/** `done`: the device said so in an answer of its own. `sent`: it took the command, and no answer is defined. */
export interface ControlResult {
  readonly outcome: 'sent' | 'done';
}

/** New firmware for a device (GB/T 28181-2022 §9.13). */
export interface FirmwareOrder {
  readonly firmware: string;
  /** Where the device fetches it. */
  readonly fileUrl: string;
  readonly manufacturer: string;
}

/** How an upgrade ended, as the device said after it came back. */
export interface FirmwareResult {
  readonly sessionId: string;
  readonly ok: boolean;
  /** The firmware that runs now. */
  readonly firmware: string | undefined;
  /** UpgradeFailedReason: `01` damaged package, `03` system, `99` other. */
  readonly reason: string | undefined;
}

type AnyCommand = PtzSteering | LensSteering | FrontEndCommand | CameraCommand | DeviceCommand;

const PRESET = { preset: [1, 255] } as const;
const CRUISE = { cruise: [0, 255] } as const;
const SCAN = { scan: [0, 255] } as const;
const BYTE = [1, 255] as const;
/** What twelve bits hold. */
const TWELVE_BITS = [0, 4_095] as const;

/** Whole numbers of each command; a field whose name ends in `?` may be absent. */
const RANGES: Readonly<
  Partial<Record<AnyCommand['do'], Readonly<Record<string, readonly [min: number, max: number]>>>>
> = {
  steer: { 'panSpeed?': BYTE, 'tiltSpeed?': BYTE, 'zoomSpeed?': [1, 15] },
  'steer-lens': { 'focusSpeed?': BYTE, 'irisSpeed?': BYTE },
  'preset-set': PRESET,
  'preset-call': PRESET,
  'preset-delete': PRESET,
  'cruise-add-point': { ...CRUISE, ...PRESET },
  'cruise-delete-point': { ...CRUISE, ...PRESET },
  'cruise-delete': CRUISE,
  'cruise-start': CRUISE,
  'cruise-speed': { ...CRUISE, speed: TWELVE_BITS },
  'cruise-dwell': { ...CRUISE, seconds: TWELVE_BITS },
  'scan-start': SCAN,
  'scan-left-edge': SCAN,
  'scan-right-edge': SCAN,
  'scan-speed': { ...SCAN, speed: TWELVE_BITS },
  switch: { number: [0, 255] },
  record: { 'streamNumber?': [0, 9] },
  'reset-alarm': { 'method?': [1, 7], 'type?': [1, 99] },
  'home-position': { 'resetTimeS?': [1, 86_400], 'preset?': [0, 255] },
  'format-sd-card': { card: [0, 255] },
};

/** Names the first field of a command that is out of its range; undefined for none. */
export function faultOfCommand(command: AnyCommand): string | undefined {
  const fields: Readonly<Record<string, unknown>> = { ...command };
  for (const [key, [min, max]] of Object.entries(RANGES[command.do] ?? {})) {
    const name = key.replace('?', '');
    const value = fields[name];
    if (value === undefined && key !== name) continue;
    if (typeof value !== 'number' || !whole(value, min, max)) return name;
  }
  return faultBesideNumbers(command);
}

function faultBesideNumbers(command: AnyCommand): string | undefined {
  switch (command.do) {
    case 'steer':
      return (command.pan ?? command.tilt ?? command.zoom) === undefined ? 'pan' : undefined;
    case 'steer-lens':
      return (command.focus ?? command.iris) === undefined ? 'focus' : undefined;
    case 'drag-zoom':
      return faultOfArea(command.area);
    case 'precise':
      return firstFault([
        ['pan', (command.pan ?? command.tilt ?? command.zoom) !== undefined],
        ['pan', within(command.pan, 0, 360)],
        ['tilt', within(command.tilt, -90, 90)],
        ['zoom', within(command.zoom, 1, 1_000)],
      ]);
    case 'track':
      if (command.mode === 'manual' && command.area === undefined) return 'area';
      if (command.trackerGbId !== undefined && !/^\d{20}$/.test(command.trackerGbId)) return 'trackerGbId';
      return command.area && faultOfArea(command.area);
    default:
      return undefined;
  }
}

const MAX_PIXELS = 65_535;

function faultOfArea(area: WindowArea): string | undefined {
  return firstFault([
    ['windowWidth', whole(area.windowWidth, 1, MAX_PIXELS)],
    ['windowHeight', whole(area.windowHeight, 1, MAX_PIXELS)],
    ['middleX', whole(area.middleX, 0, area.windowWidth)],
    ['middleY', whole(area.middleY, 0, area.windowHeight)],
    ['width', whole(area.width, 1, area.windowWidth)],
    ['height', whole(area.height, 1, area.windowHeight)],
  ]);
}

function firstFault(checks: readonly (readonly [field: string, ok: boolean])[]): string | undefined {
  return checks.find(([, ok]) => !ok)?.[0];
}

function whole(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

function within(value: number | undefined, min: number, max: number): boolean {
  return value === undefined || (Number.isFinite(value) && value >= min && value <= max);
}
