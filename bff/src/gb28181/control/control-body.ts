import type { CameraCommand, DeviceCommand, FirmwareOrder, FrontEndCommand, WindowArea } from '@yimu/shared';
import iconv from 'iconv-lite';
import type { BodyNode } from '../manscdp/body-writer.ts';
import { frontEndCommandHex } from './front-end-command.ts';

/** What a control command is in its MANSCDP body, and whether the standard has the device answer it. */
export interface ControlForm {
  /** The element that names the command. */
  readonly name: string;
  readonly nodes: readonly BodyNode[];
  /** GB/T 28181-2016 §9.3.1, -2022 §9.3.1 d and e: what has no answer can only be called sent. */
  readonly answered: boolean;
}

/** Octets of PresetName and CruiseTrackName (GB/T 28181-2022 annex A.2.3.1.2). */
const MAX_NAME_OCTETS = 32;
const EDITION_2022 = '3.0';

/** Presets, cruises, scans and switches. Throws RangeError for a number out of its range. */
export function frontEndForm(command: FrontEndCommand, gbVersion: string | undefined): ControlForm {
  const nodes: BodyNode[] = [
    ['PTZCmd', frontEndCommandHex(command)],
    // Not in the schema of 2016, sent by everybody, and unknown elements are ignored.
    ['Info', [['ControlPriority', '5']]],
  ];
  if (command.do === 'preset-set' && command.name !== undefined && gbVersion === EDITION_2022)
    nodes.push(['PTZCmdParams', [['PresetName', cut(command.name)]]]);
  return { name: 'PTZCmd', nodes, answered: false };
}

/** Every other command of A.2.3.1 but the upgrade. */
export function controlForm(
  command: CameraCommand | DeviceCommand,
  gbVersion: string | undefined,
): ControlForm {
  switch (command.do) {
    case 'reboot':
      return unanswered('TeleBoot', 'Boot');
    case 'record': {
      const streamNumber = 'streamNumber' in command ? command.streamNumber : undefined;
      const more: BodyNode[] =
        streamNumber === undefined || gbVersion !== EDITION_2022
          ? []
          : [['StreamNumber', String(streamNumber)]];
      return answered('RecordCmd', command.on ? 'Record' : 'StopRecord', more);
    }
    case 'guard':
      return answered('GuardCmd', command.on ? 'SetGuard' : 'ResetGuard');
    case 'reset-alarm':
      return answered('AlarmCmd', 'ResetAlarm', alarmInfo(command.method, command.type));
    case 'key-frame':
      return unanswered(keyFrameName(gbVersion, command.spelling), 'Send');
    case 'drag-zoom':
      return unanswered(command.direction === 'in' ? 'DragZoomIn' : 'DragZoomOut', areaNodes(command.area));
    case 'home-position':
      return answered('HomePosition', [
        ['Enabled', command.enabled ? '1' : '0'],
        ...numberNode('ResetTime', command.resetTimeS),
        ...numberNode('PresetIndex', command.preset),
      ]);
    case 'precise':
      return unanswered('PTZPreciseCtrl', [
        ...fixedNode('Pan', command.pan),
        ...fixedNode('Tilt', command.tilt),
        ...fixedNode('Zoom', command.zoom),
      ]);
    case 'format-sd-card':
      return unanswered('FormatSDCard', String(command.card));
    case 'track':
      return {
        name: 'TargetTrack',
        nodes: [
          ['TargetTrack', TRACK_MODES[command.mode]],
          ...(command.trackerGbId === undefined ? [] : [['DeviceID2', command.trackerGbId] as const]),
          ...(command.area === undefined ? [] : [['TargetArea', areaNodes(command.area)] as const]),
        ],
        answered: false,
      };
  }
}

/** DeviceUpgrade (GB/T 28181-2022 annex A.2.3.1.12). */
export function upgradeForm(order: FirmwareOrder, sessionId: string): ControlForm {
  return answered('DeviceUpgrade', [
    ['Firmware', order.firmware],
    ['FileURL', order.fileUrl],
    ['Manufacturer', order.manufacturer],
    ['SessionID', sessionId],
  ]);
}

const TRACK_MODES = { auto: 'Auto', manual: 'Manual', stop: 'Stop' } as const;

/** 2016 spells IFameCmd, and devices follow it; 2022 spells IFrameCmd. */
function keyFrameName(gbVersion: string | undefined, spelling: 'own' | 'other' = 'own'): string {
  return (gbVersion === EDITION_2022) === (spelling === 'own') ? 'IFrameCmd' : 'IFameCmd';
}

function answered(name: string, content: BodyNode[1], more: readonly BodyNode[] = []): ControlForm {
  return { name, nodes: [[name, content], ...more], answered: true };
}

function unanswered(name: string, content: BodyNode[1]): ControlForm {
  return { name, nodes: [[name, content]], answered: false };
}

function alarmInfo(method: number | undefined, type: number | undefined): BodyNode[] {
  if (method === undefined && type === undefined) return [];
  return [['Info', [...numberNode('AlarmMethod', method), ...numberNode('AlarmType', type)]]];
}

/** Length is the width of the window and Width its height, as the standard's own example has them. */
function areaNodes(area: WindowArea): BodyNode[] {
  return [
    ['Length', String(area.windowWidth)],
    ['Width', String(area.windowHeight)],
    ['MidPointX', String(area.middleX)],
    ['MidPointY', String(area.middleY)],
    ['LengthX', String(area.width)],
    ['LengthY', String(area.height)],
  ];
}

function numberNode(name: string, value: number | undefined): BodyNode[] {
  return value === undefined ? [] : [[name, String(value)]];
}

function fixedNode(name: string, value: number | undefined): BodyNode[] {
  return value === undefined ? [] : [[name, value.toFixed(2)]];
}

/** As many whole characters as fit into 32 octets of GB 18030. */
function cut(name: string): string {
  let text = '';
  let octets = 0;
  for (const character of name) {
    octets += iconv.encode(character, 'gb18030').length;
    if (octets > MAX_NAME_OCTETS) break;
    text += character;
  }
  return text;
}
