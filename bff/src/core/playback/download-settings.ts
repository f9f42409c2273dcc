/** Policy of downloads. */
export interface DownloadSettings {
  /** Downloads that run at one time, of all devices; of one device it is one. */
  readonly maxRunning: number;
  /** Downloads that are known: those that wait, run, and are kept. */
  readonly maxKnown: number;
  /** Bytes that all files together may take. */
  readonly maxBytes: number;
  /** How long a file is kept after it was finished, ms. */
  readonly keepMs: number;
}
