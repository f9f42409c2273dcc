/** A viewer at the door, as the worker describes it to the main thread. */
export interface ViewerQuestion {
  /** `app/stream` without suffix. */
  readonly publicName: string;
  /** Raw query without `?`. */
  readonly query: string;
  readonly protocol: 'http-flv' | 'ws-flv';
  /** `undefined`: it came through a proxy that did not tell. */
  readonly remoteAddress: string | undefined;
}
