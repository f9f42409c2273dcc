import { ConfigState } from './config-state.ts';
import type { Gaze } from './events.ts';
import type { FrontEndOrder } from './front-end.ts';
import type { DeviceProfile } from './profile.ts';

/** A preset: where the camera looked, and its name. */
export interface KeptPreset {
  readonly name: string;
  readonly gaze: Gaze;
}

/** A cruise over presets. */
export interface KeptCruise {
  readonly points: readonly number[];
  readonly speed: number;
  readonly dwellS: number;
}

export interface HomePosition {
  readonly enabled: boolean;
  readonly resetTimeS: number;
  readonly preset: number;
}

const MAX_POINTS = 32;
const EMPTY_CRUISE: KeptCruise = { points: [], speed: 0, dwellS: 0 };

/** What one camera keeps. */
export class ChannelState {
  readonly presets = new Map<number, KeptPreset>();
  readonly cruises = new Map<number, KeptCruise>();
  readonly scans = new Map<
    number,
    { readonly left?: Gaze; readonly right?: Gaze; readonly speed?: number }
  >();
  /** Auxiliary switches that are on. */
  readonly switches = new Set<number>();
  cruising: number | undefined;
  scanning: number | undefined;
  home: HomePosition = { enabled: false, resetTimeS: 0, preset: 0 };
  recording = false;
  guarded = false;
  tracking: 'Auto' | 'Manual' | 'Stop' = 'Stop';

  /** Obeys; resolves with the preset that the camera turns to, if any. */
  obey({ what, group, value }: FrontEndOrder, gaze: Gaze, name: string | undefined): KeptPreset | undefined {
    const cruise = this.cruises.get(group) ?? EMPTY_CRUISE;
    switch (what) {
      case 'preset-set':
        this.presets.set(value, { name: name ?? `预置点${String(value)}`, gaze });
        break;
      case 'preset-call':
        return this.presets.get(value);
      case 'preset-delete':
        this.presets.delete(value);
        break;
      case 'cruise-add-point':
        if (cruise.points.length < MAX_POINTS)
          this.cruises.set(group, { ...cruise, points: [...cruise.points, value] });
        break;
      case 'cruise-delete-point':
        this.cruises.set(group, { ...cruise, points: cruise.points.filter((point) => point !== value) });
        break;
      case 'cruise-delete':
        this.cruises.delete(group);
        break;
      case 'cruise-speed':
        this.cruises.set(group, { ...cruise, speed: value });
        break;
      case 'cruise-dwell':
        this.cruises.set(group, { ...cruise, dwellS: value });
        break;
      case 'cruise-start':
        this.cruising = this.cruises.has(group) ? group : undefined;
        break;
      default:
        this.#scanOrSwitch(what, group, value, gaze);
    }
    return undefined;
  }

  #scanOrSwitch(what: FrontEndOrder['what'], group: number, value: number, gaze: Gaze): void {
    switch (what) {
      case 'scan-start':
        this.scanning = group;
        break;
      case 'scan-left-edge':
        this.scans.set(group, { ...this.scans.get(group), left: gaze });
        break;
      case 'scan-right-edge':
        this.scans.set(group, { ...this.scans.get(group), right: gaze });
        break;
      case 'scan-speed':
        this.scans.set(group, { ...this.scans.get(group), speed: value });
        break;
      case 'switch-on':
        this.switches.add(group);
        break;
      case 'switch-off':
        this.switches.delete(group);
        break;
      default:
        break;
    }
  }

  /** The stop of all movements ends cruises and scans too. */
  stop(): void {
    this.cruising = undefined;
    this.scanning = undefined;
  }
}

/** What a device and its cameras keep; made when it is first needed, so that an idle device costs nothing. */
export class DeviceState {
  readonly #profile: DeviceProfile;
  readonly #channels = new Map<string, ChannelState>();
  /** The firmware that runs. */
  firmware: string;
  readonly config: ConfigState;
  guarded = false;
  recording = false;
  /** SD cards by number, and how often each was formatted. */
  readonly cards = new Map<number, number>([[1, 0]]);

  constructor(profile: DeviceProfile) {
    this.#profile = profile;
    this.firmware = profile.firmware;
    this.config = new ConfigState(profile);
  }

  /** Whether the device, or any camera of it, was told to record. */
  get records(): boolean {
    return this.recording || [...this.#channels.values()].some(({ recording }) => recording);
  }

  /** Undefined for a channel that is none. */
  channel(gbId: string): ChannelState | undefined {
    const known = this.#channels.get(gbId);
    if (known) return known;
    if (!this.#profile.channels.some((channel) => channel.gbId === gbId)) return undefined;
    const state = new ChannelState();
    this.#channels.set(gbId, state);
    return state;
  }
}
