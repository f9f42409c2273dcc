import type {
  CameraCommand,
  ControlResult,
  DeviceCommand,
  FirmwareOrder,
  FirmwareResult,
  FrontEndCommand,
} from '@yimu/shared';

/**
 * Orders to devices beside movements. Refusals are CoreErrors: DEVICE_OFFLINE, DEVICE_TIMEOUT, DEVICE_REFUSED,
 * DEVICE_BUSY, CHANNEL_NOT_FOUND, NOT_SUPPORTED_BY_DEVICE.
 */
export interface ControlPort {
  frontEnd(deviceGbId: string, channelGbId: string, command: FrontEndCommand): Promise<ControlResult>;
  camera(deviceGbId: string, channelGbId: string, command: CameraCommand): Promise<ControlResult>;
  device(deviceGbId: string, command: DeviceCommand): Promise<ControlResult>;
  /** Resolves when the device accepted the order. `sessionId`, 32 to 128 characters, comes back with the result. */
  upgrade(deviceGbId: string, order: FirmwareOrder, sessionId: string): Promise<void>;
  /**
   * How upgrades ended, whoever ordered them. Whoever hands a promise to `waitFor` at once delays the answer to the
   * device until it is settled.
   */
  onUpgradeResult(
    listener: (gbId: string, result: FirmwareResult, waitFor?: (stored: Promise<void>) => void) => void,
  ): () => void;
}
