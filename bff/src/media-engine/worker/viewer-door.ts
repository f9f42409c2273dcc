import type { Cancel, Clock } from '../../kernel/index.ts';
import type { Admission, Refusal } from '../delivery/door.ts';
import { isLoopback } from '../delivery/remote-address.ts';
import type { ViewerQuestion } from '../delivery/viewer-question.ts';
import type { LiveStream } from '../stream/live-stream.ts';
import type { Viewer } from '../stream/viewer.ts';
import type { FromWorker, ViewerVerdict, WorkerSetup } from './messages.ts';

const FULL: Refusal = { code: 'QUOTA_EXCEEDED', message: '观看人数已满，请稍后再试' };
const TOO_MANY_OF_ADDRESS: Refusal = { code: 'QUOTA_EXCEEDED', message: '同一地址的观看数已满' };
const GONE: Refusal = { code: 'MEDIA_UNAVAILABLE', message: '视频中断' };
const NO_ANSWER: ViewerVerdict = { allow: false, code: 'DEVICE_TIMEOUT', message: '设备响应超时' };
const CLOSING: ViewerVerdict = { allow: false, code: 'MEDIA_UNAVAILABLE', message: '服务正在停止' };

interface Deps {
  readonly limits: Pick<WorkerSetup, 'maxViewers' | 'maxViewersPerAddress' | 'viewerWaitMs'>;
  readonly clock: Clock;
  readonly post: (message: FromWorker) => void;
  readonly streamOf: (sessionId: string) => LiveStream | undefined;
}

/** Lets viewers in: within the limits, and when the main thread says so. */
export class ViewerDoor {
  readonly #deps: Deps;
  readonly #questions = new Map<number, (verdict: ViewerVerdict) => void>();
  /** Viewers and those who wait, by address; no entry is 0. */
  readonly #byAddress = new Map<string, number>();
  #viewers = 0;
  #refused = 0;
  #lastQuestion = 0;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  get viewers(): number {
    return this.#viewers;
  }

  get waiting(): number {
    return this.#questions.size;
  }

  get refused(): number {
    return this.#refused;
  }

  /** The answer to a question of ours. */
  onVerdict(id: number, verdict: ViewerVerdict): void {
    this.#questions.get(id)?.(verdict);
  }

  /** Asks about a viewer; resolves when it may begin, or with the reason why not. Never rejects. */
  async admit(question: ViewerQuestion, left: () => boolean): Promise<Admission | Refusal> {
    const { maxViewers, maxViewersPerAddress } = this.#deps.limits;
    const { remoteAddress } = question;
    if (this.#viewers + this.#questions.size >= maxViewers) return this.#refuse(FULL);
    if (this.#of(remoteAddress) >= maxViewersPerAddress) return this.#refuse(TOO_MANY_OF_ADDRESS);
    this.#enter(remoteAddress);
    const verdict = await this.#verdictOn(question);
    const stream = verdict.allow ? this.#deps.streamOf(verdict.sessionId) : undefined;
    if (verdict.allow && stream && !left()) return this.#admission(stream, verdict, remoteAddress);
    this.#exit(remoteAddress);
    return this.#refuse(verdict.allow ? GONE : { code: verdict.code, message: verdict.message });
  }

  /** Refuses everybody who waits. */
  close(): void {
    for (const settle of [...this.#questions.values()]) settle(CLOSING);
  }

  #admission(
    stream: LiveStream,
    { sessionId, tag }: ViewerVerdict & { readonly allow: true },
    remoteAddress: string | undefined,
  ): Admission {
    const { clock, post } = this.#deps;
    let viewer: Viewer | undefined;
    let present = true;
    return {
      start: (pipe) => {
        this.#viewers += 1;
        viewer = stream.join(tag, pipe, clock.monotonicMs());
        post({ kind: 'viewer-joined', sessionId, tag });
      },
      gone: () => {
        if (!present) return;
        present = false;
        this.#exit(remoteAddress);
        if (!viewer) return;
        this.#viewers -= 1;
        stream.leave(viewer);
        post({ kind: 'viewer-left', sessionId, tag });
      },
    };
  }

  #verdictOn(question: ViewerQuestion): Promise<ViewerVerdict> {
    const { clock, limits, post } = this.#deps;
    this.#lastQuestion += 1;
    const id = this.#lastQuestion;
    return new Promise((resolve) => {
      const settle = (verdict: ViewerVerdict): void => {
        patience();
        this.#questions.delete(id);
        resolve(verdict);
      };
      const patience: Cancel = clock.after(limits.viewerWaitMs, () => {
        settle(NO_ANSWER);
      });
      this.#questions.set(id, settle);
      post({ kind: 'question', id, question });
    });
  }

  #refuse(refusal: Refusal): Refusal {
    this.#refused += 1;
    return refusal;
  }

  #of(address: string | undefined): number {
    return isCounted(address) ? (this.#byAddress.get(address) ?? 0) : 0;
  }

  #enter(address: string | undefined): void {
    if (!isCounted(address)) return;
    this.#byAddress.set(address, this.#of(address) + 1);
  }

  #exit(address: string | undefined): void {
    if (!isCounted(address)) return;
    const left = this.#of(address) - 1;
    if (left > 0) this.#byAddress.set(address, left);
    else this.#byAddress.delete(address);
  }
}

/** This machine, and a proxy that tells no address, stand for any number of viewers. */
function isCounted(address: string | undefined): address is string {
  return address !== undefined && !isLoopback(address);
}
