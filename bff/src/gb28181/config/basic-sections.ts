import type { ConfigSections } from '@yimu/shared';
import { decimalOf, shortOf, wholeOf } from '../manscdp/fields.ts';
import { type ConfigSection, node, unlessEmpty } from './section.ts';

const MAX_NAME = 128;
const MAX_LIST = 32;

/** Times of keepalives that can be true; some devices say 0 or less (s, and count). */
const INTERVAL_S = { least: 5, most: 3_600 };
const COUNT = { least: 1, most: 20 };

/** GB/T 28181-2016 A.2.6 k, A.2.3.2. Position is told by the device and not set. */
export const basicParam: ConfigSection<ConfigSections['BasicParam']> = {
  since: '2016',
  elements: ['BasicParam'],
  marks: ['Name', 'Expiration', 'HeartBeatInterval', 'HeartBeatCount'],
  deviceLevel: true,
  read: (element) =>
    unlessEmpty({
      name: shortOf(element, 'Name', MAX_NAME),
      expirationS: wholeOf(element, 'Expiration'),
      heartBeatIntervalS: clamped(wholeOf(element, 'HeartBeatInterval'), INTERVAL_S),
      heartBeatCount: clamped(wholeOf(element, 'HeartBeatCount'), COUNT),
      positionCapability: wholeOf(element, 'PositionCapability'),
      longitude: decimalOf(element, 'Longitude'),
      latitude: decimalOf(element, 'Latitude'),
    }),
  write: ({ name, expirationS, heartBeatIntervalS, heartBeatCount }) => ({
    content: [
      ...node('Name', name),
      ...node('Expiration', expirationS),
      ...node('HeartBeatInterval', heartBeatIntervalS),
      ...node('HeartBeatCount', heartBeatCount),
    ],
  }),
};

/** GB/T 28181-2016 A.2.6 k. The text knows no setting of it; platforms send one all the same. */
export const videoParamOpt: ConfigSection<ConfigSections['VideoParamOpt']> = {
  since: '2016',
  elements: ['VideoParamOpt'],
  marks: ['DownloadSpeed', 'Resolution'],
  read: (element) => {
    const downloadSpeeds = slashed(element.textOf('DownloadSpeed'));
    const resolutions = slashed(element.textOf('Resolution'));
    return downloadSpeeds.length + resolutions.length === 0 ? undefined : { downloadSpeeds, resolutions };
  },
  write: ({ downloadSpeeds, resolutions }) => ({
    content: [
      ...node('DownloadSpeed', downloadSpeeds.length === 0 ? undefined : downloadSpeeds.join('/')),
      ...node('Resolution', resolutions.length === 0 ? undefined : resolutions.join('/')),
    ],
  }),
};

function slashed(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split('/')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .slice(0, MAX_LIST);
}

/** Vendor: illegal heartbeat parameters are brought into the range that makes sense. */
function clamped(
  value: number | undefined,
  { least, most }: { readonly least: number; readonly most: number },
): number | undefined {
  return value === undefined ? undefined : Math.min(most, Math.max(least, value));
}
