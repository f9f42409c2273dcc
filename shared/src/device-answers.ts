/** What devices answer when they are asked (GB/T 28181-2016 annex A.2.6, -2022 annex A.2.6). Absent = not said. */

/** Answer to DeviceStatus. */
export interface DeviceStatusAnswer {
  readonly online: boolean | undefined;
  /** Whether it says that it works as it should. */
  readonly ok: boolean | undefined;
  /** Why not, in its own words. */
  readonly reason: string | undefined;
  readonly encoding: boolean | undefined;
  readonly recording: boolean | undefined;
  /** Its clock as it wrote it, by rule `YYYY-MM-DDThh:mm:ss` of its own zone. */
  readonly deviceTime: string | undefined;
  readonly alarmInputs: readonly {
    readonly gbId: string;
    readonly duty: 'on' | 'off' | 'alarm' | undefined;
  }[];
}

/** A list that may have come in parts; not complete when fewer came than were announced. */
export interface AnsweredList<Item> {
  readonly items: readonly Item[];
  readonly complete: boolean;
}

/** One preset position, 1–255. */
export interface Preset {
  readonly index: number;
  readonly name: string | undefined;
}

/** Where a dome returns to by itself (2022 HomePositionQuery). */
export interface HomePosition {
  readonly enabled: boolean;
  /** Idle time before it returns, s. */
  readonly resetTimeS: number | undefined;
  readonly presetIndex: number | undefined;
}

/** One cruise track (2022 CruiseTrackListQuery); 0 is the first. */
export interface CruiseTrackHead {
  readonly number: number;
  readonly name: string | undefined;
}

/** A cruise track with its stops (2022 CruiseTrackQuery). */
export interface CruiseTrack extends CruiseTrackHead {
  readonly points: readonly {
    readonly presetIndex: number;
    readonly stayTimeS: number | undefined;
    /** 1–15 by rule. */
    readonly speed: number | undefined;
  }[];
  readonly complete: boolean;
}

/** Where a dome looks (2022 PTZPosition): degrees, times of zoom, metres. */
export interface PtzPosition {
  readonly pan: number | undefined;
  readonly tilt: number | undefined;
  readonly zoom: number | undefined;
  readonly horizontalFieldAngle: number | undefined;
  readonly verticalFieldAngle: number | undefined;
  readonly maxViewDistance: number | undefined;
}

/** One memory card (2022 SDCardStatus). */
export interface SdCard {
  readonly id: number;
  readonly name: string | undefined;
  /** `ok`, `formatting`, `unformatted`, `idle`, `error`, or what else the device says, in small letters. */
  readonly status: string | undefined;
  /** 0–100 while it is being formatted. */
  readonly formatProgress: number | undefined;
  /** MB. */
  readonly capacityMb: number | undefined;
  readonly freeMb: number | undefined;
}
