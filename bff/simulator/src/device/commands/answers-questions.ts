import type { ChannelState, DeviceState } from '../device-state.ts';
import { type Command, document, elementOf, elements } from '../manscdp.ts';
import type { PtzHeads } from '../ptz-heads.ts';
import type { CommandContext, CommandTable } from './command-table.ts';

const PRESETS_PER_PART = 8;
const CARD_MB = 121_856;

/** What answering needs beside the table. */
export interface QuestionParts {
  readonly heads: PtzHeads;
  readonly state: DeviceState;
}

/**
 * PresetQuery of 2016, and the questions of 2022: home position, cruise tracks, direction, memory cards (GB/T
 * 28181-2022 annex A.2.4). A device of 2016 takes those and says nothing, or refuses them if it has that fault.
 */
export function answersQuestions(table: CommandTable, { heads, state }: QuestionParts): void {
  const onChannel = (type: string, answer: (command: Command, channel: ChannelState) => string): void => {
    of2022(table, type, (command) => {
      const channel = state.channel(command.deviceId);
      return channel === undefined ? refusal('no such channel') : answer(command, channel);
    });
  };
  table.on('Query', 'PresetQuery', (command, context) => presets(command, context, state));
  onChannel('HomePositionQuery', (_command, { home }) => {
    const fields = elements([
      ['Enabled', home.enabled ? '1' : '0'],
      ['ResetTime', String(home.resetTimeS)],
      ['PresetIndex', String(home.preset)],
    ]);
    return `<HomePosition>\r\n${fields}</HomePosition>\r\n`;
  });
  onChannel('CruiseTrackListQuery', (_command, { cruises }) => {
    const tracks = [...cruises.keys()].map(
      (number) =>
        `<CruiseTrack>\r\n${elements([
          ['Number', String(number)],
          ['Name', `巡航${String(number)}`],
        ])}</CruiseTrack>\r\n`,
    );
    return list('CruiseTrackList', tracks);
  });
  onChannel('CruiseTrackQuery', ({ text }, { cruises }) => {
    const number = Number(elementOf(text, 'Number') ?? Number.NaN);
    const cruise = cruises.get(number);
    if (cruise === undefined) return refusal('no such track');
    const points = cruise.points.map(
      (point) =>
        `<CruisePoint>\r\n${elements([
          ['PresetIndex', String(point)],
          ['StayTime', String(cruise.dwellS)],
          ['Speed', String(cruise.speed)],
        ])}</CruisePoint>\r\n`,
    );
    const head = elements([
      ['Number', String(number)],
      ['Name', `巡航${String(number)}`],
    ]);
    return head + list('CruisePointList', points);
  });
  of2022(table, 'PTZPosition', ({ deviceId }, { profile }) => {
    // A fixed camera has no direction to tell, as seen in the field.
    if (profile.channels.find(({ gbId }) => gbId === deviceId)?.ptzType !== 1)
      return refusal(`Cann't get ptz position`);
    const { pan, tilt, zoom } = heads.position(deviceId);
    return elements([
      ['Pan', pan.toFixed(2)],
      ['Tilt', tilt.toFixed(2)],
      ['Zoom', zoom.toFixed(2)],
    ]);
  });
  of2022(table, 'SDCardStatus', () => {
    const cards = [...state.cards.keys()].map(
      (number) =>
        `<Item>\r\n${elements([
          ['ID', String(number)],
          ['HddName', `sd${String(number)}`],
          ['Status', 'ok'],
          ['Capacity', String(CARD_MB)],
          ['FreeSpace', String(CARD_MB)],
        ])}</Item>\r\n`,
    );
    return list('SDCardStatusInfo', cards);
  });
}

function of2022(
  table: CommandTable,
  type: string,
  answer: (command: Command, context: CommandContext) => string,
): void {
  table.on('Query', type, (command, context) => {
    if (context.profile.edition === '2022') return [response(command, type, answer(command, context))];
    return context.faults.has('refuse-2022') ? [response(command, type, refusal('not supported'))] : [];
  });
}

function presets(
  command: Command,
  { profile, faults }: CommandContext,
  state: DeviceState,
): readonly Buffer[] {
  const kept = [...(state.channel(command.deviceId)?.presets ?? [])];
  const items = kept.map(
    ([index, { name }]) =>
      `<Item>\r\n${elements([
        ['PresetID', String(index)],
        ['PresetName', name],
      ])}</Item>\r\n`,
  );
  const listOf = (part: readonly string[]): string =>
    `<PresetList Num="${String(part.length)}">\r\n${part.join('')}</PresetList>\r\n`;
  // 2016 knows no SumNum: the list is one message.
  if (profile.edition !== '2022') return [response(command, 'PresetQuery', listOf(items))];
  const parts: Buffer[] = [];
  const sum = elements([['SumNum', String(items.length)]]);
  for (let at = 0; at < items.length || at === 0; at += PRESETS_PER_PART)
    parts.push(response(command, 'PresetQuery', sum + listOf(items.slice(at, at + PRESETS_PER_PART))));
  return faults.has('short-presets') ? parts.slice(0, -1) : parts;
}

function list(name: string, items: readonly string[]): string {
  const sum = elements([['SumNum', String(items.length)]]);
  return `${sum}<${name} Num="${String(items.length)}">\r\n${items.join('')}</${name}>\r\n`;
}

function refusal(reason: string): string {
  return elements([
    ['Result', 'ERROR'],
    ['Reason', reason],
  ]);
}

function response({ sn, deviceId }: Command, type: string, inner: string): Buffer {
  const head = elements([
    ['CmdType', type],
    ['SN', sn],
    ['DeviceID', deviceId],
  ]);
  return document('Response', head + inner);
}
