import type { Camera, Channel, Device } from '../../../core/index.ts';
import { canTurn } from '../../../core/index.ts';

/** GB devices have no Ezviz category; `IPC` draws the usual picture in client apps. */
const CATEGORY = 'IPC';
const VIDEO_LEVEL_HD = 2;
const NO_DISK = '----------------';

const online = (is: boolean): 0 | 1 => (is ? 1 : 0);

/** Item of `device/list`. */
export function deviceListItem(device: Device): object {
  return {
    id: device.gbId,
    deviceSerial: device.serial,
    deviceName: device.name,
    deviceType: device.model ?? 'GB28181',
    status: online(device.online),
    defence: 0,
    deviceVersion: device.firmware ?? '',
    addTime: device.createdAtMs,
    updateTime: device.lastSeenAtMs ?? device.createdAtMs,
    parentCategory: CATEGORY,
    riskLevel: 0,
    netAddress: device.address ?? '',
  };
}

/** Data of `device/info`. */
export function deviceInfo(device: Device): object {
  return {
    deviceSerial: device.serial,
    deviceName: device.name,
    localName: device.name,
    model: device.model ?? 'GB28181',
    status: online(device.online),
    defence: 0,
    isEncrypt: 0,
    alarmSoundMode: 0,
    offlineNotify: 0,
    category: CATEGORY,
    parentCategory: CATEGORY,
    updateTime: device.lastSeenAtMs ?? device.createdAtMs,
    netType: 'wire',
    signal: '100%',
    riskLevel: 0,
    netAddress: device.address ?? '',
  };
}

/** Item of `camera/list`. */
export function cameraListItem({ device, channel }: Camera): object {
  return {
    id: channel.gbId,
    deviceSerial: device.serial,
    channelNo: channel.no,
    channelName: channel.name,
    status: online(channel.online),
    isShared: '0',
    picUrl: '',
    isEncrypt: 0,
    videoLevel: VIDEO_LEVEL_HD,
  };
}

/** Item of `device/camera/list`. */
export function deviceCameraItem(device: Device, channel: Channel): object {
  return {
    deviceSerial: device.serial,
    ipcSerial: channel.gbId.slice(-9),
    channelNo: channel.no,
    deviceName: device.name,
    channelName: channel.name,
    status: online(channel.online),
    isShared: '0',
    picUrl: '',
    isEncrypt: 0,
    videoLevel: VIDEO_LEVEL_HD,
    relatedIpc: channel.gbId !== device.gbId,
  };
}

/** Data of `device/status/get`: -1 not reported, -2 not supported or not reported, as each field wants it. */
export function deviceStatus(): object {
  return {
    privacyStatus: 2,
    pirStatus: 2,
    alarmSoundMode: -1,
    battryStatus: -1,
    lockSignal: -1,
    diskNum: -1,
    diskState: NO_DISK,
    cloudType: 0,
    cloudStatus: -2,
    nvrDiskNum: -2,
    nvrDiskState: NO_DISK,
  };
}

/**
 * Data of `device/capacity`, of one channel or of the device with all its channels. Every key that clients
 * test is there, since some take a missing one for a yes.
 */
export function deviceCapacity(
  device: Device,
  channels: readonly Channel[],
  channel: Channel | undefined,
): object {
  const asked = channel ? [channel] : channels;
  const turns = asked.some(({ ptzType }) => canTurn(ptzType)) ? '1' : '0';
  const no = '0';
  return {
    support_ptz: turns,
    ptz_top_bottom: turns,
    ptz_left_right: turns,
    ptz_45: turns,
    ptz_zoom: turns,
    ptz_focus: turns,
    ptz_preset: no,
    ptz_close_scene: no,
    ptz_common_cruise: no,
    ptz_figure_cruise: no,
    ptz_top_bottom_mirror: no,
    ptz_left_right_mirror: no,
    ptz_center_mirror: no,
    support_talk: no,
    support_privacy: no,
    support_capture: no,
    support_encrypt: no,
    support_cloud: no,
    support_cloud_version: no,
    support_disk: no,
    support_fullday_record: no,
    support_replay_speed: no,
    support_defence: no,
    support_defenceplan: no,
    support_alarm_voice: no,
    support_audio_onoff: no,
    support_modify_pwd: no,
    support_upgrade: no,
    support_intelligent_track: no,
    support_sleep: no,
    support_resolution: '16-9',
    support_channel_number: channels.length,
    video_quality_capacity: [
      { streamType: '1', videoLevel: '2', resolution: '', videoBitRate: '', maxBitRate: '' },
      { streamType: '2', videoLevel: '0', resolution: '', videoBitRate: '', maxBitRate: '' },
    ],
    model: device.model ?? 'GB28181',
  };
}
