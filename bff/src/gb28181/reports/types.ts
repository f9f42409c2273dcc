/** An alarm as a device tells it (GB/T 28181-2016 annex A.2.5 b, -2022 annex A.2.5.3). */
export interface AlarmReport {
  /** DeviceID: the alarm input, the camera or the device itself. */
  readonly sourceGbId: string;
  /** 1–4, 1 the gravest; undefined when not said. */
  readonly priority: number | undefined;
  /** 1 telephone, 2 device, 3 SMS, 4 GPS, 5 video, 6 device fault, 7 other; undefined when not said. */
  readonly method: number | undefined;
  /** What it is under that method; undefined when not said. */
  readonly type: number | undefined;
  /** Of an intrusion: 1 enter, 2 leave. */
  readonly eventType: number | undefined;
  /** AlarmTime, UTC ms; undefined when it cannot be read. */
  readonly atMs: number | undefined;
  readonly description: string | undefined;
  readonly longitude: number | undefined;
  readonly latitude: number | undefined;
  /** Whether it came unasked, or by a subscription. */
  readonly via: 'message' | 'notify';
}

/** Where a mobile device is (GB/T 28181-2016 annex A.2.5 f, -2022 annex A.2.5.5). */
export interface PositionReport {
  readonly sourceGbId: string;
  /** UTC ms; undefined when it cannot be read. */
  readonly atMs: number | undefined;
  /** Degrees, WGS-84. */
  readonly longitude: number;
  readonly latitude: number;
  /** km/h. */
  readonly speed: number | undefined;
  /** Degrees from north, clockwise. */
  readonly direction: number | undefined;
  /** Above sea level, m. */
  readonly altitude: number | undefined;
  /** Above ground, m (2022). */
  readonly height: number | undefined;
}
