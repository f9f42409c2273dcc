export type GbFailureReason =
  | 'not-registered'
  | 'timeout'
  | 'transport'
  | 'rejected'
  | 'bad-answer'
  | 'empty'
  | 'cancelled'
  | 'busy'
  | 'exhausted';

/** Why the device did not do what was asked, with the SIP status when there was one. */
export class GbFailure extends Error {
  readonly reason: GbFailureReason;
  readonly status: number | undefined;

  constructor(reason: GbFailureReason, message: string, status?: number, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'GbFailure';
    this.reason = reason;
    this.status = status;
  }
}
