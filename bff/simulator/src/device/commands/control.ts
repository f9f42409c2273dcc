import type { DeviceState } from '../device-state.ts';
import { readFrontEnd } from '../front-end.ts';
import { type Command, elementOf, xml } from '../manscdp.ts';
import type { PtzHeads } from '../ptz-heads.ts';
import type { CommandContext, CommandTable } from './command-table.ts';

/** A device obeys a moment after it answered. */
const RESTART_AFTER_MS = 50;

/** What obeying needs beside the table. */
export interface ControlParts {
  readonly heads: PtzHeads;
  readonly state: DeviceState;
  /** Drops the link and registers anew; resolves after the first attempt, successful or not. */
  readonly restart: () => Promise<void>;
  /** Calls `run` once, when the device is registered the next time. */
  readonly onceRegistered: (run: () => void) => void;
}

/** DeviceControl (GB/T 28181-2016 §9.3, -2022 §9.3): obeys, and answers what the standard has answered. */
export function obeysControl(table: CommandTable, parts: ControlParts): void {
  table.on('Control', 'DeviceControl', (command, context) => {
    if (command.ptz !== undefined) {
      obeyPtz(command, command.ptz, parts, context);
      return [];
    }
    const done = obey(command, parts, context);
    if (done === undefined) return [];
    const { name, value, result } = done;
    context.report({ event: 'control', channel: command.deviceId, command: name, value });
    return result === undefined ? [] : [answer(command, result)];
  });
}

interface Done {
  readonly name: string;
  readonly value: string;
  /** Result of the answer; undefined where none is defined. */
  readonly result: 'OK' | 'ERROR' | undefined;
}

function obeyPtz(
  { deviceId, text }: Command,
  bytes: string,
  { heads, state }: ControlParts,
  { report }: CommandContext,
): void {
  const order = readFrontEnd(bytes);
  const channel = state.channel(deviceId);
  if (order === undefined || channel === undefined) {
    const done = heads.obey(deviceId, bytes);
    if (done.stop) channel?.stop();
    report({ event: 'ptz', ...done });
    return;
  }
  const { pan, tilt, zoom } = heads.position(deviceId);
  const called = channel.obey(order, { pan, tilt, zoom }, nameOf(text));
  if (called !== undefined) heads.look(deviceId, called.gaze);
  report({ event: 'front-end', channel: deviceId, bytes, ...order });
}

/** PresetName of 2022. */
function nameOf(text: string): string | undefined {
  const name = elementOf(text, 'PresetName');
  return name === undefined ? undefined : new TextDecoder('gb18030').decode(Buffer.from(name, 'latin1'));
}

function obey(command: Command, parts: ControlParts, context: CommandContext): Done | undefined {
  const found = NAMED.exec(command.text);
  const name = found?.[1] ?? '';
  const order = ORDERS[name];
  if (order === undefined) return undefined;
  const value = (found?.[2] ?? '').replaceAll(/>\s+</g, '><').trim();
  const flat = (field: string): string | undefined => elementOf(command.text, field);
  return { name, value, result: order({ value, flat, deviceId: command.deviceId, parts, context }) };
}

interface Order {
  readonly value: string;
  readonly flat: (name: string) => string | undefined;
  readonly deviceId: string;
  readonly parts: ControlParts;
  readonly context: CommandContext;
}

type Obey = (order: Order) => 'OK' | 'ERROR' | undefined;

/** What each command does, and the Result of its answer; undefined where no answer is defined. */
const ORDERS: Readonly<Record<string, Obey>> = {
  TeleBoot: ({ parts, context }) => {
    context.scheduler.after(RESTART_AFTER_MS, () => void parts.restart());
    return undefined;
  },
  RecordCmd: ({ value, deviceId, parts: { state } }) => {
    (state.channel(deviceId) ?? state).recording = value === 'Record';
    return 'OK';
  },
  GuardCmd: ({ value, deviceId, parts: { state } }) => {
    (state.channel(deviceId) ?? state).guarded = value === 'SetGuard';
    return 'OK';
  },
  AlarmCmd: () => 'OK',
  IFameCmd: () => undefined,
  IFrameCmd: () => undefined,
  DragZoomIn: (order) => {
    dragged(order, 2);
    return undefined;
  },
  DragZoomOut: (order) => {
    dragged(order, 0.5);
    return undefined;
  },
  HomePosition: ({ flat, deviceId, parts: { state } }) => {
    const channel = state.channel(deviceId);
    if (channel === undefined) return 'ERROR';
    channel.home = {
      enabled: flat('Enabled') === '1',
      resetTimeS: Number(flat('ResetTime') ?? channel.home.resetTimeS),
      preset: Number(flat('PresetIndex') ?? channel.home.preset),
    };
    return 'OK';
  },
  PTZPreciseCtrl: ({ flat, deviceId, parts: { heads } }) => {
    const { pan, tilt, zoom } = heads.position(deviceId);
    const told = (name: string, before: number): number => Number(flat(name) ?? before);
    heads.look(deviceId, { pan: told('Pan', pan), tilt: told('Tilt', tilt), zoom: told('Zoom', zoom) });
    return undefined;
  },
  FormatSDCard: ({ value, parts: { state } }) => {
    for (const [number, times] of state.cards)
      if (value === '0' || Number(value) === number) state.cards.set(number, times + 1);
    return undefined;
  },
  TargetTrack: ({ value, deviceId, parts: { state } }) => {
    const channel = state.channel(deviceId);
    if (channel && (value === 'Auto' || value === 'Manual' || value === 'Stop')) channel.tracking = value;
    return undefined;
  },
  DeviceUpgrade: ({ flat, parts, context }) => {
    const session = flat('SessionID');
    if (session === undefined) return 'ERROR';
    const firmware = flat('Firmware') ?? parts.state.firmware;
    context.scheduler.after(RESTART_AFTER_MS, () => {
      upgradeNow(firmware, session, parts, context);
    });
    return 'OK';
  },
};

const NAMED = new RegExp(`<(${Object.keys(ORDERS).join('|')})>([\\s\\S]*?)</\\1>`);

function dragged({ deviceId, parts: { heads } }: Order, times: number): undefined {
  const { pan, tilt, zoom } = heads.position(deviceId);
  heads.look(deviceId, { pan, tilt, zoom: zoom * times });
}

/** The new firmware runs after a restart; when the device is registered again it says how it went. */
function upgradeNow(
  firmware: string,
  session: string,
  { state, restart, onceRegistered }: ControlParts,
  { profile, faults, report, send, nextSn }: CommandContext,
): void {
  const fails = faults.has('bad-firmware');
  if (!fails) state.firmware = firmware;
  onceRegistered(() => {
    const result = xml('Notify', [
      ['CmdType', 'DeviceUpgradeResult'],
      ['SN', String(nextSn())],
      ['DeviceID', profile.gbId],
      ['SessionID', session],
      ['UpgradeResult', fails ? 'ERROR' : 'OK'],
      ['Firmware', state.firmware],
      ...(fails ? ([['UpgradeFailedReason', '01']] as const) : []),
    ]);
    void send(result).then((status) => {
      report({ event: 'upgrade-told', status });
    });
  });
  void restart();
}

function answer({ sn, deviceId }: Command, result: string): Buffer {
  return xml('Response', [
    ['CmdType', 'DeviceControl'],
    ['SN', sn],
    ['DeviceID', deviceId],
    ['Result', result],
  ]);
}
