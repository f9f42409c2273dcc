import type { DeviceProfile } from '@yimu/shared';
import { CoreError, type Instruments, KeyedQueue } from '../../kernel/index.ts';
import type { Principal } from '../access/principal.ts';
import type { Camera } from '../devices/device.ts';
import type { Devices } from '../devices/devices.ts';
import type { Grants } from '../grants/grants.ts';
import type { ViewerRequest } from '../ports/media.ts';
import type { RecordingKind } from '../ports/signalling.ts';
import type { Segment } from '../records/merge-files.ts';
import { type Records, requirePeriod } from '../records/records.ts';
import { refuse } from '../refuse.ts';
import type { HistoryDeps } from './history-run.ts';
import { Playback, type PlaybackState } from './playback.ts';
import { parsePlaybackName, playbackName, type PlaybackTarget } from './playback-name.ts';

/** Playbacks that are known; of more, those that ended or were never watched go first. */
const MAX_KNOWN = 2_000;

export interface PlaybackOpening {
  readonly camera: Camera;
  readonly beginMs: number;
  readonly endMs: number;
  readonly kind: RecordingKind;
  /** 0 main stream, 1 sub stream; absent: 0. */
  readonly streamNumber?: 0 | 1 | undefined;
  readonly principal: Principal;
  /** Seconds; absent: the default. */
  readonly ttlS: number | undefined;
  /** Host name under which the caller reached us, without port. */
  readonly host: string;
}

/** An address that plays a recording, and what it will show. */
export interface PlaybackAddress {
  /** Names the playback for its controls, and the address. */
  readonly id: string;
  readonly url: string;
  readonly expiresAtMs: number;
  readonly segments: readonly Segment[];
  /** False when the device did not tell all that it has. */
  readonly complete: boolean;
}

export interface PlaybackView {
  readonly id: string;
  readonly state: PlaybackState;
  /** What is shown now, UTC ms. */
  readonly positionMs: number;
  readonly scale: number;
  readonly beginMs: number;
  readonly endMs: number;
  readonly segments: readonly Segment[];
  /** Why it ended early: a CoreErrorCode. */
  readonly endedBy: string | undefined;
}

interface Deps extends HistoryDeps {
  readonly devices: Devices;
  readonly grants: Grants;
  readonly records: Records;
  readonly instruments: Instruments;
  readonly profileOf: (gbId: string) => Pick<DeviceProfile, 'onePlaybackPerChannel'>;
}

/**
 * Playbacks of what devices have recorded. Each address is one of its own, with its own place and pace. Where a device
 * gives one recording of a channel at a time, who asks for the same period shares it; another period is refused while
 * somebody watches, and takes its place when nobody does any more.
 */
export class Playbacks {
  readonly #deps: Deps;
  readonly #known = new Map<string, Playback>();
  /** Begins of playbacks, by channel: of two at once one comes first. */
  readonly #begins = new KeyedQueue();

  constructor(deps: Deps) {
    this.#deps = deps;
    deps.instruments.gauge('yimu_playbacks', 'playbacks of recordings that run', () => this.#running);
  }

  /**
   * Asks the device what there is, and gives the address that plays it; it costs the device nothing more before it is
   * watched. Refuses as Records.query, and with RECORDING_NOT_FOUND.
   */
  async open(opening: PlaybackOpening): Promise<PlaybackAddress> {
    const { camera, kind, streamNumber = 0, principal, ttlS, host } = opening;
    const { beginMs, endMs } = wholeSeconds(opening);
    const { segments, complete } = await this.#deps.records.query({ camera, beginMs, endMs, kind });
    if (segments.length === 0) throw refuse('RECORDING_NOT_FOUND');
    const { serial } = camera.device;
    const channelNo = camera.channel.no;
    const target: PlaybackTarget = { serial, channelNo, beginMs, endMs, kind, streamNumber };
    const grant = this.#deps.grants.issue(target, principal, ttlS);
    this.#add(grant.id, camera, target, segments);
    const { flvPort, publicUrl } = this.#deps.media.delivery;
    const base = publicUrl ?? `http://${host}:${String(flvPort)}`;
    return {
      id: grant.id,
      url: `${base}/${playbackName(target)}.flv?${grant.query}&ev=100`,
      expiresAtMs: grant.expiresAtMs,
      ...{ segments, complete },
    };
  }

  /** Lets a viewer of such a name in and starts the playback; undefined for another name. Rejects with why not. */
  async admit(
    request: ViewerRequest,
  ): Promise<{ readonly sessionId: string; readonly tag: string } | undefined> {
    const target = parsePlaybackName(request.publicName);
    if (target === undefined) return undefined;
    const grant = this.#deps.grants.check(target, request.query);
    const playback = await this.#wanted(grant.id, target);
    return { sessionId: await this.#demand(grant.id, playback), tag: grant.id };
  }

  /** Refuses with STREAM_NOT_FOUND. */
  get(id: string): Playback {
    const playback = this.#known.get(id);
    if (playback === undefined) throw refuse('STREAM_NOT_FOUND');
    return playback;
  }

  view(id: string): PlaybackView {
    const { state, positionMs, scale, options, endedBy } = this.get(id);
    const { beginMs, endMs, segments } = options;
    return { id, state, positionMs, scale, beginMs, endMs, segments, endedBy: endedBy?.code };
  }

  /** Makes an address void, and ends what it shows unless another one shares it. Refuses with STREAM_NOT_FOUND. */
  async close(id: string): Promise<void> {
    const playback = this.get(id);
    const { device, channel } = playback.options.camera;
    await this.#deps.grants.cancel({ serial: device.serial, channelNo: channel.no }, id);
    this.#known.delete(id);
    if ([...this.#known.values()].includes(playback)) await this.#deps.media.kick(id);
    else playback.end(refuse('MEDIA_UNAVAILABLE', { why: 'closed' }));
  }

  get #running(): number {
    let running = 0;
    for (const { state } of this.#known.values()) if (state === 'playing' || state === 'paused') running += 1;
    return running;
  }

  /** The playback of an address; one that is not known any more, or has ended, begins anew. */
  async #wanted(id: string, target: PlaybackTarget): Promise<Playback> {
    const known = this.#known.get(id);
    if (known !== undefined && known.state !== 'ended') return known;
    const { beginMs, endMs, kind } = target;
    const camera = this.#deps.devices.camera(target.serial, { no: target.channelNo });
    const segments =
      known?.options.segments ?? (await this.#deps.records.query({ camera, beginMs, endMs, kind })).segments;
    if (segments.length === 0) throw refuse('RECORDING_NOT_FOUND');
    return this.#known.get(id)?.state === 'waiting' ? this.get(id) : this.#add(id, camera, target, segments);
  }

  async #demand(id: string, playback: Playback): Promise<string> {
    try {
      return await this.#begun(playback);
    } catch (error) {
      const isBusy = error instanceof CoreError && error.code === 'DEVICE_BUSY';
      const other = isBusy ? this.#sameAs(playback) : undefined;
      if (other === undefined) throw error;
      this.#known.set(id, other);
      return await other.demand();
    }
  }

  /** Begins it, or joins; where the device gives one at a time, after what nobody watches any more. */
  async #begun(playback: Playback): Promise<string> {
    const { camera } = playback.options;
    if (!this.#isOneAtATime(camera)) return await playback.demand();
    const begun = await this.#begins.run(String(camera.channel.id), async () => {
      await this.#makeWay(playback);
      const session = playback.demand();
      session.catch(() => undefined);
      return { session };
    });
    return await begun.session;
  }

  /** Refuses with DEVICE_BUSY while somebody watches another recording of the channel. */
  async #makeWay({ options: { camera, key } }: Playback): Promise<void> {
    for (const { options, state } of new Set(this.#known.values())) {
      if (options.camera.channel.id !== camera.channel.id || options.key === key) continue;
      const reason = refuse('MEDIA_UNAVAILABLE', { why: 'another recording of the channel plays' });
      if (state === 'opening' || !(await this.#deps.streams.displace(options.key, reason)))
        throw refuse('DEVICE_BUSY', { why: 'another recording of the channel is watched' });
    }
  }

  #isOneAtATime({ device }: Camera): boolean {
    return this.#deps.profileOf(device.gbId).onePlaybackPerChannel;
  }

  /** One that runs and shows the same. */
  #sameAs({ options }: Playback): Playback | undefined {
    const wanted = sharedKey(options.camera, options);
    for (const other of this.#known.values()) {
      const { state } = other;
      const runs = state === 'playing' || state === 'paused' || state === 'opening';
      if (runs && sharedKey(other.options.camera, other.options) === wanted) return other;
    }
    return undefined;
  }

  #add(id: string, camera: Camera, target: PlaybackTarget, segments: readonly Segment[]): Playback {
    this.#makeRoom();
    const { beginMs, endMs, kind, streamNumber } = target;
    const isShared = this.#isOneAtATime(camera);
    const key = isShared ? sharedKey(camera, target) : `playback/${id}`;
    const shared = isShared
      ? [...this.#known.values()].find(({ options, state }) => options.key === key && state !== 'ended')
      : undefined;
    if (shared !== undefined) {
      this.#known.set(id, shared);
      return shared;
    }
    const playback: Playback = new Playback(
      { id, camera, key, beginMs, endMs, kind, streamNumber, segments, onEnded: () => undefined },
      this.#deps,
    );
    this.#known.set(id, playback);
    return playback;
  }

  #makeRoom(): void {
    if (this.#known.size < MAX_KNOWN) return;
    for (const [id, { state }] of this.#known) {
      if (state !== 'ended' && state !== 'waiting') continue;
      this.#known.delete(id);
      return;
    }
    throw refuse('QUOTA_EXCEEDED', { what: 'playbacks' });
  }
}

/** The same for all who ask for the same. */
function sharedKey(
  { channel }: Camera,
  { beginMs, endMs, kind, streamNumber }: Pick<PlaybackTarget, 'beginMs' | 'endMs' | 'kind' | 'streamNumber'>,
): string {
  return ['playback', channel.id, beginMs, endMs, kind, streamNumber].join('/');
}

function wholeSeconds({ beginMs, endMs }: Pick<PlaybackOpening, 'beginMs' | 'endMs'>): Segment {
  requirePeriod(beginMs, endMs);
  return { beginMs: Math.floor(beginMs / 1_000) * 1_000, endMs: Math.ceil(endMs / 1_000) * 1_000 };
}
