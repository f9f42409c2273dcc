export { type Access } from './access/access.ts';
export { FailureBudget } from './access/failure-budget.ts';
export { type Principal, SYSTEM_PRINCIPAL } from './access/principal.ts';
export { sourceOf } from './access/source.ts';
export type { Control } from './control/control.ts';
export { type Core, createCore } from './core.ts';
export type { CoreDeps } from './core-deps.ts';
export { type Camera, canTurn, type Channel, type Device } from './devices/device.ts';
export type { CatalogueTree } from './devices/catalogue-tree.ts';
export type { DevicesInSight } from './devices/devices-in-sight.ts';
export type { Devices } from './devices/devices.ts';
export type { ControlPort } from './ports/control.ts';
export type { PresetRecord, PresetRepository } from './ports/presets.ts';
export type { UpgradeRecord, UpgradeRepository } from './ports/upgrades.ts';
export type {
  MediaEvents,
  MediaPort,
  MediaSessionStats,
  OpenRtpOrder,
  Steering,
  RelayOrder,
  ViewerDecision,
  ViewerRequest,
} from './ports/media.ts';
export type {
  AccessRepository,
  AppRecord,
  CatalogueNodeRecord,
  ChannelChanges,
  ChannelRecord,
  DeviceFactsRow,
  DeviceRecord,
  DeviceRepository,
  DeviceSettingsRow,
  GrantCancellation,
  GrantKeyRecord,
  GrantRepository,
  Repositories,
  TokenRecord,
} from './ports/repositories.ts';
export type {
  CatalogChange,
  CatalogEntry,
  CatalogResult,
  DeviceFacts,
  DevicePresence,
  EstablishedCall,
  InviteOrder,
  MediaTransport,
  PlaybackOrder,
  PtzOrder,
  SignallingEvents,
  SignallingPort,
  SsrcReservation,
} from './ports/signalling.ts';
export type { ClipStore, StoredClip } from './ports/clips.ts';
export type { ListenOrder, Listener, VoicePort } from './ports/voice.ts';
export type { Voice } from './voice/voice.ts';
export type { TalkEvents, TalkPort, TalkProgress, TalkSource, TalkWay } from './ports/talk.ts';
export type { Cascade, Share, Upper } from './cascade/cascade.ts';
export type {
  CascadePort,
  CascadeRepository,
  ShareRecord,
  ShownChange,
  UpperConnection,
  UpperControl,
  UpperRecord,
  UpperRegistration,
  UpwardAlarm,
  UpwardAnswers,
  UpwardDirection,
  UpwardMedia,
  UpwardMediaOrder,
  UpwardPosition,
} from './ports/cascade.ts';
export type { ProfilePort, ProfileRecord, ProfileRepository } from './ports/profile.ts';
export type { RegistrationRecord, RegistrationRepository } from './ports/registrations.ts';
export type {
  AlarmFilter,
  AlarmRecord,
  AlarmRepository,
  HistoryFilter,
  HistoryRepository,
  PositionRecord,
  PresenceRecord,
  WishRecord,
  WishRepository,
} from './ports/report-repositories.ts';
export type {
  ReportEvents,
  ReportsPort,
  StandingSubscription,
  ToldAlarm,
  ToldPosition,
  WantedSubscription,
} from './ports/reports.ts';
export type { AlarmQuery, Alarms } from './reports/alarms.ts';
export type { Positions } from './reports/positions.ts';
export type { PresenceLog } from './reports/presence-log.ts';
export type { Subscriptions } from './reports/subscriptions.ts';
export type { TracedMessage, TracePort } from './ports/trace.ts';
export type { Profiles } from './profile/profiles.ts';
export type { Asking } from './capabilities/capabilities.ts';
export type { ConfigTarget } from './config/device-config.ts';
export type { Inquiry, InquiryPorts } from './inquiry/inquiry.ts';
export type { ConfigPort, ConfigReading, ConfigReadings, SnapshotsNotice } from './ports/config.ts';
export type {
  CapabilityRecord,
  CapabilityRepository,
  LearnedOutcome,
  LearningPort,
} from './ports/learning.ts';
export type { QueriesPort } from './ports/queries.ts';
export type { SnapshotStore } from './ports/snapshots.ts';
export type { Snapshots } from './snapshots/snapshots.ts';
export type { Ptz } from './ptz/ptz.ts';
export { type CoreSettings, DEFAULT_CORE_SETTINGS } from './settings.ts';
export type { Tickets } from './tickets/tickets.ts';
export type { Trace, TracePage } from './trace/trace.ts';
export { traceText } from './trace/trace-text.ts';
export type { DownloadFiles } from './ports/download-files.ts';
export type { RecordsPort } from './ports/records.ts';
export type { DownloadView } from './playback/download.ts';
export type { History } from './playback/history.ts';
