import type {
  CameraCommand,
  ControlResult,
  DeviceCommand,
  FirmwareOrder,
  FrontEndCommand,
} from '@yimu/shared';

/** Orders to devices and their cameras (GB/T 28181-2016 §9.3, -2022 §9.3). All reject with GbFailure. */
export interface GbControl {
  /** Presets, cruises, scans, switches. Resolves with `sent` when the device's SIP 200 came: no answer is defined. */
  frontEnd(deviceGbId: string, channelGbId: string, command: FrontEndCommand): Promise<ControlResult>;
  /** Resolves with `done` when the device answered OK, or with `sent` for what has no answer (table in §9.3.1). */
  camera(deviceGbId: string, channelGbId: string, command: CameraCommand): Promise<ControlResult>;
  device(deviceGbId: string, command: DeviceCommand): Promise<ControlResult>;
  /**
   * Resolves when the device accepted the order; how it ended comes as event `upgradeResult`, after the device
   * restarted (GB/T 28181-2022 §9.13), with the same `sessionId`: 32 to 128 characters.
   */
  upgrade(deviceGbId: string, order: FirmwareOrder, sessionId: string): Promise<void>;
}
