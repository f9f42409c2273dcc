import type { ClipStore, ListenOrder, Listener, StoredClip, VoicePort } from '../../../bff/src/core/index.ts';

/** A device that listens, at the edge of the process. */
class FakeListener implements Listener {
  readonly form = 'broadcast';
  readonly remote = undefined;
  closed = false;
  readonly #handlers: ((by: 'local' | 'remote' | 'error') => void)[] = [];

  close(): Promise<void> {
    if (!this.closed) this.#end('local');
    return Promise.resolve();
  }

  hangUp(): void {
    this.#end('remote');
  }

  onEnded(handler: (by: 'local' | 'remote' | 'error') => void): void {
    this.#handlers.push(handler);
  }

  #end(by: 'local' | 'remote'): void {
    this.closed = true;
    for (const handler of this.#handlers.splice(0)) handler(by);
  }
}

/** Loudspeakers as the core sees them: by default each asks for a way and listens. */
export class FakeVoice implements VoicePort {
  readonly orders: ListenOrder[] = [];
  readonly listeners: FakeListener[] = [];
  answer: (order: ListenOrder) => Promise<unknown> = (order) =>
    order.bind({
      transport: 'udp',
      remote: { address: '192.0.2.9', port: 9_732 },
      trustedAddress: '192.0.2.9',
      codec: 'pcma',
      payloadType: 8,
      ssrc: 99,
    });

  async call(order: ListenOrder): Promise<Listener> {
    this.orders.push(order);
    await this.answer(order);
    const listener = new FakeListener();
    this.listeners.push(listener);
    return listener;
  }
}

/** Clips that are kept nowhere. */
export class FakeClips implements ClipStore {
  kept = 0;

  async take(content: AsyncIterable<Uint8Array>): Promise<StoredClip> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) chunks.push(chunk);
    return this.clip(Buffer.concat(chunks));
  }

  /** A clip of these octets. */
  clip(content: Uint8Array): StoredClip {
    this.kept += 1;
    let isKept = true;
    return {
      path: '/clips/1',
      bytes: content.length,
      head: content.subarray(0, 16),
      discard: () => {
        if (isKept) this.kept -= 1;
        isKept = false;
        return Promise.resolve();
      },
    };
  }
}
