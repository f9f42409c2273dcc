import type { Scheduler } from '../scheduler.ts';
import type { SipClient } from '../signalling/sip-client.ts';
import type { DeviceEvent } from './events.ts';
import type { Fault } from './faults.ts';
import {
  alarmBody,
  changesBody,
  directionBody,
  positionBody,
  type SimulatedAlarm,
  type SimulatedChange,
  type SimulatedPosition,
} from './notices.ts';
import { DeviceSubscriptions } from './subscriptions.ts';

const MS_PER_S = 1_000;

interface Deps {
  readonly gbId: string;
  readonly client: SipClient;
  readonly scheduler: Scheduler;
  readonly faults: ReadonlySet<Fault>;
  readonly report: (event: DeviceEvent) => void;
  readonly send: (body: Buffer) => Promise<number | undefined>;
  readonly nextSn: () => number;
  /** Whether the device is armed. */
  readonly isArmed: () => boolean;
  /** Places that it passes, one each time it tells where it is, again from the first. */
  readonly track: readonly SimulatedPosition[];
  /** An alarm every so often, s; absent: none. */
  readonly alarmEveryS: number | undefined;
}

/** What a simulated device tells unasked: alarms, where it is, what changed, where its cameras look. */
export class Teller {
  readonly subscriptions: DeviceSubscriptions;
  readonly #deps: Deps;
  #place = 0;
  #stopAlarms: () => void = () => undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.subscriptions = new DeviceSubscriptions({
      ...deps,
      periodic: (type, target) =>
        type === 'MobilePosition' ? positionBody(target, deps.nextSn(), this.#nextPlace()) : undefined,
    });
  }

  start(): void {
    const { alarmEveryS, scheduler } = this.#deps;
    this.#stopAlarms();
    if (alarmEveryS === undefined) return;
    const again = (): void => {
      this.#stopAlarms = scheduler.after(alarmEveryS * MS_PER_S, () => {
        void this.alarm({});
        again();
      });
    };
    again();
  }

  stop(): void {
    this.#stopAlarms();
    this.subscriptions.clear();
  }

  /**
   * Tells an alarm: by NOTIFY where it is subscribed to, by MESSAGE where not (GB/T 28181-2016 §9.4). Resolves with
   * the SIP statuses; none when the device tells no alarm before it is armed.
   */
  async alarm(alarm: SimulatedAlarm): Promise<readonly (number | undefined)[]> {
    const { gbId, nextSn, faults, isArmed, send, report } = this.#deps;
    if (faults.has('alarms-only-armed') && !isArmed()) return [];
    const body = alarmBody(gbId, nextSn(), alarm);
    const notified = await this.subscriptions.notify('Alarm', body);
    if (notified.length > 0) return notified;
    const status = await send(body);
    report({ event: 'alarm', status });
    return [status];
  }

  /** Tells where it is, by NOTIFY or by MESSAGE. */
  async position(position: SimulatedPosition): Promise<readonly (number | undefined)[]> {
    const body = positionBody(this.#deps.gbId, this.#deps.nextSn(), position);
    const notified = await this.subscriptions.notify('MobilePosition', body);
    return notified.length > 0 ? notified : [await this.#deps.send(body)];
  }

  /** Tells what changed in its catalogue to whoever subscribed to it. */
  async changes(changes: readonly SimulatedChange[]): Promise<readonly (number | undefined)[]> {
    return await this.subscriptions.notify(
      'Catalog',
      changesBody(this.#deps.gbId, this.#deps.nextSn(), changes),
    );
  }

  /** Tells where a camera looks to whoever subscribed to it (2022). */
  async direction(
    channelGbId: string,
    gaze: { readonly pan: number; readonly tilt: number; readonly zoom: number },
  ): Promise<readonly (number | undefined)[]> {
    return await this.subscriptions.notify(
      'PTZPosition',
      directionBody(channelGbId, this.#deps.nextSn(), gaze),
    );
  }

  #nextPlace(): SimulatedPosition {
    const { track } = this.#deps;
    const place = track[this.#place % track.length] ?? { longitude: 117.28, latitude: 31.86 };
    this.#place += 1;
    return place;
  }
}
