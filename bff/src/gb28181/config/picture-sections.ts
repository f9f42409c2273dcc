import type { ConfigSections } from '@yimu/shared';
import type { BodyNode } from '../manscdp/body-writer.ts';
import { flagOf, itemsOf, shortOf, wholeOf } from '../manscdp/fields.ts';
import type { XmlElement } from '../manscdp/xml-element.ts';
import { type ConfigSection, node } from './section.ts';

const MAX_STREAMS = 8;
const MAX_REGIONS = 4;
const MAX_LINES = 8;
const MAX_TEXT = 32;
const MAX_CODE = 32;
type Osd = ConfigSections['OSDConfig'];

/** GB/T 28181-2022 A.2.1.12: codes are those of the SDP line `f=`, and words where a device has more. */
export const videoParamAttribute: ConfigSection<ConfigSections['VideoParamAttribute']> = {
  since: '2022',
  elements: ['VideoParamAttribute'],
  marks: ['Item'],
  read: (element) => {
    const streams = itemsOf(element, '', 'Item', MAX_STREAMS).flatMap((item) => {
      const streamNumber = wholeOf(item, 'StreamNumber');
      if (streamNumber === undefined) return [];
      return [
        {
          streamNumber,
          videoFormat: shortOf(item, 'VideoFormat', MAX_CODE),
          resolution: shortOf(item, 'Resolution', MAX_CODE),
          frameRate: shortOf(item, 'FrameRate', MAX_CODE),
          bitRateType: shortOf(item, 'BitRateType', MAX_CODE),
          videoBitRateKbps: shortOf(item, 'VideoBitRate', MAX_CODE),
        },
      ];
    });
    return streams.length === 0 ? undefined : { streams };
  },
  write: ({ streams }) => ({
    content: streams.map((stream): BodyNode => [
      'Item',
      [
        ...node('StreamNumber', stream.streamNumber),
        ...node('VideoFormat', stream.videoFormat),
        ...node('Resolution', stream.resolution),
        ...node('FrameRate', stream.frameRate),
        ...node('BitRateType', stream.bitRateType),
        ...node('VideoBitRate', stream.videoBitRateKbps),
      ],
    ]),
    attributes: { Num: String(streams.length) },
  }),
};

/** GB/T 28181-2022 A.2.1.15. */
export const pictureMask: ConfigSection<ConfigSections['PictureMask']> = {
  since: '2022',
  elements: ['PictureMask'],
  marks: ['On', 'RegionList'],
  read: (element) => {
    const on = flagOf(element, 'On');
    if (on === undefined) return undefined;
    const regions = itemsOf(element, 'RegionList', 'Item', MAX_REGIONS).flatMap((item, index) => {
      const point = /^(\d{1,5}),(\d{1,5}),(\d{1,5}),(\d{1,5})$/.exec(
        (item.textOf('Point') ?? '').replaceAll(/\s/g, ''),
      );
      if (point === null) return [];
      const [left = 0, top = 0, right = 0, bottom = 0] = point.slice(1).map(Number);
      return [{ seq: wholeOf(item, 'Seq') ?? index + 1, left, top, right, bottom }];
    });
    return { on, regions };
  },
  write: ({ on, regions }) => ({
    content: [
      ...node('On', on),
      ...node('SumNum', regions.length),
      [
        'RegionList',
        regions.map(({ seq, left, top, right, bottom }): BodyNode => [
          'Item',
          [...node('Seq', seq), ...node('Point', [left, top, right, bottom].join(','))],
        ]),
        { Num: String(regions.length) },
      ],
    ],
  }),
};

/** GB/T 28181-2022 A.2.1.16: the element holds the number itself. */
export const frameMirror: ConfigSection<ConfigSections['FrameMirror']> = {
  since: '2022',
  elements: ['FrameMirror'],
  marks: [],
  read: (element) => {
    const text = element.children.length === 0 ? element.text : element.textOf('FrameMirror');
    return text !== undefined && /^[0-3]$/.test(text) ? { mirror: Number(text) } : undefined;
  },
  write: ({ mirror }) => ({ content: String(mirror) }),
};

/** GB/T 28181-2022 A.2.1.18. */
export const osdConfig: ConfigSection<Osd> = {
  since: '2022',
  elements: ['OSDConfig'],
  marks: ['Length', 'Width', 'TimeX', 'TimeY', 'TimeEnable', 'TimeType', 'TextEnable', 'SumNum'],
  read: (element) => {
    const length = wholeOf(element, 'Length');
    const width = wholeOf(element, 'Width');
    if (length === undefined || width === undefined) return undefined;
    const lines = itemsOf(element, '', 'Item', MAX_LINES).map((item) => ({
      text: shortOf(item, 'Text', MAX_TEXT) ?? '',
      x: wholeOf(item, 'X') ?? 0,
      y: wholeOf(item, 'Y') ?? 0,
    }));
    return { length, width, time: timeOf(element), textEnabled: flagOf(element, 'TextEnable'), lines };
  },
  write: ({ length, width, time, textEnabled, lines }) => ({
    content: [
      ...node('Length', length),
      ...node('Width', width),
      ...node('TimeX', time?.x),
      ...node('TimeY', time?.y),
      ...node('TimeEnable', time?.enabled),
      ...node('TimeType', time?.type),
      ...node('TextEnable', textEnabled),
      ...node('SumNum', lines.length),
      ...lines.map(({ text, x, y }): BodyNode => [
        'Item',
        [['Text', text], ...node('X', x), ...node('Y', y)],
      ]),
    ],
  }),
};

function timeOf(element: XmlElement): Osd['time'] {
  const x = wholeOf(element, 'TimeX');
  const y = wholeOf(element, 'TimeY');
  if (x === undefined || y === undefined) return undefined;
  return { enabled: flagOf(element, 'TimeEnable') ?? true, type: wholeOf(element, 'TimeType'), x, y };
}
