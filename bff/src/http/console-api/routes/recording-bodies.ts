import { z } from 'zod';

const time = z.int().min(0).max(8_640_000_000_000_000);
const kind = z.enum(['all', 'time', 'alarm', 'manual']).default('all');
const period = {
  device: z.string().min(1).max(32),
  channelNo: z.int().min(1),
  /** UTC, ms. */
  beginMs: time,
  endMs: time,
  kind,
  /** As GB/T 28181-2022 counts them: 0 main stream, 1 sub stream. */
  streamNumber: z.union([z.literal(0), z.literal(1)]).default(0),
};

/** Query of `GET /recordings`. */
export const recordingsQuery = z.strictObject({
  device: z.string().min(1).max(32),
  channelNo: z.coerce.number().int().min(1),
  beginMs: z.coerce.number().int().min(0),
  endMs: z.coerce.number().int().min(0),
  kind,
});

/** Body of `POST /playbacks`. */
export const playbackBody = z.strictObject({ ...period, ttlS: z.int().optional() });

/** Body of `POST /playbacks/{id}/control`. */
export const playbackControlBody = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('pause') }),
  z.strictObject({ do: z.literal('resume') }),
  /** UTC, ms. */
  z.strictObject({ do: z.literal('seek'), toMs: time }),
  /** Negative: backwards. */
  z.strictObject({ do: z.literal('scale'), scale: z.number() }),
]);

/** Body of `POST /downloads`. */
export const downloadBody = z.strictObject({ ...period, speed: z.int().min(1).max(16).default(4) });
