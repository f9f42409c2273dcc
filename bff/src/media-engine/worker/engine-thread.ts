import { Worker } from 'node:worker_threads';
import { type Cancel, type Clock, withDeadline } from '../../kernel/index.ts';
import type { ViewerQuestion } from '../delivery/viewer-question.ts';
import type { RelayEnd } from '../relay/relay.ts';
import type { TalkLoss } from '../talk/talk-book.ts';
import type {
  EngineCounts,
  FromWorker,
  SourceEnd,
  SourceTracks,
  ToWorker,
  ViewerVerdict,
  WorkerCall,
  WorkerSetup,
} from './messages.ts';

/** What `npm run build` made needs no loader. */
const ENTRY = new URL(import.meta.url.endsWith('.ts') ? 'bootstrap.mjs' : 'media-worker.js', import.meta.url);
/** The worker tells its counts twice a second; one that tells nothing from one look to the next hangs. */
const LOOK_EVERY_MS = 10_000;
/** How long the worker may take to end by itself. */
const STOP_MS = 3_000;

/** What the media thread tells. */
export interface EngineListener {
  onQuestion(question: ViewerQuestion): Promise<ViewerVerdict>;
  onSourceUp(sessionId: string, tracks: SourceTracks): void;
  onSourceLost(sessionId: string, why: SourceEnd): void;
  onViewerJoined(sessionId: string, tag: string): void;
  onViewerLeft(sessionId: string, tag: string): void;
  onRelayLost(relayId: string, why: RelayEnd): void;
  /** All was said. */
  onTalkEnded(talkId: string): void;
  onTalkLost(talkId: string, why: TalkLoss): void;
  onCounts(counts: EngineCounts): void;
  /** The bytes of a source tripped a fault of the engine; that source ends. */
  onFault(sessionId: string, message: string): void;
  /** The thread is gone, and every source and viewer with it. */
  onCrash(error: Error): void;
}

/** A call that the worker refused, with its reason. */
export class EngineRefusal extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'EngineRefusal';
    this.code = code;
  }
}

/** What is used of a worker thread. */
export interface Thread {
  on(event: 'message', listener: (message: FromWorker) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
  postMessage(message: ToWorker): void;
  terminate(): Promise<unknown>;
}

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** One life of the thread. */
interface Life {
  readonly thread: Thread;
  readonly gone: Promise<void>;
  /** It has told the viewers' port. */
  listening: boolean;
  /** It is to end: its end is no crash. */
  ending: boolean;
  /** It has told something since the last look. */
  heard: boolean;
  error: Error | undefined;
}

/** The main thread's handle on the media thread. */
export class EngineThread {
  readonly #listener: EngineListener;
  readonly #clock: Clock;
  readonly #spawn: (setup: WorkerSetup) => Thread;
  readonly #pending = new Map<number, Pending>();
  #life: Life | undefined;
  #watch: Cancel | undefined;
  #lastCall = 0;

  constructor(listener: EngineListener, clock: Clock, spawn: (setup: WorkerSetup) => Thread = spawnWorker) {
    this.#listener = listener;
    this.#clock = clock;
    this.#spawn = spawn;
  }

  /** Starts the thread; resolves with the viewers' port. Rejects when that port is taken or the thread fails. */
  async start(setup: WorkerSetup): Promise<number> {
    const thread = this.#spawn(setup);
    return await new Promise<number>((resolve, reject) => {
      const gone = new Promise<void>((resolveGone) => {
        thread.on('exit', (code) => {
          this.#onExit(life, code);
          // Has no effect after `listening`.
          reject(life.error ?? new Error(`the media thread ended with ${String(code)}`));
          resolveGone();
        });
      });
      const life: Life = {
        thread,
        gone,
        listening: false,
        ending: false,
        heard: true,
        error: undefined,
      };
      this.#life = life;
      thread.on('error', (error) => {
        life.error ??= asError(error);
      });
      thread.on('message', (message) => {
        life.heard = true;
        if (message.kind === 'listening') {
          life.listening = true;
          this.#watchOver(life);
          resolve(message.flvPort);
        } else if (message.kind === 'failed') {
          life.error ??= new Error(message.message);
          reject(life.error);
        } else this.#onMessage(life, message);
      });
    });
  }

  /** Rejects with an {@link EngineRefusal}, MEDIA_UNAVAILABLE when the thread is or goes down. */
  async call(call: WorkerCall): Promise<unknown> {
    const life = this.#life;
    if (!life?.listening) throw new EngineRefusal('MEDIA_UNAVAILABLE', 'the media thread does not run');
    return await new Promise<unknown>((resolve, reject) => {
      this.#pending.set(this.#post(life, call), { resolve, reject });
    });
  }

  /** Ends sources and viewers, then the thread; one that does not end in time is ended. */
  async stop(): Promise<void> {
    const life = this.#life;
    if (!life) return;
    life.ending = true;
    this.#watch?.();
    this.#post(life, { do: 'shutdown' });
    try {
      await withDeadline(life.gone, STOP_MS, 'the end of the media thread', this.#clock);
    } catch {
      await life.thread.terminate();
    }
  }

  /** Sends a call; gives the number of its answer. */
  #post(life: Life, call: WorkerCall): number {
    this.#lastCall += 1;
    life.thread.postMessage({ kind: 'call', id: this.#lastCall, call });
    return this.#lastCall;
  }

  #onExit(life: Life, code: number): void {
    if (this.#life !== life) return;
    this.#life = undefined;
    this.#watch?.();
    const error = life.error ?? new Error(`the media thread ended with ${String(code)}`);
    for (const { reject } of this.#pending.values())
      reject(new EngineRefusal('MEDIA_UNAVAILABLE', error.message));
    this.#pending.clear();
    if (life.listening && !life.ending) this.#listener.onCrash(error);
  }

  /** Two looks without a word between them: one alone may only mean that the main thread was busy. */
  #watchOver(life: Life): void {
    this.#watch = this.#clock.every(LOOK_EVERY_MS, () => {
      if (life.heard) {
        life.heard = false;
        return;
      }
      life.error ??= new Error('the media thread hangs');
      void life.thread.terminate();
    });
  }

  #onMessage(life: Life, message: Exclude<FromWorker, { kind: 'listening' | 'failed' }>): void {
    const listener = this.#listener;
    switch (message.kind) {
      case 'answer':
        this.#settle(message.id)?.resolve(message.result);
        break;
      case 'refusal':
        this.#settle(message.id)?.reject(new EngineRefusal(message.code, message.message));
        break;
      case 'question':
        void this.#answer(life, message.id, message.question);
        break;
      case 'source-up':
        listener.onSourceUp(message.sessionId, message.tracks);
        break;
      case 'source-lost':
        listener.onSourceLost(message.sessionId, message.why);
        break;
      case 'fault':
        listener.onFault(message.sessionId, message.message);
        break;
      case 'viewer-joined':
        listener.onViewerJoined(message.sessionId, message.tag);
        break;
      case 'viewer-left':
        listener.onViewerLeft(message.sessionId, message.tag);
        break;
      case 'relay-lost':
        listener.onRelayLost(message.relayId, message.why);
        break;
      case 'talk-ended':
        listener.onTalkEnded(message.talkId);
        break;
      case 'talk-lost':
        listener.onTalkLost(message.talkId, message.why);
        break;
      case 'counts':
        listener.onCounts(message.counts);
        break;
    }
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  async #answer(life: Life, id: number, question: ViewerQuestion): Promise<void> {
    let verdict: ViewerVerdict;
    try {
      verdict = await this.#listener.onQuestion(question);
    } catch {
      verdict = { allow: false, code: 'INTERNAL', message: '服务器异常' };
    }
    // A thread that has died meanwhile takes no message; its successor has other questions.
    life.thread.postMessage({ kind: 'verdict', id, verdict });
  }
}

function spawnWorker(setup: WorkerSetup): Thread {
  return new Worker(ENTRY, { workerData: setup, execArgv: [] });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
