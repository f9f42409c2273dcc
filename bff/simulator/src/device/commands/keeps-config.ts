import type { ConfigState } from '../config-state.ts';
import { type Command, document, elementOf, elements } from '../manscdp.ts';
import { takePicture } from '../picture.ts';
import type { CommandContext, CommandTable } from './command-table.ts';

const HEAD = new Set(['CmdType', 'SN', 'DeviceID']);
const MAX_PICTURES = 10;
const UPLOAD_WITHIN_MS = 10_000;
/** Which kind of file a 41-digit ID names: a picture (GB/T 28181-2022 annex A.2.5.7). */
const PICTURE = '02';

/** ConfigDownload and DeviceConfig (GB/T 28181-2016 §9.5.4, §9.3): what is set is kept, and told again. */
export function keepsConfig(table: CommandTable, config: ConfigState): void {
  table.on('Query', 'ConfigDownload', (command) => {
    const sections = (elementOf(command.text, 'ConfigType') ?? '').split('/');
    const known = sections.flatMap((section) => config.read(command.deviceId, section) ?? []);
    if (known.length === 0) return [response(command, 'ERROR')];
    // Each section in a message of its own, all with the SN of the question.
    return known.map((section) => response(command, 'OK', `${section}\r\n`));
  });
  table.on('Control', 'DeviceConfig', (command, context) => {
    const told = sectionOf(command.text);
    const taken =
      told !== undefined &&
      !context.faults.has('refuse-config') &&
      config.write(command.deviceId, told.name, told.xml);
    context.report({
      event: 'config',
      channel: command.deviceId,
      section: told?.name ?? '',
      result: taken ? 'OK' : 'ERROR',
    });
    if (taken && told.name === 'SnapShotConfig') void takePictures(command, told.xml, context);
    return [response(command, taken ? 'OK' : 'ERROR')];
  });
}

/** The section that a DeviceConfig sets, as text. */
function sectionOf(octets: string): { readonly name: string; readonly xml: string } | undefined {
  const text = new TextDecoder('gb18030').decode(Buffer.from(octets, 'latin1'));
  const inner = /<Control>([\s\S]*)<\/Control>/.exec(text)?.[1] ?? '';
  for (const [whole, name] of inner.matchAll(/<(\w+)(?:\s[^>]*)?>[\s\S]*?<\/\1>/g))
    if (name !== undefined && !HEAD.has(name)) return { name, xml: whole.replaceAll(/>\s+</g, '><') };
  return undefined;
}

function response({ type, sn, deviceId }: Command, result: string, section = ''): Buffer {
  const head = elements([
    ['CmdType', type],
    ['SN', sn],
    ['DeviceID', deviceId],
    ['Result', result],
  ]);
  return document('Response', head + section);
}

/** GB/T 28181-2022 §9.14: takes them one after another, uploads each, and says when it is done. */
async function takePictures({ deviceId }: Command, section: string, context: CommandContext): Promise<void> {
  const { faults, scheduler, report, send, nextSn } = context;
  const count = Math.min(MAX_PICTURES, Number(elementOf(section, 'SnapNum') ?? 1));
  const intervalMs = Number(elementOf(section, 'Interval') ?? 1) * 1_000;
  const url = (elementOf(section, 'UploadURL') ?? '').replaceAll('&amp;', '&');
  const fileIds: string[] = [];
  for (let at = 0; at < count; at += 1) {
    if (at > 0) await new Promise<void>((resolve) => scheduler.after(intervalMs, resolve));
    const fileId = fileIdOf(deviceId, at + 1);
    const status = faults.has('mute-snapshots') ? undefined : await upload(url, fileId, context);
    report({ event: 'snapshot', channel: deviceId, fileId, status });
    if (status === 200) fileIds.push(fileId);
  }
  if (faults.has('mute-snapshots')) return;
  const ids = fileIds.map((id) => `<SnapShotFileID>${id}</SnapShotFileID>\r\n`);
  const lists = faults.has('multipart-snapshots') ? ids : [ids.join('')];
  const head = elements([
    ['CmdType', 'UploadSnapShotFinished'],
    ['SN', String(nextSn())],
    ['DeviceID', deviceId],
    ['SessionID', elementOf(section, 'SessionID') ?? ''],
  ]);
  const inner = lists.map((list) => `<SnapShotList>\r\n${list}</SnapShotList>\r\n`).join('');
  await send(document('Notify', head + inner));
}

/** Resolves with the HTTP status; undefined when nobody answered. */
async function upload(url: string, fileId: string, { faults }: CommandContext): Promise<number | undefined> {
  const picture = new Uint8Array(takePicture());
  const signal = AbortSignal.timeout(UPLOAD_WITHIN_MS);
  try {
    if (faults.has('multipart-snapshots')) {
      const body = new FormData();
      body.set('file', new Blob([picture], { type: 'image/jpeg' }), `${fileId}.jpg`);
      return (await fetch(url, { method: 'POST', body, signal })).status;
    }
    const headers = { 'content-type': 'image/jpeg' };
    return (await fetch(url, { method: 'PUT', headers, body: picture, signal })).status;
  } catch {
    return undefined;
  }
}

/** 20 digits of the camera, the kind, the time to the millisecond, and a number of two digits. */
function fileIdOf(deviceId: string, number: number): string {
  const time = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 17);
  return `${deviceId}${PICTURE}${time}${String(number).padStart(2, '0')}`;
}
