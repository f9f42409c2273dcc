import { type BodyNode, writeBody } from '../manscdp/body-writer.ts';
import type { SubscriptionKind, SubscriptionWish } from './types.ts';

const CMD_TYPES: Readonly<Record<SubscriptionKind, string>> = {
  catalog: 'Catalog',
  alarm: 'Alarm',
  position: 'MobilePosition',
  'ptz-position': 'PTZPosition',
};
const DEFAULT_INTERVAL_S = 5;

/** CmdType of what is subscribed to, and of its notifications. */
export function cmdTypeOf(kind: SubscriptionKind): string {
  return CMD_TYPES[kind];
}

/** Event of a SUBSCRIBE: `Catalog` with an id by annex P, `presence` for the rest as annex J has it. */
export function eventOf(kind: SubscriptionKind, sn: number): string {
  return kind === 'catalog' ? `Catalog;id=${String(sn)}` : 'presence';
}

/** Body of a SUBSCRIBE (GB/T 28181-2016 annex A.2.4 b, d, e; -2022 annex A.2.4.13). */
export function subscribeBody(
  { kind, channelGbId, intervalS }: SubscriptionWish,
  device: { readonly gbId: string; readonly gbVersion: string | undefined },
  sn: number,
): Uint8Array {
  return writeBody('Query', device.gbVersion, [
    ['CmdType', CMD_TYPES[kind]],
    ['SN', String(sn)],
    ['DeviceID', channelGbId ?? device.gbId],
    ...detailsOf(kind, intervalS),
  ]);
}

function detailsOf(kind: SubscriptionKind, intervalS: number | undefined): readonly BodyNode[] {
  if (kind === 'position') return [['Interval', String(intervalS ?? DEFAULT_INTERVAL_S)]];
  if (kind !== 'alarm') return [];
  // 0 stands for all priorities and all methods.
  return [
    ['StartAlarmPriority', '0'],
    ['EndAlarmPriority', '0'],
    ['AlarmMethod', '0'],
  ];
}
