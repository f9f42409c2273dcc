import { z } from 'zod';

const number = z.int();
const speed = number.optional();

const area = z.strictObject({
  windowWidth: number,
  windowHeight: number,
  middleX: number,
  middleY: number,
  width: number,
  height: number,
});

const record = z.strictObject({ do: z.literal('record'), on: z.boolean(), streamNumber: number.optional() });
const guard = z.strictObject({ do: z.literal('guard'), on: z.boolean() });
const resetAlarm = z.strictObject({
  do: z.literal('reset-alarm'),
  method: number.optional(),
  type: number.optional(),
});

/** Body of `POST …/channels/:no/steering`: a movement, stopped by the server when nobody does. */
export const steeringBody = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.literal('steer'),
    pan: z.enum(['left', 'right']).optional(),
    tilt: z.enum(['up', 'down']).optional(),
    zoom: z.enum(['in', 'out']).optional(),
    panSpeed: speed,
    tiltSpeed: speed,
    zoomSpeed: speed,
  }),
  z.strictObject({
    do: z.literal('steer-lens'),
    focus: z.enum(['near', 'far']).optional(),
    iris: z.enum(['open', 'close']).optional(),
    focusSpeed: speed,
    irisSpeed: speed,
  }),
  z.strictObject({ do: z.literal('stop') }),
]);

/** Body of `POST …/channels/:no/patrol`: cruises, scans and switches. */
export const patrolBody = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.enum(['cruise-add-point', 'cruise-delete-point']),
    cruise: number,
    preset: number,
  }),
  z.strictObject({ do: z.enum(['cruise-delete', 'cruise-start']), cruise: number }),
  z.strictObject({ do: z.literal('cruise-speed'), cruise: number, speed: number }),
  z.strictObject({ do: z.literal('cruise-dwell'), cruise: number, seconds: number }),
  z.strictObject({ do: z.enum(['scan-start', 'scan-left-edge', 'scan-right-edge']), scan: number }),
  z.strictObject({ do: z.literal('scan-speed'), scan: number, speed: number }),
  z.strictObject({ do: z.enum(['cruise-stop', 'scan-stop']) }),
  z.strictObject({ do: z.literal('switch'), number, on: z.boolean() }),
]);

/** Body of `POST …/channels/:no/control`. */
export const cameraBody = z.discriminatedUnion('do', [
  record,
  guard,
  resetAlarm,
  z.strictObject({ do: z.literal('key-frame'), spelling: z.enum(['own', 'other']).optional() }),
  z.strictObject({ do: z.literal('drag-zoom'), direction: z.enum(['in', 'out']), area }),
  z.strictObject({
    do: z.literal('home-position'),
    enabled: z.boolean(),
    resetTimeS: number.optional(),
    preset: number.optional(),
  }),
  z.strictObject({
    do: z.literal('precise'),
    pan: z.number().optional(),
    tilt: z.number().optional(),
    zoom: z.number().optional(),
  }),
  z.strictObject({
    do: z.literal('track'),
    mode: z.enum(['auto', 'manual', 'stop']),
    trackerGbId: z.string().max(20).optional(),
    area: area.optional(),
  }),
]);

/** Body of `POST /devices/:ref/control`. */
export const deviceCommandBody = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('reboot') }),
  z.strictObject({ do: z.literal('record'), on: z.boolean() }),
  guard,
  resetAlarm,
  z.strictObject({ do: z.literal('format-sd-card'), card: number }),
]);

/** Body of `POST /devices/:ref/upgrade`. */
export const upgradeBody = z.strictObject({
  firmware: z.string().min(1).max(64),
  fileUrl: z.string().min(1).max(1_024),
  manufacturer: z.string().min(1).max(64),
});

/** Bodies of `PUT` and `PATCH …/presets/:preset`: set where the camera looks now, or change the name alone. */
export const presetSetBody = z.strictObject({ name: z.string().min(1).max(64).optional() });
export const presetNameBody = z.strictObject({ name: z.string().min(1).max(64) });
