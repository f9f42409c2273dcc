/** One `a=` line: `a=recvonly` has no value. */
export interface SdpAttribute {
  readonly name: string;
  readonly value: string | undefined;
}

/** `o=` (RFC 8866 §5.2). In GB/T 28181 the user name is a device's 20-digit code. */
export interface SdpOrigin {
  readonly username: string;
  readonly sessionId: string;
  readonly sessionVersion: string;
  /** Unicast address. */
  readonly address: string;
}

/** `t=`: seconds. GB/T 28181 counts them from 1970, not from 1900 as RFC 8866 §5.9 does; `0 0` is live. */
export interface SdpTiming {
  readonly startS: number;
  readonly endS: number;
}

/** One media description: an `m=` line and what follows it. */
export interface SdpMedia {
  /** `video`, `audio`, … */
  readonly kind: string;
  readonly port: number;
  /** `RTP/AVP`, `TCP/RTP/AVP`, … in upper case. */
  readonly protocol: string;
  /** As written; numbers for RTP. */
  readonly formats: readonly string[];
  /** Address of a `c=` line of its own. */
  readonly address: string | undefined;
  readonly attributes: readonly SdpAttribute[];
}

/** A session description (RFC 8866) with the lines that GB/T 28181-2016 annex F adds. */
export interface Sdp {
  readonly origin: SdpOrigin | undefined;
  /** `Play`, `Playback`, `Download`, `Talk` in GB/T 28181. */
  readonly sessionName: string | undefined;
  /** `u=`: the channel and the kind of recording. */
  readonly uri: string | undefined;
  /** Address of the session's `c=` line. */
  readonly address: string | undefined;
  readonly timing: SdpTiming | undefined;
  readonly attributes: readonly SdpAttribute[];
  readonly media: readonly SdpMedia[];
  /** `y=` as written: the SSRC in decimal. Devices drop leading zeros: compare {@link ssrcOf}. */
  readonly y: string | undefined;
  /** `f=` as written: the media's parameters. */
  readonly f: string | undefined;
}

/** Where nothing can be sent to: held media (RFC 3264 §8.4), and devices that do not know where they are. */
const NOWHERE: ReadonlySet<string> = new Set(['', '0.0.0.0', '::']);

/** The address to which a medium goes: its own `c=` line, else the session's; undefined when that is none. */
export function mediaAddress(sdp: Sdp, media: SdpMedia): string | undefined {
  const address = media.address ?? sdp.address;
  return address === undefined || NOWHERE.has(address) ? undefined : address;
}

/** The value of the first attribute of this name; `''` for one without value. */
export function attributeOf(attributes: readonly SdpAttribute[], name: string): string | undefined {
  const found = attributes.find((attribute) => attribute.name === name);
  return found === undefined ? undefined : (found.value ?? '');
}

/** The SSRC of `y=` as the 32-bit number that RTP carries; undefined when there is none or it is no such number. */
export function ssrcOf(sdp: Sdp): number | undefined {
  if (sdp.y === undefined || !/^\d{1,10}$/.test(sdp.y)) return undefined;
  const value = Number(sdp.y);
  return value <= 0xffffffff ? value : undefined;
}
