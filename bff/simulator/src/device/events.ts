import type { PtzMovement } from './ptz.ts';

/** What happened at a simulated device. `--log json` prints one a line. */
export type DeviceEvent =
  | { readonly event: 'registered'; readonly how: 'digest' | 'open'; readonly expiresS: number }
  | { readonly event: 'register-refused'; readonly status: number | undefined }
  | { readonly event: 'unregistered'; readonly status: number | undefined }
  | { readonly event: 'keepalive'; readonly status: number | undefined }
  | { readonly event: 'query'; readonly type: string }
  /** A SUBSCRIBE of the platform, and how it was answered. */
  | {
      readonly event: 'subscribe';
      readonly type: string;
      readonly expiresS: number;
      readonly status: number;
    }
  /** A NOTIFY of the device, and how it was answered. */
  | { readonly event: 'notify'; readonly type: string; readonly status: number | undefined }
  /** An alarm told by MESSAGE, and how that was answered. */
  | { readonly event: 'alarm'; readonly status: number | undefined }
  /** The platform's answer to an alarm (GB/T 28181-2016 §9.4.2). */
  | { readonly event: 'alarm-answered'; readonly sn: string; readonly source: string }
  /** Something of the platform that the device cannot use. */
  | { readonly event: 'unreadable'; readonly reason: string }
  | {
      readonly event: 'ptz';
      readonly channel: string;
      readonly bytes: string;
      readonly movement: PtzMovement | undefined;
      readonly stop: boolean;
      readonly fault: string | undefined;
      /** Where the camera looked when the command came. */
      readonly position: Gaze;
    }
  /** A PTZCmd that is no movement: presets, cruises, scans, switches, focus and iris. */
  | {
      readonly event: 'front-end';
      readonly channel: string;
      readonly bytes: string;
      readonly what: string;
      readonly group: number;
      readonly value: number;
    }
  /** A DeviceControl that is no PTZCmd: its element and what stands in it. */
  | {
      readonly event: 'control';
      readonly channel: string;
      readonly command: string;
      readonly value: string;
    }
  /** How an upgrade ended, told after it, and how that was answered. */
  | { readonly event: 'upgrade-told'; readonly status: number | undefined }
  /** A DeviceConfig. */
  | {
      readonly event: 'config';
      readonly channel: string;
      readonly section: string;
      readonly result: 'OK' | 'ERROR';
    }
  /** A picture that the device took, and what came of its upload. */
  | {
      readonly event: 'snapshot';
      readonly channel: string;
      readonly fileId: string;
      readonly status: number | undefined;
    }
  | {
      readonly event: 'invite';
      readonly channel: string;
      readonly callId: string;
      readonly transport: string;
      readonly stream: 'main' | 'sub';
      readonly status: number;
    }
  | { readonly event: 'ack'; readonly channel: string; readonly callId: string }
  | {
      readonly event: 'playback';
      readonly channel: string;
      readonly callId: string;
      /** e.g. `PAUSE`, `PLAY 4x`, `PLAY from 100`. */
      readonly order: string;
      readonly status: number;
    }
  /** All of a recording was sent. */
  | { readonly event: 'file-end'; readonly channel: string; readonly callId: string }
  /** A voice of the platform: the device listens, did not want to, or heard the end. */
  | {
      readonly event: 'voice';
      readonly phase: 'listening' | 'refused' | 'over';
      readonly form: 'broadcast' | 'talk';
      readonly target: string;
      readonly callId: string;
      readonly packets: number;
      readonly by?: 'platform' | 'device';
    }
  | { readonly event: 'cancel'; readonly channel: string; readonly callId: string }
  | {
      readonly event: 'bye';
      readonly channel: string;
      readonly callId: string;
      readonly by: 'platform' | 'device';
      readonly packetsSent: number;
    };

/** Degrees and times of zoom. */
export interface Gaze {
  readonly pan: number;
  readonly tilt: number;
  readonly zoom: number;
}

export type DeviceEventListener = (deviceId: string, event: DeviceEvent) => void;
