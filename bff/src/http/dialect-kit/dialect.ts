import type { CoreErrorCode } from '@yimu/shared';
import type { Params } from './params.ts';
import type { Refusal } from './refusal.ts';
import type { RequestFacts } from './request-facts.ts';

/** What is sent instead of an answer. */
export interface RenderedFault {
  readonly status: number;
  readonly body: unknown;
}

/** One endpoint of a dialect: data, and the function that answers. */
export interface DialectRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Gives the body of the answer; refuses with a CoreError, DialectRefusal or ParamFault. */
  readonly answer: (params: Params, facts: RequestFacts) => unknown;
  /** For an endpoint whose envelope is not the dialect's. */
  readonly renderFault?: (error: unknown) => RenderedFault;
}

/** An API that existing clients speak. */
export interface Dialect {
  readonly name: string;
  /** The form in which {@link routes} name a path that clients may write in several ways. */
  readonly canonicalPath: (path: string) => string;
  /** Whether a path is this dialect's to answer, though no route names it. */
  readonly claims: (path: string) => boolean;
  readonly routes: readonly DialectRoute[];
  /** The dialect's own form of a refusal. */
  readonly renderFault: (error: unknown) => RenderedFault;
}

/** What the documentation says of a dialect's refusals. */
export interface DialectRefusals {
  readonly name: string;
  /** Total: a new refusal of the core does not compile until every dialect answers it. */
  readonly ofCore: Readonly<Record<CoreErrorCode, Refusal>>;
  /** Refusals of the dialect's own, with what causes them. */
  readonly own: readonly { readonly cause: string; readonly refusal: Refusal }[];
}
