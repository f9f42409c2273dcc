import { type Camera, requireOnline } from '../devices/device.ts';
import type { LiveSession } from '../live/live-session.ts';
import type { Streams } from '../live/streams.ts';
import type { UpwardMedia, UpwardMediaOrder } from '../ports/cascade.ts';
import type { MediaPort } from '../ports/media.ts';
import type { PlaybackOrder } from '../ports/signalling.ts';
import { refuse } from '../refuse.ts';
import type { UpwardRelay, UpwardRelays } from './upward-relays.ts';

/** What a device has sent is still on its way when it says that it sent all: it has come when so long none did, ms. */
const DRAIN_QUIET_MS = 500;
/** Some say so long before they have. */
const DRAIN_LIMIT_MS = 120_000;

interface Deps {
  readonly streams: Pick<Streams, 'open' | 'hold' | 'end'>;
  readonly relays: UpwardRelays;
  readonly media: Pick<MediaPort, 'steer' | 'drain'>;
}

/** A recording on its way up. */
interface Run {
  readonly relay: UpwardRelay;
  sessionId: string;
  /** Counts what it was told to do. */
  orders: number;
}

/** Recordings for upper platforms: a session of its own for each, passed on from its first packet. */
export class UpwardRecordings {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async open(camera: Camera, order: UpwardMediaOrder): Promise<UpwardMedia> {
    requireOnline(camera.device);
    const { streams, relays } = this.#deps;
    const relay = relays.make();
    const key = `up/${relay.id}`;
    relay.onClose(() => {
      streams.end(key, refuse('MEDIA_UNAVAILABLE', { why: 'the upper platform has left' }));
    });
    const run: Run = { relay, sessionId: '', orders: 0 };
    try {
      const session = await this.#open(camera, order, run, key);
      const letGo = streams.hold(session.order.sessionId, `relay:${relay.id}`);
      if (letGo !== undefined) relay.onClose(letGo);
      return relay.as({
        fileSize: session.fileSize,
        control: async (command) => {
          await this.#control(session, command);
          run.orders += 1;
        },
      });
    } catch (error) {
      await relay.close();
      throw error;
    }
  }

  async #open(camera: Camera, order: UpwardMediaOrder, run: Run, key: string): Promise<LiveSession> {
    const { kind, startS, endS, downloadSpeed, streamNumber, target } = order;
    return await this.#deps.streams.open(camera, {
      key,
      streamNumber,
      history: {
        session: kind === 'download' ? 'download' : 'playback',
        beginMs: startS * 1_000,
        endMs: endS * 1_000,
        kind: 'all',
        ...(downloadSpeed === undefined ? {} : { speed: downloadSpeed }),
      },
      listener: {
        onReceiving: (sessionId) => {
          run.sessionId = sessionId;
          return run.relay.open(sessionId, target);
        },
        onPeriodOver: () => {
          void this.#settle(run);
        },
        onClosed: () => {
          run.relay.end('lost');
        },
      },
    });
  }

  /** Ends it when the last has come, unless it was told to go elsewhere meanwhile. Never rejects. */
  async #settle(run: Run): Promise<void> {
    const { orders, relay, sessionId } = run;
    const { media } = this.#deps;
    const isQuiet = await media.drain(sessionId, DRAIN_QUIET_MS, DRAIN_LIMIT_MS).catch(() => true);
    if (isQuiet && run.orders === orders) relay.end('over');
  }

  /** The media server must not take a pause for a loss. */
  async #control(session: LiveSession, command: PlaybackOrder): Promise<void> {
    const { media } = this.#deps;
    const { sessionId } = session.order;
    const steering = {
      paused: command.do === 'pause',
      byArrival: command.do === 'scale',
      jumps: command.do === 'seek',
    };
    if (command.do !== 'pause') await media.steer(sessionId, steering);
    await session.control(command);
    if (command.do === 'pause') await media.steer(sessionId, steering);
  }
}
