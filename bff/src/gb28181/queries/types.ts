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
import type { DeviceInfoAnswer } from '../manscdp/device-info.ts';

/**
 * What devices can be asked about themselves and their cameras (GB/T 28181-2016 §9.5.3, -2022 §9.5.3). Everything
 * rejects with GbFailure: `rejected` when the device refuses or reports an error, `empty` when its answer has no content,
 * `bad-answer` when it holds something else than what was asked, `timeout` when none comes. Questions that are alike and run at one time are one.
 */
export interface DeviceQueries {
  deviceInfo(gbId: string): Promise<DeviceInfoAnswer>;
  deviceStatus(gbId: string): Promise<DeviceStatusAnswer>;
  presets(gbId: string, channelGbId: string): Promise<AnsweredList<Preset>>;
  /** 2022. */
  homePosition(gbId: string, channelGbId: string): Promise<HomePosition>;
  /** 2022. */
  cruiseTracks(gbId: string, channelGbId: string): Promise<AnsweredList<CruiseTrackHead>>;
  /** 2022. `number` as the list names it, from 0. */
  cruiseTrack(gbId: string, channelGbId: string, number: number): Promise<CruiseTrack>;
  /** 2022. */
  ptzPosition(gbId: string, channelGbId: string): Promise<PtzPosition>;
  /** 2022. `targetGbId`: the device, or a camera with a card of its own. */
  sdCards(gbId: string, targetGbId: string): Promise<AnsweredList<SdCard>>;
}
