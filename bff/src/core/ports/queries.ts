import type {
  AnsweredList,
  CruiseTrack,
  CruiseTrackHead,
  DeviceStatusAnswer,
  HomePosition,
  Preset,
  PtzPosition,
  SdCard,
} from '@yimu/shared';

/**
 * Questions to devices. Refusals are CoreErrors: DEVICE_OFFLINE, DEVICE_TIMEOUT, DEVICE_REFUSED, DEVICE_BUSY,
 * CHANNEL_NOT_FOUND, NOT_SUPPORTED_BY_DEVICE.
 */
export interface QueriesPort {
  deviceStatus(gbId: string): Promise<DeviceStatusAnswer>;
  presets(gbId: string, channelGbId: string): Promise<AnsweredList<Preset>>;
  homePosition(gbId: string, channelGbId: string): Promise<HomePosition>;
  cruiseTracks(gbId: string, channelGbId: string): Promise<AnsweredList<CruiseTrackHead>>;
  cruiseTrack(gbId: string, channelGbId: string, number: number): Promise<CruiseTrack>;
  ptzPosition(gbId: string, channelGbId: string): Promise<PtzPosition>;
  sdCards(gbId: string, targetGbId: string): Promise<AnsweredList<SdCard>>;
}
