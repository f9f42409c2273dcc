export type { Gb28181PlatformOptions } from './options.ts';
export { createGb28181Platform } from './platform.ts';
export {
  type CatalogAnswer,
  type CatalogChange,
  type CatalogItem,
  type DeviceCredential,
  type Gb28181Platform,
  type GbEvents,
  GbFailure,
  type GbFailureReason,
  type MediaDialog,
  type PlayOrder,
  type PtzCommand,
  type Registration,
} from './types.ts';
export type { SectionReading } from './config/types.ts';
export type { SubscriptionStatus, SubscriptionWish } from './subscriptions/types.ts';
export type { RecordAnswer, RecordOrder } from './records/types.ts';
export type {
  CascadeService,
  SharedItem,
  UpperMedia,
  UpperMediaOrder,
  UpperPlatform,
  UpperState,
} from './cascade/types.ts';
export type { VoiceCall, VoiceOrder, VoiceWay } from './voice/types.ts';
