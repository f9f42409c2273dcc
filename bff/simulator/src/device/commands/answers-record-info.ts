import type { Archive, ArchivedFile } from '../../archive/archive.ts';
import { chinaTime, readChinaTime } from '../../archive/china-time.ts';
import { document, elementOf, elements } from '../manscdp.ts';
import type { CommandTable } from './command-table.ts';

const ITEMS_PER_PART = 4;
/** As a recorder of 512 kbit/s makes them. */
const BYTES_PER_MS = 64;

/** RecordInfo: what the archive has of a period and of a kind, in parts (GB/T 28181-2016 annex A.2.6 f). */
export function answersRecordInfo(table: CommandTable, archive: Archive): void {
  table.on('Query', 'RecordInfo', ({ sn, deviceId, text }, { profile, faults }) => {
    const channel = profile.channels.find(({ gbId }) => gbId === deviceId);
    const beginMs = readChinaTime(elementOf(text, 'StartTime'));
    const endMs = readChinaTime(elementOf(text, 'EndTime'));
    if (!channel || beginMs === undefined || endMs === undefined || faults.has('mute-records')) return [];
    const kind = elementOf(text, 'Type') ?? '';
    // As Dahua's recorders do.
    if (kind === '') return [part(sn, channel, 0, [])];
    const files = archive(channel.gbId, beginMs, endMs).filter(
      (file) => kind === 'all' || file.kind === kind,
    );
    const announced = files.length + (faults.has('lying-records') ? 3 : 0);
    const parts: Buffer[] = [];
    for (let at = 0; at < files.length || at === 0; at += ITEMS_PER_PART)
      parts.push(part(sn, channel, announced, files.slice(at, at + ITEMS_PER_PART)));
    return parts;
  });
}

function part(
  sn: string,
  channel: { readonly gbId: string; readonly name: string },
  announced: number,
  files: readonly ArchivedFile[],
): Buffer {
  const head = elements([
    ['CmdType', 'RecordInfo'],
    ['SN', sn],
    ['DeviceID', channel.gbId],
    ['Name', channel.name],
    ['SumNum', String(announced)],
  ]);
  const items = files.map((file) => `<Item>\r\n${itemOf(channel, file)}</Item>\r\n`).join('');
  return document(
    'Response',
    `${head}<RecordList Num="${String(files.length)}">\r\n${items}</RecordList>\r\n`,
  );
}

function itemOf(
  channel: { readonly gbId: string; readonly name: string },
  { beginMs, endMs, kind }: ArchivedFile,
): string {
  return elements([
    ['DeviceID', channel.gbId],
    ['Name', channel.name],
    ['FilePath', `/archive/${channel.gbId}/${chinaTime(beginMs).replaceAll(/[-T:]/g, '')}`],
    ['Address', 'Address'],
    ['StartTime', chinaTime(beginMs)],
    ['EndTime', chinaTime(endMs)],
    ['Secrecy', '0'],
    ['Type', kind],
    ['RecorderID', channel.gbId],
    ['FileSize', String((endMs - beginMs) * BYTES_PER_MS)],
  ]);
}
