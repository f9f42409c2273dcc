import type { ConfigName, ConfigSections } from '@yimu/shared';
import { z } from 'zod';

const DAY_S = 86_400;
const MAX_PIXEL = 32_767;

const seconds = z.int().min(1).max(DAY_S);
const pixel = z.int().min(0).max(MAX_PIXEL);
const small = z.int().min(0).max(255);
const code = z.string().min(1).max(32);
const codes = z.array(z.string().regex(/^[^/]{1,32}$/)).max(32);
const time = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$/);
const svc = z.strictObject({ spaceDomainMode: small.optional(), timeDomainMode: small.optional() });
const surveillance = z.strictObject({
  time: z.boolean().optional(),
  event: z.boolean().optional(),
  alert: z.boolean().optional(),
  osd: z.boolean().optional(),
  ai: z.boolean().optional(),
  gis: z.boolean().optional(),
});

/** Sections that may be written as they are; SnapShotConfig takes pictures and has a route of its own. */
export type WritableName = Exclude<ConfigName, 'SnapShotConfig'>;

/** Bodies of `PUT …/config/:section`: the section as shared/src/device-config.ts has it. */
export const SECTION_BODIES: { readonly [Name in WritableName]: z.ZodType<ConfigSections[Name]> } = {
  BasicParam: z.strictObject({
    name: z.string().min(1).max(64).optional(),
    expirationS: seconds.min(60).optional(),
    heartBeatIntervalS: seconds.min(5).max(3_600).optional(),
    heartBeatCount: z.int().min(1).max(20).optional(),
  }),
  VideoParamOpt: z.strictObject({ downloadSpeeds: codes, resolutions: codes }),
  SVACEncodeConfig: z.strictObject({
    roi: z
      .strictObject({
        enabled: z.boolean(),
        regions: z
          .array(
            z.strictObject({
              seq: z.int().min(1).max(16),
              topLeft: z.int().min(0),
              bottomRight: z.int().min(0),
              quality: z.int().min(0).max(3),
            }),
          )
          .max(16),
        backgroundQuality: z.int().min(0).max(3).optional(),
        skipBackground: z.boolean().optional(),
      })
      .optional(),
    svc: svc.optional(),
    surveillance: surveillance.optional(),
    audioRecognition: z.boolean().optional(),
  }),
  SVACDecodeConfig: z.strictObject({ scalableMode: small.optional(), surveillance: surveillance.optional() }),
  VideoParamAttribute: z.strictObject({
    streams: z
      .array(
        z.strictObject({
          streamNumber: z.int().min(0).max(7),
          videoFormat: code.optional(),
          resolution: code.optional(),
          frameRate: code.optional(),
          bitRateType: code.optional(),
          videoBitRateKbps: code.optional(),
        }),
      )
      .min(1)
      .max(8),
  }),
  VideoRecordPlan: z.strictObject({
    enabled: z.boolean(),
    days: z
      .array(
        z.strictObject({
          weekDay: z.int().min(1).max(7),
          segments: z.array(z.strictObject({ start: time, stop: time })).max(8),
        }),
      )
      .max(7),
    streamNumber: z.int().min(0).max(7),
  }),
  VideoAlarmRecord: z.strictObject({
    enabled: z.boolean(),
    recordTimeS: seconds.optional(),
    preRecordTimeS: z.int().min(0).max(DAY_S).optional(),
    streamNumber: z.int().min(0).max(7),
  }),
  PictureMask: z.strictObject({
    on: z.boolean(),
    regions: z
      .array(
        z.strictObject({
          seq: z.int().min(1).max(4),
          left: pixel,
          top: pixel,
          right: pixel,
          bottom: pixel,
        }),
      )
      .max(4),
  }),
  FrameMirror: z.strictObject({ mirror: z.int().min(0).max(3) }),
  AlarmReport: z.strictObject({ motionDetection: z.boolean(), fieldDetection: z.boolean() }),
  OSDConfig: z.strictObject({
    length: pixel,
    width: pixel,
    time: z
      .strictObject({ enabled: z.boolean(), type: z.int().min(0).max(1).optional(), x: pixel, y: pixel })
      .optional(),
    textEnabled: z.boolean().optional(),
    lines: z.array(z.strictObject({ text: z.string().max(32), x: pixel, y: pixel })).max(8),
  }),
};

/** Body of `POST …/snapshots`. */
export const snapshotBody = z.strictObject({
  count: z.int().min(1).max(10).default(1),
  intervalS: z.int().min(1).max(60).default(1),
});
