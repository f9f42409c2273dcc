import { type Camera, requireOnline } from '../devices/device.ts';
import type { RecordedFile, RecordsPort } from '../ports/records.ts';
import type { RecordingKind } from '../ports/signalling.ts';
import { refuse } from '../refuse.ts';
import { clampedFiles, daysOf, type Segment, segmentsOf } from './merge-files.ts';

const DAY_MS = 86_400_000;
/** Devices are asked day by day: what takes minutes is not asked at all. */
const MAX_DAYS = 92;

/** Which recordings of a camera; times in UTC, ms. */
export interface RecordsQuery {
  readonly camera: Camera;
  readonly beginMs: number;
  readonly endMs: number;
  readonly kind: RecordingKind;
}

/** What a device has recorded of a camera in a period. */
export interface RecordsAnswer {
  /** As the device keeps them, cut to the period, by begin. */
  readonly items: readonly RecordedFile[];
  /** Stretches without a break: what a time line shows, and what a playback plays. */
  readonly segments: readonly Segment[];
  /** Begins of the days on which something was recorded, UTC ms. */
  readonly days: readonly number[];
  /** False when the device did not tell all. */
  readonly complete: boolean;
}

/** Use-cases on what devices have recorded. */
export class Records {
  readonly #port: RecordsPort;
  readonly #utcOffsetMin: (gbId: string) => number;

  constructor(deps: { readonly port: RecordsPort; readonly utcOffsetMin: (gbId: string) => number }) {
    this.#port = deps.port;
    this.#utcOffsetMin = deps.utcOffsetMin;
  }

  /**
   * Asks the device. Refuses with INVALID_ARGUMENT (a period that is none, or longer than 92 days), DEVICE_OFFLINE and
   * what the device refuses.
   */
  async query({ camera, beginMs, endMs, kind }: RecordsQuery): Promise<RecordsAnswer> {
    requirePeriod(beginMs, endMs);
    requireOnline(camera.device);
    const { gbId } = camera.device;
    const { files, complete } = await this.#port.query({
      ...{ deviceGbId: gbId, channelGbId: camera.channel.gbId, beginMs, endMs, kind },
    });
    const items = clampedFiles(files, beginMs, endMs);
    const segments = segmentsOf(items, beginMs, endMs);
    return { items, segments, days: daysOf(segments, this.#utcOffsetMin(gbId) * 60_000), complete };
  }
}

/** Refuses with INVALID_ARGUMENT what is no period of whole seconds that a device can be asked for. */
export function requirePeriod(beginMs: number, endMs: number): void {
  const isPeriod =
    Number.isSafeInteger(beginMs) &&
    Number.isSafeInteger(endMs) &&
    beginMs >= 0 &&
    endMs > beginMs &&
    endMs - beginMs <= MAX_DAYS * DAY_MS;
  if (!isPeriod) throw refuse('INVALID_ARGUMENT', { field: 'period' });
}
