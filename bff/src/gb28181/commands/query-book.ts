import type { Cancel } from '../../kernel/index.ts';
import type { PlatformFloor } from '../capability.ts';
import type { DeviceEntry } from '../registrar/device-entry.ts';
import { GbFailure } from '../types.ts';

/** Questions to one device whose answer is awaited; more are refused. */
const MAX_PER_DEVICE = 32;

interface Job<Answer> {
  readonly sn: number;
  readonly gbId: string;
  readonly answer: Promise<Answer>;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: GbFailure) => void;
  stop: Cancel;
}

/** A question to a device. */
export interface Question {
  /** The device itself, or the channel that is asked. */
  readonly targetGbId: string;
  /** Equal questions that run at one time are one: whoever asks meanwhile joins. Default the target. */
  readonly key?: string;
  readonly body: (sn: number) => Uint8Array;
}

/**
 * Questions whose answer comes in a MESSAGE of its own, paired by SN (GB/T 28181-2016 §9.5.1). One book for each
 * kind of question; every wait ends: by the answer, a refusal, the clock, or the device going offline.
 */
export class QueryBook<Answer> {
  readonly #floor: PlatformFloor;
  readonly #what: string;
  /** By device, then by key. */
  readonly #jobs = new Map<string, Map<string, Job<Answer>>>();
  #size = 0;

  /** `what` names the question in the text of a timeout. */
  constructor(floor: PlatformFloor, what: string) {
    this.#floor = floor;
    this.#what = what;
  }

  get size(): number {
    return this.#size;
  }

  /** Rejects with GbFailure. */
  ask(entry: DeviceEntry, question: Question): Promise<Answer> {
    const key = question.key ?? question.targetGbId;
    const ofDevice = this.#jobs.get(entry.gbId);
    const running = ofDevice?.get(key);
    if (running !== undefined) return running.answer;
    if ((ofDevice?.size ?? 0) >= MAX_PER_DEVICE)
      return Promise.reject(new GbFailure('busy', 'too many questions wait for this device'));
    const job = this.#start(entry.gbId, key);
    const { targetGbId } = question;
    this.#floor.sender.send(entry, { targetGbId, body: question.body(job.sn) }).catch((error: unknown) => {
      if (error instanceof GbFailure) this.#fail(job, key, error);
    });
    return job.answer;
  }

  /** Takes an answer, or a failure that the device reports; false when nobody asked. */
  onAnswer(gbId: string, sn: number | undefined, answer: Answer | GbFailure): boolean {
    for (const [key, job] of this.#jobs.get(gbId) ?? []) {
      if (job.sn !== sn) continue;
      if (answer instanceof GbFailure) this.#fail(job, key, answer);
      else {
        this.#end(job, key);
        job.resolve(answer);
      }
      return true;
    }
    return false;
  }

  /** Keeps a question open for so long from now, as its answer has begun; false when nobody asked. */
  hold(gbId: string, sn: number, forMs: number): boolean {
    for (const [key, job] of this.#jobs.get(gbId) ?? []) {
      if (job.sn !== sn) continue;
      job.stop();
      this.#limit(job, key, forMs);
      return true;
    }
    return false;
  }

  /** Ends the questions to a device that is gone. */
  abandon(gbId: string): void {
    for (const [key, job] of this.#jobs.get(gbId) ?? [])
      this.#fail(job, key, new GbFailure('not-registered', 'the device went offline'));
  }

  close(): void {
    for (const gbId of [...this.#jobs.keys()]) this.abandon(gbId);
  }

  #start(gbId: string, key: string): Job<Answer> {
    const { limits, sender } = this.#floor;
    let resolve: Job<Answer>['resolve'] = () => undefined;
    let reject: Job<Answer>['reject'] = () => undefined;
    const answer = new Promise<Answer>((onAnswer, onFailure) => {
      resolve = onAnswer;
      reject = onFailure;
    });
    const job: Job<Answer> = { sn: sender.nextSn(), gbId, answer, resolve, reject, stop: () => undefined };
    const ofDevice = this.#jobs.get(gbId) ?? new Map<string, Job<Answer>>();
    this.#jobs.set(gbId, ofDevice.set(key, job));
    this.#size += 1;
    this.#limit(job, key, limits.answerTimeoutMs);
    return job;
  }

  #limit(job: Job<Answer>, key: string, ms: number): void {
    job.stop = this.#floor.clock.after(ms, () => {
      this.#fail(job, key, new GbFailure('timeout', `the device did not answer: ${this.#what}`));
    });
  }

  #fail(job: Job<Answer>, key: string, failure: GbFailure): void {
    if (this.#jobs.get(job.gbId)?.get(key) !== job) return;
    this.#end(job, key);
    job.reject(failure);
  }

  #end(job: Job<Answer>, key: string): void {
    job.stop();
    const ofDevice = this.#jobs.get(job.gbId);
    ofDevice?.delete(key);
    if (ofDevice?.size === 0) this.#jobs.delete(job.gbId);
    this.#size -= 1;
  }
}
