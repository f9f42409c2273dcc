import type { DeviceProfile } from '@yimu/shared';
import {
  type Clock,
  type CoreError,
  type CounterFamily,
  ExpiringMap,
  type Instruments,
} from '../../kernel/index.ts';
import type { Device } from '../devices/device.ts';
import type { MediaTransport } from '../ports/signalling.ts';
import type { CoreSettings } from '../settings.ts';

/** Devices of which the way that worked is remembered; the one learnt longest ago makes room. */
const REMEMBERED_DEVICES = 20_000;
/** So long before one way alone would have to be over all of them are: whoever waits hears why, ms. */
const MARGIN_MS = 1_000;
/** With less time left another way is not begun, ms. */
const WORTH_BEGINNING_MS = 1_000;

/** Failures after which the same device may well send by another way, and what they are called in figures. */
const OTHER_WAY_MAY_DO: ReadonlyMap<string, string> = new Map([
  ['DEVICE_REFUSED', 'refused'],
  ['MEDIA_NO_RTP', 'no-rtp'],
]);
/** What a later way came to says less than that the device answered before and nothing came. */
const SAYS_LESS_THAN_NO_RTP: ReadonlySet<string> = new Set([
  'DEVICE_REFUSED',
  'DEVICE_TIMEOUT',
  'DEVICE_BUSY',
]);

/** How long a device is waited for, ms. */
export interface Patience {
  /** From INVITE to the final response. */
  readonly answerMs: number;
  /** From the answer to the first packet. */
  readonly firstPacketMs: number;
  /** From the answer to the first picture; no shorter than `firstPacketMs`. */
  readonly firstPictureMs: number;
  /** Moment on the monotonic line behind which nothing is waited for. */
  readonly untilMs: number;
}

/** One way by which a device is asked for media. */
export interface MediaWay {
  readonly transport: MediaTransport;
  readonly patience: Patience;
}

interface Remembered {
  readonly transport: MediaTransport;
  /** The order in which it was found: with another one it says nothing. */
  readonly order: string;
}

interface Deps {
  readonly profileOf: (gbId: string) => Pick<DeviceProfile, 'mediaTransports'>;
  readonly clock: Clock;
  readonly instruments: Instruments;
  readonly settings: CoreSettings;
}

/**
 * By which way of media each device is asked first. A way other than the first of the order that has worked is
 * remembered for a while, in memory alone: the next start does not wait for what did not come before.
 */
export class MediaWays {
  readonly #deps: Deps;
  readonly #remembered: ExpiringMap<string, Remembered>;
  readonly #fallbacks: CounterFamily;

  constructor(deps: Deps) {
    this.#deps = deps;
    const { clock, settings, instruments } = deps;
    this.#remembered = new ExpiringMap({
      clock,
      lifeMs: settings.wayMemoryMs,
      capacity: REMEMBERED_DEVICES,
    });
    instruments.gauge(
      'yimu_media_ways_remembered',
      'devices that are not asked by the first way of media first, because another one worked',
      () => this.#remembered.size,
    );
    this.#fallbacks = instruments.family(
      'yimu_media_fallbacks',
      'streams that were asked for again by another way of media, by why',
      'why',
    );
  }

  /** A start of a stream of this device; `once`: by one way alone. */
  begin(device: Device, { once }: { readonly once: boolean }): WayTrial {
    const { clock, settings } = this.#deps;
    const ordered = this.#orderOf(device);
    const order = ordered.join();
    const known = this.#remembered.get(device.gbId);
    const first = known?.order === order ? known.transport : undefined;
    const ways = first === undefined ? ordered : [first, ...ordered.filter((way) => way !== first)];
    return new WayTrial(once ? ways.slice(0, 1) : ways, {
      ...{ clock, settings },
      onWorked: (transport) => {
        if (transport === ordered[0]) this.#remembered.delete(device.gbId);
        else this.#remembered.set(device.gbId, { transport, order });
      },
      onFailed: (transport) => {
        if (transport === first) this.#remembered.delete(device.gbId);
      },
      onFallback: (why) => {
        this.#fallbacks.of(why).value += 1;
      },
    });
  }

  /** What was set at the device goes before what its profile says, and that before the settings. */
  #orderOf(device: Device): readonly MediaTransport[] {
    if (device.mediaTransport) return [device.mediaTransport];
    const { mediaTransports } = this.#deps.profileOf(device.gbId);
    return mediaTransports.length > 0 ? mediaTransports : this.#deps.settings.mediaTransports;
  }
}

interface TrialDeps extends Pick<Deps, 'clock' | 'settings'> {
  readonly onWorked: (transport: MediaTransport) => void;
  readonly onFailed: (transport: MediaTransport) => void;
  readonly onFallback: (why: string) => void;
}

/** The ways of one start, one after another, as long as somebody who came for it is still let wait. */
class WayTrial {
  readonly #ways: readonly MediaTransport[];
  readonly #deps: TrialDeps;
  readonly #endsAtMs: number;
  #at = -1;
  #failure: CoreError | undefined;

  constructor(ways: readonly MediaTransport[], deps: TrialDeps) {
    this.#ways = ways;
    this.#deps = deps;
    const { inviteTimeoutMs, firstMediaTimeoutMs } = deps.settings;
    // No longer than one way may take: viewers are not let wait longer because there are several.
    this.#endsAtMs = deps.clock.monotonicMs() + inviteTimeoutMs + firstMediaTimeoutMs - MARGIN_MS;
  }

  /** What it came to: of several failures the one that says most. */
  get failure(): CoreError | undefined {
    return this.#failure;
  }

  /** The next way; undefined when there is none, or no time for it. */
  next(): MediaWay | undefined {
    const transport = this.#ways[this.#at + 1];
    const leftMs = this.#endsAtMs - this.#deps.clock.monotonicMs();
    const isFirst = this.#at === -1;
    if (transport === undefined || (!isFirst && leftMs < WORTH_BEGINNING_MS)) return undefined;
    this.#at += 1;
    const { inviteTimeoutMs, firstMediaTimeoutMs, otherWayAfterMs } = this.#deps.settings;
    const isLast = this.#at === this.#ways.length - 1;
    return {
      transport,
      patience: {
        answerMs: isFirst ? inviteTimeoutMs : Math.min(inviteTimeoutMs, leftMs),
        firstPacketMs: isLast ? firstMediaTimeoutMs : Math.min(otherWayAfterMs, firstMediaTimeoutMs),
        firstPictureMs: firstMediaTimeoutMs,
        untilMs: isFirst ? Number.POSITIVE_INFINITY : this.#endsAtMs,
      },
    };
  }

  worked({ transport }: MediaWay): void {
    this.#deps.onWorked(transport);
  }

  /** Notes why a way failed; true when another one may do. */
  failed({ transport }: MediaWay, error: CoreError): boolean {
    const isKnownBetter = this.#failure?.code === 'MEDIA_NO_RTP' && SAYS_LESS_THAN_NO_RTP.has(error.code);
    if (!isKnownBetter) this.#failure = error;
    const why = OTHER_WAY_MAY_DO.get(error.code);
    if (why === undefined) return false;
    this.#deps.onFailed(transport);
    if (this.#at >= this.#ways.length - 1) return false;
    this.#deps.onFallback(why);
    return true;
  }
}
