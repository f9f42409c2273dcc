export {
  type CameraCommand,
  type ControlResult,
  type DeviceCommand,
  faultOfCommand,
  type FirmwareOrder,
  type FirmwareResult,
  type FrontEndCommand,
  type LensSteering,
  type PtzSteering,
  type WindowArea,
} from './control.ts';
export type {
  AnsweredList,
  CruiseTrack,
  CruiseTrackHead,
  DeviceStatusAnswer,
  HomePosition,
  Preset,
  PtzPosition,
  SdCard,
} from './device-answers.ts';
export type {
  ConfigName,
  ConfigSections,
  OsdConfig,
  SvacSurveillance,
  SvacSvc,
  TimeSegment,
} from './device-config.ts';
export {
  type BodyCharset,
  DEFAULT_DEVICE_PROFILE,
  DEVICE_PROFILE_FIELDS,
  type DeviceProfile,
  type DeviceProfileChange,
  isProfileField,
  readDeviceProfile,
} from './device-profile.ts';
export { CORE_ERROR_CODES, type CoreErrorCode } from './error-codes.ts';
export { CORE_ERROR_TEXTS } from './error-texts.ts';
export { isDeviceSerial, isGbId } from './identity.ts';
export { PTZ_DIRECTIONS, PTZ_LENS, type PtzDirection, type PtzLens, type PtzMove } from './ptz.ts';
