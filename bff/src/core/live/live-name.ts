/** Which stream a public name means. */
export interface LiveTarget {
  readonly serial: string;
  readonly channelNo: number;
  readonly quality: LiveQuality;
}

/** 1 main stream, 2 sub stream. */
export type LiveQuality = 1 | 2;

const NAME = /^v3\/openlive\/([A-Z0-9]{9})_([1-9]\d{0,8})_([12])$/;

/** `v3/openlive/{serial}_{channel}_{quality}`: the name under which players ask the media server. */
export function liveName({ serial, channelNo, quality }: LiveTarget): string {
  return `v3/openlive/${serial}_${String(channelNo)}_${String(quality)}`;
}

/** `undefined` when the name is of another form. */
export function parseLiveName(name: string): LiveTarget | undefined {
  const [, serial, channelNo, quality] = NAME.exec(name) ?? [];
  if (serial === undefined || channelNo === undefined) return undefined;
  return { serial, channelNo: Number(channelNo), quality: quality === '2' ? 2 : 1 };
}
