/** The media type of a control of a playback (GB/T 28181-2016 annex B). */
export const MANSRTSP_TYPE = 'Application/MANSRTSP';

/** What a device is asked to do with a recording that it plays. */
export type PlaybackCommand =
  | { readonly do: 'pause' }
  | { readonly do: 'resume' }
  /** `atS`: seconds from the begin of the period that was asked for. */
  | { readonly do: 'seek'; readonly atS: number }
  /** Times the usual pace, negative: backwards, from `fromS` to the begin. */
  | { readonly do: 'scale'; readonly scale: number; readonly fromS?: number };

/** What a device said of a command; nothing when its 200 was empty, as most are. */
export interface MansrtspAnswer {
  /** 200 when it says none. */
  readonly status: number;
  /** Seconds from the begin of the period. */
  readonly fromS: number | undefined;
  readonly scale: number | undefined;
}

const MAX_BODY = 4_096;

/**
 * A command in the form of annex B: speed by Scale alone, a place by Range alone, resumption by `npt=now-` alone.
 * `version` is `RTSP/1.0`, or `MANSRTSP/1.0` as the sample of 2016 has it.
 */
export function mansrtspBody(command: PlaybackCommand, sequence: number, version = 'RTSP/1.0'): Uint8Array {
  const method = command.do === 'pause' ? 'PAUSE' : 'PLAY';
  const lines = [`${method} ${version}`, `CSeq: ${String(sequence)}`, ...fieldsOf(command), '', ''];
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

function fieldsOf(command: PlaybackCommand): readonly string[] {
  switch (command.do) {
    case 'pause':
      return ['PauseTime: now'];
    case 'resume':
      return ['Range: npt=now-'];
    case 'seek':
      return [`Range: npt=${seconds(command.atS)}-`];
    case 'scale': {
      const scale = `Scale: ${decimal(command.scale)}`;
      return command.scale < 0 && command.fromS !== undefined
        ? [scale, `Range: npt=${seconds(command.fromS)}-0`]
        : [scale];
    }
  }
}

/** Vendor: Hikvision dislikes `2.000000`; `2.0` is what annex B has. */
function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** Whole seconds: recorders cannot be asked for more. */
function seconds(value: number): string {
  return String(Math.max(0, Math.floor(value)));
}

/** Reads the body of the 200 to an INFO. Tolerant: what it does not say is undefined, and an empty one is consent. */
export function readMansrtspAnswer(body: Uint8Array): MansrtspAnswer {
  const text = Buffer.from(body.subarray(0, MAX_BODY)).toString('latin1');
  const [start = '', ...lines] = text.split(/\r\n|\r|\n/);
  const status = /^\s*(?:MANS)?RTSP\/\d\.\d\s+(\d{3})\b/i.exec(start)?.[1];
  const field = (name: RegExp): string | undefined =>
    lines
      .find((line) => name.test(line))
      ?.replace(/^[^:]*:/, '')
      .trim();
  const from = /npt\s*=\s*(\d{1,9}(?:\.\d{1,6})?)\s*-/i.exec(field(/^\s*Range\s*:/i) ?? '')?.[1];
  const scale = /^[+-]?\d{1,3}(?:\.\d{1,6})?$/.exec(field(/^\s*Scale\s*:/i) ?? '')?.[0];
  return {
    status: status === undefined ? 200 : Number(status),
    fromS: from === undefined ? undefined : Number(from),
    scale: scale === undefined ? undefined : Number(scale),
  };
}
