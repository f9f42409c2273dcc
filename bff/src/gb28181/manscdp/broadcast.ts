import { writeBody } from './body-writer.ts';
import type { ManscdpDocument } from './document.ts';

/** Asks a device to fetch our voice (GB/T 28181-2016 §9.12.2, annex A.2.5 d). */
export function broadcastBody(broadcast: {
  readonly sn: number;
  readonly sourceId: string;
  readonly targetId: string;
  readonly gbVersion: string | undefined;
}): Uint8Array {
  return writeBody('Notify', broadcast.gbVersion, [
    ['CmdType', 'Broadcast'],
    ['SN', String(broadcast.sn)],
    ['SourceID', broadcast.sourceId],
    ['TargetID', broadcast.targetId],
  ]);
}

/** Whether a device's answer consents (annex A.2.6 i); no Result is taken for consent. */
export function isBroadcastConsent({ element }: ManscdpDocument): boolean {
  return !/^(error|fail)/i.test(element.textOf('Result') ?? '');
}
