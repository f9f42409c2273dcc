import { z } from 'zod';

/** A TCP or UDP port; 0 means any free port. */
export const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port number')
  .transform(Number)
  .refine((value) => value <= 65_535, 'must be at most 65535');

/** Inclusive range of ports, `30000-30500`. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** `from-to`; `0` means any free ports. */
export const portRange = z
  .string()
  .regex(/^(0|\d{1,5}-\d{1,5})$/, 'must look like 30000-30500, or 0 for any free ports')
  .transform((text): PortRange => {
    const [from, to] = text.split('-').map(Number);
    return { from: from ?? 0, to: to ?? 0 };
  })
  .refine(({ from, to }) => from <= to && to <= 65_535, 'must go upwards and end at 65535 at most')
  .refine(({ from }) => from === 0 || from >= 1024, 'must begin at 1024 or above');

/** `on` or `off`. */
export const onOff = z.enum(['on', 'off']).transform((value) => value === 'on');

/** Base URL of HTTP or HTTPS, kept without a trailing slash. */
export const httpUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .transform((text) => text.replace(/\/+$/, ''));

/** Device or platform ID of GB/T 28181 annex D. */
export const gbId = z.string().regex(/^\d{20}$/, 'must be 20 digits');

/** SIP domain: the first ten digits of the platform ID as a rule. */
export const sipDomain = z.string().regex(/^[A-Za-z0-9.-]{1,64}$/, 'must be a SIP domain such as 3402000000');

/** A host name or address without port. */
export const host = z.string().regex(/^[A-Za-z0-9_.:-]{1,255}$/, 'must be a host name or an IP address');

/** Where the data is: `mysql://user:password@host:port/database`. */
export const databaseUrl = z
  .string()
  .regex(/^mysql:\/\/[^/]+\/[^/?]+/, 'must look like mysql://user:password@host:3306/database');

/** Whole number in [from, to]. */
export function wholeNumber(from: number, to: number): z.ZodType<number, string> {
  return z
    .string()
    .regex(/^\d{1,12}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= from && value <= to, `must be from ${String(from)} to ${String(to)}`);
}

/** Comma-separated words. */
export const words = z.string().transform((text) =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== ''),
);

const MEDIA_TRANSPORTS = ['udp', 'tcp-passive', 'tcp-active'] as const;

/** Ways of media in the order of trial. */
export const mediaTransports = words.pipe(z.array(z.enum(MEDIA_TRANSPORTS)).min(1));

/** Names of API dialects. */
export const dialects = words.pipe(z.array(z.enum(['ezviz'])));
