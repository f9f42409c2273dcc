import { z } from 'zod';

/** Body of `POST /devices`. */
export const deviceBody = z.strictObject({
  gbId: z.string().regex(/^\d{20}$/),
  name: z.string().min(1).max(128).optional(),
  password: z.string().min(1).max(128).optional(),
  passwordless: z.boolean().optional(),
});

/** Devices of one batch: what fits into a body. */
const MAX_BATCH = 500;

/** Body of `POST /devices/batch`. */
export const deviceBatchBody = z.strictObject({ devices: z.array(deviceBody).min(1).max(MAX_BATCH) });

/** Body of `POST /tickets`. */
export const ticketBody = z.strictObject({
  device: z.string().min(1).max(32),
  channelNo: z.int().min(1),
  lifeS: z.int().optional(),
});

/** Body of `POST /session`. */
export const sessionBody = z.strictObject({ key: z.string().min(1).max(256) });
