export type { Dialect, DialectRefusals, DialectRoute, RenderedFault } from './dialect.ts';
export { ParamFault, Params } from './params.ts';
export { BodyFault, discard, readBody } from './read-body.ts';
export { readParams } from './read-params.ts';
export { DialectRefusal, type Refusal, RouteFault } from './refusal.ts';
export type { RequestFacts } from './request-facts.ts';
