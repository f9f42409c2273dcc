/**
 * Sections of a device's configuration as ConfigDownload reads and DeviceConfig writes them (GB/T 28181-2016
 * A.2.6 k, A.2.3.2; -2022 A.2.1, A.2.3.2). Times in seconds, bit rates in kbit/s, points in pixels of the window that
 * the device names. Codes of formats and resolutions are those of the SDP line `f=` (annex G).
 */
export interface ConfigSections {
  readonly BasicParam: BasicParam;
  readonly VideoParamOpt: VideoParamOpt;
  readonly SVACEncodeConfig: SvacEncodeConfig;
  readonly SVACDecodeConfig: SvacDecodeConfig;
  readonly VideoParamAttribute: VideoParamAttribute;
  readonly VideoRecordPlan: VideoRecordPlan;
  readonly VideoAlarmRecord: VideoAlarmRecord;
  readonly PictureMask: PictureMask;
  readonly FrameMirror: FrameMirror;
  readonly AlarmReport: AlarmReport;
  readonly OSDConfig: OsdConfig;
  readonly SnapShotConfig: SnapShotConfig;
}

export type ConfigName = keyof ConfigSections;

/** Name and registration of a device; position is read only. */
export interface BasicParam {
  readonly name?: string | undefined;
  readonly expirationS?: number | undefined;
  readonly heartBeatIntervalS?: number | undefined;
  readonly heartBeatCount?: number | undefined;
  readonly positionCapability?: number | undefined;
  readonly longitude?: number | undefined;
  readonly latitude?: number | undefined;
}

/** What a camera can do: download speeds and codes of resolutions. */
export interface VideoParamOpt {
  readonly downloadSpeeds: readonly string[];
  readonly resolutions: readonly string[];
}

/** SVAC encoder: regions of interest, layers (SVC), switches for surveillance data and audio. */
export interface SvacEncodeConfig {
  readonly roi?: SvacRoi | undefined;
  readonly svc?: SvacSvc | undefined;
  readonly surveillance?: SvacSurveillance | undefined;
  /** AudioRecognitionFlag. */
  readonly audioRecognition?: boolean | undefined;
}

export interface SvacRoi {
  readonly enabled: boolean;
  readonly regions: readonly {
    readonly seq: number;
    /** Numbers of macroblocks. */
    readonly topLeft: number;
    readonly bottomRight: number;
    /** 0 ordinary, 1 better, 2 good, 3 high. */
    readonly quality: number;
  }[];
  /** 0 ordinary, 1 better, 2 good, 3 high. */
  readonly backgroundQuality?: number | undefined;
  readonly skipBackground?: boolean | undefined;
}

/** Scalable coding; support and ratio modes are as the device says them. */
export interface SvacSvc {
  /** 0 basic layer, 1 one enhancement layer, 2 two, 3 three. */
  readonly spaceDomainMode?: number | undefined;
  readonly timeDomainMode?: number | undefined;
  /** Read only. */
  readonly spaceSupportMode?: number | undefined;
  readonly timeSupportMode?: number | undefined;
}

/** Kinds of data in the stream: 2016 has time, event and alert; 2022 has time, osd, ai and gis. */
export interface SvacSurveillance {
  readonly time?: boolean | undefined;
  readonly event?: boolean | undefined;
  readonly alert?: boolean | undefined;
  readonly osd?: boolean | undefined;
  readonly ai?: boolean | undefined;
  readonly gis?: boolean | undefined;
}

/** SVAC decoder. */
export interface SvacDecodeConfig {
  /** SVCSTMMode: 0 basic layer, 1 with space, 2 with time, 3 with both. */
  readonly scalableMode?: number | undefined;
  /** What of the data is shown. */
  readonly surveillance?: SvacSurveillance | undefined;
}

export interface VideoParamAttribute {
  readonly streams: readonly {
    /** 0 main, 1 sub. */
    readonly streamNumber: number;
    readonly videoFormat?: string | undefined;
    readonly resolution?: string | undefined;
    readonly frameRate?: string | undefined;
    /** 1 constant, 2 variable. */
    readonly bitRateType?: string | undefined;
    readonly videoBitRateKbps?: string | undefined;
  }[];
}

/** Hours, minutes and seconds of a day, `hh:mm:ss`. */
export interface TimeSegment {
  readonly start: string;
  readonly stop: string;
}

/** At most 7 days with at most 8 segments each. */
export interface VideoRecordPlan {
  readonly enabled: boolean;
  readonly days: readonly {
    /** 1 Monday … 7 Sunday. */
    readonly weekDay: number;
    readonly segments: readonly TimeSegment[];
  }[];
  readonly streamNumber: number;
}

export interface VideoAlarmRecord {
  readonly enabled: boolean;
  readonly recordTimeS?: number | undefined;
  readonly preRecordTimeS?: number | undefined;
  readonly streamNumber: number;
}

/** At most 4 rectangles. */
export interface PictureMask {
  readonly on: boolean;
  readonly regions: readonly {
    readonly seq: number;
    readonly left: number;
    readonly top: number;
    readonly right: number;
    readonly bottom: number;
  }[];
}

export interface FrameMirror {
  /** 0 none, 1 horizontal, 2 vertical, 3 both. */
  readonly mirror: number;
}

/** Switches of what is reported, not of what is detected. */
export interface AlarmReport {
  readonly motionDetection: boolean;
  readonly fieldDetection: boolean;
}

/** At most 8 lines of 32 characters. */
export interface OsdConfig {
  /** Size of the window that the coordinates refer to. */
  readonly length: number;
  readonly width: number;
  readonly time?:
    | {
        readonly enabled: boolean;
        readonly type?: number | undefined;
        readonly x: number;
        readonly y: number;
      }
    | undefined;
  readonly textEnabled?: boolean | undefined;
  readonly lines: readonly { readonly text: string; readonly x: number; readonly y: number }[];
}

/** Writing it takes the pictures at once. */
export interface SnapShotConfig {
  /** 1–10. */
  readonly snapNum: number;
  readonly intervalS: number;
  readonly uploadUrl: string;
  /** 32–128 characters. */
  readonly sessionId: string;
}
