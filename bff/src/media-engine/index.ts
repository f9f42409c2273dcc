export { type EngineListener, EngineRefusal, EngineThread, type Thread } from './worker/engine-thread.ts';
export type { EngineCounts, SourceStats, TalkCall, WorkerSetup } from './worker/messages.ts';
