/** Where pictures lie that devices have uploaded; the oldest go when there are too many. */
export interface SnapshotStore {
  /** Resolves with the picture's name. */
  save(jpeg: Uint8Array): Promise<string>;
  /** Undefined when there is none of that name, or not any more. */
  read(name: string): Promise<Uint8Array | undefined>;
}
