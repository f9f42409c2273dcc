import type { ManscdpDocument } from '../manscdp/document.ts';
import type { UpperControl } from './types.ts';

/** Orders that only move a camera or ask for a picture (annex A.2.3). */
const STEERING: ReadonlySet<string> = new Set([
  'PTZCmd',
  'PTZPreciseCtrl',
  'IFameCmd',
  'IFrameCmd',
  'DragZoomIn',
  'DragZoomOut',
  'HomePosition',
]);
/** What a DeviceControl may hold beside its one order. */
const AROUND: ReadonlySet<string> = new Set(['CmdType', 'SN', 'DeviceID', 'Info', 'PTZCmdParams']);

/** The orders of a DeviceControl; `DeviceConfig` counts as an order of its own. */
function ordersOf({ cmdType, element }: ManscdpDocument): readonly string[] {
  if (cmdType !== 'DeviceControl') return [cmdType];
  return element.children.map(({ name }) => name).filter((name) => !AROUND.has(name));
}

/** Whether an upper platform of this right may give all orders of a body. */
export function mayOrder(right: UpperControl, document: ManscdpDocument): boolean {
  if (right === 'all') return true;
  const orders = ordersOf(document);
  return right === 'steer' && orders.length > 0 && orders.every((order) => STEERING.has(order));
}

/** Orders that a device answers in a MESSAGE of its own (§9.3.1; -2022 §9.3.1 tables 1–2). */
const ANSWERED: ReadonlySet<string> = new Set([
  'RecordCmd',
  'GuardCmd',
  'AlarmCmd',
  'HomePosition',
  'DeviceUpgrade',
  'DeviceConfig',
]);

/** Whether the upper platform waits for more than a SIP answer. */
export function isAnswered(document: ManscdpDocument): boolean {
  return document.root === 'Query' || ordersOf(document).some((order) => ANSWERED.has(order));
}
