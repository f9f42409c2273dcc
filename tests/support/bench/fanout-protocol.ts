/** How a stream is sent; each mode has viewers of its own. */
export type FanoutMode = 'plain' | 'merged' | 'web-socket';

/** 2,500 bytes each 20 ms: 1 Mbit/s. */
export const TAG_BYTES = 2_500;
/** See {@link TAG_BYTES}. */
export const TAG_MS = 20;

/** So many tags are to be sent at their own pace. */
export interface FanoutRequest {
  readonly mode: FanoutMode;
  readonly tags: number;
}

/** What a side tells. */
export type FanoutReport =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'done'; readonly cpuSeconds: number };
