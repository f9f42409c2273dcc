import type { Scheduler } from '../scheduler.ts';
import type { Gaze } from './events.ts';
import type { DeviceProfile } from './profile.ts';
import { PtzHead, type PtzMovement, readPtz } from './ptz.ts';

/** What became of a PTZCmd. */
export interface PtzReport {
  readonly channel: string;
  readonly bytes: string;
  readonly movement: PtzMovement | undefined;
  readonly stop: boolean;
  readonly fault: string | undefined;
  readonly position: Gaze;
}

/** Where the cameras of one device look. */
export class PtzHeads {
  readonly #heads: ReadonlyMap<string, PtzHead>;
  readonly #scheduler: Scheduler;

  constructor(profile: DeviceProfile, scheduler: Scheduler) {
    this.#heads = new Map(profile.channels.map(({ gbId }) => [gbId, new PtzHead()]));
    this.#scheduler = scheduler;
  }

  /** A channel that is none looks nowhere. */
  position(channel: string): ReturnType<PtzHead['position']> {
    const head = this.#heads.get(channel) ?? new PtzHead();
    return head.position(this.#scheduler.monotonicMs());
  }

  /** Turns at once to where a preset or a precise command wants it. */
  look(channel: string, gaze: Gaze): void {
    this.#heads.get(channel)?.look(gaze, this.#scheduler.monotonicMs());
  }

  /** Obeys the sixteen hexadecimal digits of a PTZCmd. */
  obey(channel: string, bytes: string): PtzReport {
    const reading = readPtz(bytes);
    const head = this.#heads.get(channel);
    const { pan, tilt, zoom } = this.position(channel);
    if (reading.ok) head?.obey(reading.stop ? undefined : reading.movement, this.#scheduler.monotonicMs());
    return {
      channel,
      bytes,
      movement: reading.ok ? reading.movement : undefined,
      stop: reading.ok && reading.stop,
      fault: reading.ok ? (head ? undefined : 'no such channel') : reading.fault,
      position: { pan, tilt, zoom },
    };
  }
}
