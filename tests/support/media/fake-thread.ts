import type { Thread } from '../../../bff/src/media-engine/index.ts';
import type { FromWorker, ToWorker, WorkerCall } from '../../../bff/src/media-engine/worker/messages.ts';

/** A media thread that says what the test makes it say. */
export class FakeThread implements Thread {
  /** What it was told. */
  readonly told: ToWorker[] = [];
  terminated = false;
  /** Ends by itself when it is told to shut down. */
  obedient = true;
  #onMessage: (message: FromWorker) => void = () => undefined;
  #onError: (error: unknown) => void = () => undefined;
  #onExit: (code: number) => void = () => undefined;

  on(event: 'message', listener: (message: FromWorker) => void): void;
  on(event: 'error', listener: (error: unknown) => void): void;
  on(event: 'exit', listener: (code: number) => void): void;
  on(event: string, listener: (value: never) => void): void {
    if (event === 'message') this.#onMessage = listener as (message: FromWorker) => void;
    if (event === 'error') this.#onError = listener as (error: unknown) => void;
    if (event === 'exit') this.#onExit = listener as (code: number) => void;
  }

  postMessage(message: ToWorker): void {
    this.told.push(message);
    if (message.kind === 'call' && message.call.do === 'shutdown' && this.obedient) {
      this.say({ kind: 'answer', id: message.id, result: undefined });
      this.exit(0);
    }
  }

  terminate(): Promise<unknown> {
    this.terminated = true;
    this.exit(1);
    return Promise.resolve(1);
  }

  /** The calls that came, in order. */
  get calls(): WorkerCall[] {
    return this.told.flatMap((message) => (message.kind === 'call' ? [message.call] : []));
  }

  say(message: FromWorker): void {
    this.#onMessage(message);
  }

  /** Answers the last call. */
  answer(result?: unknown): void {
    this.say({ kind: 'answer', id: this.#lastId(), result });
  }

  refuse(code: string): void {
    this.say({ kind: 'refusal', id: this.#lastId(), code, message: code });
  }

  fail(error: unknown): void {
    this.#onError(error);
  }

  exit(code: number): void {
    this.#onExit(code);
  }

  #lastId(): number {
    const last = this.told.findLast((message) => message.kind === 'call');
    if (!last) throw new Error('nothing was asked');
    return last.id;
  }
}
