/** No final response came in time: Timer B or F (RFC 3261 §17.1), or the caller's own limit. */
export class TransactionTimeout extends Error {
  readonly method: string;
  readonly callId: string;

  constructor(method: string, callId: string) {
    super(`no final response to ${method}`);
    this.name = 'TransactionTimeout';
    this.method = method;
    this.callId = callId;
  }
}

/** The transport could not deliver. */
export class TransportFailed extends Error {
  readonly method: string;

  constructor(method: string, cause?: unknown) {
    super(`transport failed for ${method}`, cause === undefined ? undefined : { cause });
    this.name = 'TransportFailed';
    this.method = method;
  }
}

/** An INVITE or SUBSCRIBE was answered with a final response of 300 or more. */
export class RejectedResponse extends Error {
  readonly status: number;
  readonly reason: string;
  /** Retry-After, s, where the request was a SUBSCRIBE. */
  readonly retryAfterS: number | undefined;
  /** Min-Expires of a 423, s. */
  readonly minExpiresS: number | undefined;

  constructor(
    status: number,
    reason: string,
    times: { readonly retryAfterS?: number | undefined; readonly minExpiresS?: number | undefined } = {},
  ) {
    super(`rejected with ${String(status)} ${reason}`);
    this.name = 'RejectedResponse';
    this.status = status;
    this.reason = reason;
    this.retryAfterS = times.retryAfterS;
    this.minExpiresS = times.minExpiresS;
  }
}

/** The INVITE was cancelled by our side before a final answer. */
export class InviteCancelled extends Error {
  constructor() {
    super('INVITE cancelled');
    this.name = 'InviteCancelled';
  }
}
