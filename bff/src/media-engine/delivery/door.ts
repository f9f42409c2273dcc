import type { ViewerPipe } from '../stream/viewer.ts';
import type { ViewerQuestion } from './viewer-question.ts';

/** Why a viewer gets nothing. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** A viewer that was let in: starts it on its pipe, and hears when it is gone. */
export interface Admission {
  start(pipe: ViewerPipe): void;
  gone(): void;
}

/** Who decides on viewers; never rejects. `left` tells whether the viewer went away meanwhile. */
export type Doorkeeper = (question: ViewerQuestion, left: () => boolean) => Promise<Admission | Refusal>;
