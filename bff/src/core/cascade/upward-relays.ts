import type { Instruments, Logger, RandomSource } from '../../kernel/index.ts';
import type { UpwardMedia, UpwardMediaOrder } from '../ports/cascade.ts';
import type { MediaPort } from '../ports/media.ts';
import type { PlaybackOrder } from '../ports/signalling.ts';

const RELAY_ID_BYTES = 8;

interface Deps {
  readonly media: MediaPort;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly instruments: Instruments;
}

/** What goes up, each with its relay at the media server. */
export class UpwardRelays {
  readonly #deps: Deps;
  readonly #running = new Map<string, UpwardRelay>();

  constructor(deps: Deps) {
    this.#deps = deps;
    deps.media.on('relayLost', (relayId, why) => {
      const relay = this.#running.get(relayId);
      if (relay === undefined) return;
      deps.logger.info({ relayId, why }, 'a stream is no longer passed on');
      relay.end('lost');
    });
    deps.instruments.gauge('yimu_upward_streams', 'streams that go up', () => this.#running.size);
  }

  /** One that is not open yet. */
  make(): UpwardRelay {
    const { media, random } = this.#deps;
    const id = random.hex(RELAY_ID_BYTES);
    const relay = new UpwardRelay(id, media, () => this.#running.delete(id));
    this.#running.set(id, relay);
    return relay;
  }
}

/** One stream on its way up, until either side ends it. */
export class UpwardRelay {
  readonly id: string;
  readonly #media: MediaPort;
  readonly #onClosed: () => void;
  readonly #farewells: (() => void)[] = [];
  #handlers: ((why: 'over' | 'lost') => void)[] = [];
  #local: { readonly address: string; readonly port: number } | undefined;
  #closing: Promise<void> | undefined;
  #ended: 'over' | 'lost' | undefined;

  constructor(id: string, media: MediaPort, onClosed: () => void) {
    this.id = id;
    this.#media = media;
    this.#onClosed = onClosed;
  }

  /** Refuses with STREAM_NOT_FOUND and QUOTA_EXCEEDED. */
  async open(sessionId: string, target: UpwardMediaOrder['target']): Promise<void> {
    this.#local = await this.#media.openRelay({ relayId: this.id, sessionId, target });
    // Who closed it meanwhile found nothing to close.
    if (this.#closing !== undefined) await this.#media.closeRelay(this.id);
  }

  /** Is called when it is closed, once. */
  onClose(farewell: () => void): void {
    if (this.#closing === undefined) this.#farewells.push(farewell);
    else farewell();
  }

  as(extra: {
    readonly fileSize: number | undefined;
    readonly control: (order: PlaybackOrder) => Promise<void>;
  }): UpwardMedia {
    return {
      address: this.#local?.address ?? '',
      port: this.#local?.port ?? 0,
      ...extra,
      close: () => this.close(),
      onEnded: (handler) => {
        if (this.#ended === undefined) this.#handlers.push(handler);
        else handler(this.#ended);
      },
    };
  }

  /** It ended below. */
  end(why: 'over' | 'lost'): void {
    if (this.#ended !== undefined || this.#closing !== undefined) return;
    this.#ended = why;
    void this.close();
    for (const handler of this.#handlers.splice(0)) handler(why);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#onClosed();
    for (const farewell of this.#farewells.splice(0)) farewell();
    await this.#media.closeRelay(this.id).catch(() => undefined);
  }
}
