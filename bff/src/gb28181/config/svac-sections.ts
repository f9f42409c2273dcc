import type { ConfigSections, SvacSurveillance, SvacSvc } from '@yimu/shared';
import type { BodyNode } from '../manscdp/body-writer.ts';
import { flagOf, itemsOf, wholeOf } from '../manscdp/fields.ts';
import type { XmlElement } from '../manscdp/xml-element.ts';
import { type ConfigSection, group, node, unlessEmpty } from './section.ts';

const MAX_REGIONS = 16;
type Roi = NonNullable<ConfigSections['SVACEncodeConfig']['roi']>;

/** Names of the switches of surveillance data; the decoder's end in `ShowFlag`. */
const SURVEILLANCE = {
  time: 'Time',
  event: 'Event',
  alert: 'Alert',
  osd: 'OSD',
  ai: 'AI',
  gis: 'GIS',
} as const;

/** GB/T 28181-2016 A.2.6 k, A.2.3.2; GB/T 25724 (SVAC). */
export const svacEncodeConfig: ConfigSection<ConfigSections['SVACEncodeConfig']> = {
  since: '2016',
  elements: ['SVACEncodeConfig'],
  marks: ['ROIParam', 'SVCParam', 'SurveillanceParam', 'AudioParam'],
  read: (element) =>
    unlessEmpty({
      roi: readRoi(element.child('ROIParam')),
      svc: readSvc(element.child('SVCParam')),
      surveillance: readSurveillance(element.child('SurveillanceParam'), 'Flag'),
      audioRecognition: flagOf(element.child('AudioParam'), 'AudioRecognitionFlag'),
    }),
  write: ({ roi, svc, surveillance, audioRecognition }) => ({
    content: [
      ...(roi === undefined ? [] : group('ROIParam', writeRoi(roi))),
      ...group('SVCParam', [
        ...node('SVCSpaceDomainMode', svc?.spaceDomainMode),
        ...node('SVCTimeDomainMode', svc?.timeDomainMode),
      ]),
      ...group('SurveillanceParam', writeSurveillance(surveillance, 'Flag')),
      ...group('AudioParam', node('AudioRecognitionFlag', audioRecognition)),
    ],
  }),
};

/** As above, the decoder. */
export const svacDecodeConfig: ConfigSection<ConfigSections['SVACDecodeConfig']> = {
  since: '2016',
  elements: ['SVACDecodeConfig'],
  marks: ['SVCParam', 'SurveillanceParam'],
  read: (element) =>
    unlessEmpty({
      scalableMode: wholeOf(element.child('SVCParam'), 'SVCSTMMode'),
      surveillance: readSurveillance(element.child('SurveillanceParam'), 'ShowFlag'),
    }),
  write: ({ scalableMode, surveillance }) => ({
    content: [
      ...group('SVCParam', node('SVCSTMMode', scalableMode)),
      ...group('SurveillanceParam', writeSurveillance(surveillance, 'ShowFlag')),
    ],
  }),
};

function readRoi(element: XmlElement | undefined): Roi | undefined {
  const enabled = flagOf(element, 'ROIFlag');
  if (element === undefined || enabled === undefined) return undefined;
  const regions = itemsOf(element, '', 'Item', MAX_REGIONS).flatMap((item) => {
    const seq = wholeOf(item, 'ROISeq');
    const topLeft = wholeOf(item, 'TopLeft');
    const bottomRight = wholeOf(item, 'BottomRight');
    if (seq === undefined || topLeft === undefined || bottomRight === undefined) return [];
    return [{ seq, topLeft, bottomRight, quality: wholeOf(item, 'ROIQP') ?? 0 }];
  });
  return {
    enabled,
    regions,
    backgroundQuality: wholeOf(element, 'BackGroundQP'),
    skipBackground: flagOf(element, 'BackGroundSkipFlag'),
  };
}

function writeRoi({ enabled, regions, backgroundQuality, skipBackground }: Roi): readonly BodyNode[] {
  const items = regions.map(({ seq, topLeft, bottomRight, quality }): BodyNode => [
    'Item',
    [
      ...node('ROISeq', seq),
      ...node('TopLeft', topLeft),
      ...node('BottomRight', bottomRight),
      ...node('ROIQP', quality),
    ],
  ]);
  return [
    ...node('ROIFlag', enabled),
    ...node('ROINumber', regions.length),
    ...items,
    ...node('BackGroundQP', backgroundQuality),
    ...node('BackGroundSkipFlag', skipBackground),
  ];
}

function readSvc(element: XmlElement | undefined): SvacSvc | undefined {
  return unlessEmpty({
    spaceDomainMode: wholeOf(element, 'SVCSpaceDomainMode'),
    timeDomainMode: wholeOf(element, 'SVCTimeDomainMode'),
    spaceSupportMode: wholeOf(element, 'SVCSpaceSupportMode'),
    timeSupportMode: wholeOf(element, 'SVCTimeSupportMode'),
  });
}

function readSurveillance(
  element: XmlElement | undefined,
  end: 'Flag' | 'ShowFlag',
): SvacSurveillance | undefined {
  return unlessEmpty({
    time: flagOf(element, `${SURVEILLANCE.time}${end}`),
    event: flagOf(element, `${SURVEILLANCE.event}${end}`),
    alert: flagOf(element, `${SURVEILLANCE.alert}${end}`),
    osd: flagOf(element, `${SURVEILLANCE.osd}${end}`),
    ai: flagOf(element, `${SURVEILLANCE.ai}${end}`),
    gis: flagOf(element, `${SURVEILLANCE.gis}${end}`),
  });
}

function writeSurveillance(
  flags: SvacSurveillance | undefined,
  end: 'Flag' | 'ShowFlag',
): readonly BodyNode[] {
  return [
    ...node(`${SURVEILLANCE.time}${end}`, flags?.time),
    ...node(`${SURVEILLANCE.event}${end}`, flags?.event),
    ...node(`${SURVEILLANCE.alert}${end}`, flags?.alert),
    ...node(`${SURVEILLANCE.osd}${end}`, flags?.osd),
    ...node(`${SURVEILLANCE.ai}${end}`, flags?.ai),
    ...node(`${SURVEILLANCE.gis}${end}`, flags?.gis),
  ];
}
