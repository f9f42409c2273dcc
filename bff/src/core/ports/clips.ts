/** A clip that was taken in. */
export interface StoredClip {
  readonly path: string;
  readonly bytes: number;
  /** Its first octets, 16 at most, which show what it is. */
  readonly head: Uint8Array;
  /** Deletes it; idempotent, never rejects. */
  discard(): Promise<void>;
}

/** Keeps clips while they are spoken. */
export interface ClipStore {
  /**
   * Writes what comes to a file, not held in memory. Refuses with INVALID_ARGUMENT what is empty or longer than is
   * taken, with QUOTA_EXCEEDED when too many are kept, with STORAGE_FAILED when the disk fails.
   */
  take(content: AsyncIterable<Uint8Array>): Promise<StoredClip>;
}
