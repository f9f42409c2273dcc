export { createDownloadFiles } from './download-files.ts';
export { ClipFiles } from './clip-files.ts';
export { SnapshotFiles } from './snapshot-files.ts';
