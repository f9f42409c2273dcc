import type { TalkEvents, TalkPort, TalkProgress, TalkSource, TalkWay } from '../../core/index.ts';
import { TypedEmitter } from '../../kernel/index.ts';
import type { TalkCall } from '../../media-engine/index.ts';

/** How calls reach the engine. */
interface EngineDoor {
  /** Address that devices are told. */
  readonly address: string;
  readonly call: (call: TalkCall) => Promise<unknown>;
  /** Does not mind when the engine is gone. */
  readonly callUnlessGone: (call: TalkCall) => Promise<void>;
  readonly onListenerError: (error: unknown) => void;
}

/** Talks over the embedded engine. */
export class EngineTalks implements TalkPort {
  readonly #door: EngineDoor;
  readonly #events: TypedEmitter<TalkEvents>;
  /** Talks that the core believes open. */
  readonly #open = new Set<string>();

  constructor(door: EngineDoor) {
    this.#door = door;
    this.#events = new TypedEmitter(door.onListenerError);
  }

  on<Name extends keyof TalkEvents>(name: Name, listener: (...args: TalkEvents[Name]) => void): () => void {
    return this.#events.on(name, listener);
  }

  async open(talkId: string, source: TalkSource): Promise<void> {
    await this.#door.call({ do: 'open-talk', talkId, source });
    this.#open.add(talkId);
  }

  async bind(talkId: string, way: TalkWay): Promise<{ readonly address: string; readonly port: number }> {
    const { port } = (await this.#door.call({ do: 'bind-talk', talkId, way })) as { readonly port: number };
    return { address: this.#door.address, port };
  }

  async start(
    talkId: string,
    remote: { readonly address: string; readonly port: number } | undefined,
  ): Promise<void> {
    await this.#door.call({ do: 'start-talk', talkId, remote });
  }

  async feed(talkId: string, pcm: Uint8Array): Promise<void> {
    await this.#door.call({ do: 'feed-talk', talkId, pcm });
  }

  async finish(talkId: string): Promise<void> {
    await this.#door.callUnlessGone({ do: 'finish-talk', talkId });
  }

  async progress(talkId: string): Promise<TalkProgress | undefined> {
    return (await this.#door.call({ do: 'talk-state', talkId })) as TalkProgress | undefined;
  }

  async close(talkId: string): Promise<void> {
    this.#open.delete(talkId);
    await this.#door.callUnlessGone({ do: 'close-talk', talkId });
  }

  onEnded(talkId: string): void {
    if (this.#open.delete(talkId)) this.#events.emit('ended', talkId);
  }

  onLost(talkId: string, why: 'sound' | 'transport'): void {
    if (this.#open.delete(talkId)) this.#events.emit('lost', talkId, why);
  }

  /** The engine is gone, and every talk with it. */
  loseAll(): void {
    const talks = [...this.#open];
    this.#open.clear();
    for (const talkId of talks) this.#events.emit('lost', talkId, 'closed');
  }
}
