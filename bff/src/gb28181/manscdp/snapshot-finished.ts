import type { ManscdpDocument } from './document.ts';
import { shortOf } from './fields.ts';

const MAX_SESSION_ID = 128;
const MAX_FILE_ID = 64;
/** Pictures of one order are ten at most; some leeway. */
const MAX_FILES = 64;

/** A device has uploaded its pictures, all of them or fewer. */
export interface SnapshotsFinished {
  readonly sessionId: string;
  /** What took them, as the device says. */
  readonly targetGbId: string | undefined;
  readonly fileIds: readonly string[];
}

/**
 * UploadSnapShotFinished (GB/T 28181-2022 annex A.2.5.7); undefined without SessionID. Vendor: several SnapShotList
 * elements with one ID each, in place of one with several.
 */
export function readSnapshotsFinished({ element, deviceId }: ManscdpDocument): SnapshotsFinished | undefined {
  const sessionId = shortOf(element, 'SessionID', MAX_SESSION_ID);
  if (sessionId === undefined) return undefined;
  const fileIds = element.children
    .filter(({ name }) => name === 'SnapShotList')
    .flatMap(({ children }) => children.filter(({ name }) => name === 'SnapShotFileID'))
    .slice(0, MAX_FILES)
    .map(({ text }) => text.slice(0, MAX_FILE_ID))
    .filter((id) => id !== '');
  return { sessionId, targetGbId: deviceId, fileIds };
}
