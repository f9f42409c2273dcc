import type { TalkEvents, TalkPort, TalkProgress, TalkSource, TalkWay } from '../../../bff/src/core/index.ts';
import { TypedEmitter } from '../../../bff/src/kernel/index.ts';

/** The media server's part in talking, at the edge of the process. */
export class FakeTalks implements TalkPort {
  readonly #events = new TypedEmitter<TalkEvents>((error) => {
    throw error;
  });
  readonly opened = new Map<string, TalkSource>();
  readonly bound: TalkWay[] = [];
  readonly started: string[] = [];
  readonly fed: Uint8Array[] = [];
  readonly finished: string[] = [];
  refuseOpen: Error | undefined;
  refuseBind: Error | undefined;

  on<Name extends keyof TalkEvents>(name: Name, listener: (...args: TalkEvents[Name]) => void): () => void {
    return this.#events.on(name, listener);
  }

  /** All was said. */
  end(talkId = this.only): void {
    this.opened.delete(talkId);
    this.#events.emit('ended', talkId);
  }

  lose(why: 'sound' | 'transport', talkId = this.only): void {
    this.opened.delete(talkId);
    this.#events.emit('lost', talkId, why);
  }

  get only(): string {
    return [...this.opened.keys()][0] ?? '';
  }

  open(talkId: string, source: TalkSource): Promise<void> {
    if (this.refuseOpen !== undefined) return Promise.reject(this.refuseOpen);
    this.opened.set(talkId, source);
    return Promise.resolve();
  }

  bind(_talkId: string, way: TalkWay): Promise<{ readonly address: string; readonly port: number }> {
    if (this.refuseBind !== undefined) return Promise.reject(this.refuseBind);
    this.bound.push(way);
    return Promise.resolve({ address: '192.0.2.1', port: 30_010 });
  }

  start(talkId: string): Promise<void> {
    this.started.push(talkId);
    return Promise.resolve();
  }

  feed(_talkId: string, pcm: Uint8Array): Promise<void> {
    this.fed.push(pcm);
    return Promise.resolve();
  }

  finish(talkId: string): Promise<void> {
    this.finished.push(talkId);
    return Promise.resolve();
  }

  progress(talkId: string): Promise<TalkProgress | undefined> {
    return Promise.resolve(this.opened.has(talkId) ? { saidMs: 1_000, droppedMs: 0, heard: 0 } : undefined);
  }

  close(talkId: string): Promise<void> {
    this.opened.delete(talkId);
    return Promise.resolve();
  }
}
