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
  /** Resolves when the device accepted the order. */
  upgrade(deviceGbId: string, order: FirmwareOrder): Promise<{ readonly sessionId: string }>;
  /** How upgrades ended, whoever ordered them. */
  onUpgradeResult(listener: (gbId: string, result: FirmwareResult) => void): () => void;
}
