/** How a device is asked for its sub stream; `auto`: in each way that devices of its edition know. */
const SUB_STREAM_FORMS = [
  'auto',
  'streamnumber',
  'streamprofile',
  'streamMode',
  'stream',
  'resolution',
] as const;
type SubStreamForm = (typeof SUB_STREAM_FORMS)[number];

/** What an offer lists; `auto`: the usual, and the plain one when that is refused. */
const OFFER_FORMS = ['auto', 'normal', 'plain', 'extended'] as const;
type OfferForm = (typeof OFFER_FORMS)[number];

/** Whose `y=` holds: that of the device's answer, or ours whatever it answers. */
const SSRC_RULES = ['answer', 'offer'] as const;
type SsrcRule = (typeof SSRC_RULES)[number];

/** What commands are written in; `auto`: GB2312, and GB 18030 for devices of the 2022 edition. */
const BODY_CHARSETS = ['auto', 'gb2312', 'gb18030', 'utf-8'] as const;
export type BodyCharset = (typeof BODY_CHARSETS)[number];

/** How a voice is brought to a device: Broadcast and its INVITE, an INVITE with `s=Talk` of ours, or what works. */
const TALK_FORMS = ['auto', 'broadcast', 'talk'] as const;
type TalkForm = (typeof TALK_FORMS)[number];

const PROFILE_TRANSPORTS = ['udp', 'tcp-passive', 'tcp-active'] as const;
type ProfileTransport = (typeof PROFILE_TRANSPORTS)[number];

/**
 * How one device is dealt with: what the standard leaves open, and what its maker understood in another way. Each
 * field has a default, may be learnt from the device's maker, and may be set by an operator.
 */
export interface DeviceProfile {
  /** Transports of its media, best first; empty: the order of the settings. */
  readonly mediaTransports: readonly ProfileTransport[];
  readonly subStream: SubStreamForm;
  readonly offer: OfferForm;
  readonly ssrc: SsrcRule;
  readonly charset: BodyCharset;
  /** How often it says that it is there, s; 0: as in the settings. */
  readonly keepaliveIntervalS: number;
  /** Keepalives that it may miss; 0: as in the settings. */
  readonly keepaliveMisses: number;
  /** A keepalive from its last address brings it back while its last registration would hold. */
  readonly keepaliveRevives: boolean;
  /** It is told the time when it registers (`Date`). */
  readonly tellTime: boolean;
  /** Minutes east of UTC of the times that it writes without a zone. */
  readonly utcOffsetMin: number;
  /** ON and OFF in its catalogue notifications are not believed. */
  readonly ignoreNotifiedStatus: boolean;
  /** Channels that it no longer names are kept. */
  readonly ignoreCatalogDeletions: boolean;
  /**
   * It gives one recording of a channel at a time: who asks for the same one shares it, another one is refused as busy
   * while somebody watches.
   */
  readonly onePlaybackPerChannel: boolean;
  readonly talk: TalkForm;
  /** Transport of a voice; empty: what the device offers. */
  readonly talkTransports: readonly ProfileTransport[];
}

/** What an operator, or a table of makers, sets of a profile. */
export type DeviceProfileChange = {
  readonly [Name in keyof DeviceProfile]?: DeviceProfile[Name] | undefined;
};

type ProfileField =
  | { readonly kind: 'flag' }
  | { readonly kind: 'word'; readonly words: readonly string[] }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'number'; readonly min: number; readonly max: number; readonly zero?: true };

const FLAG: ProfileField = { kind: 'flag' };

/** What each field may hold. */
export const DEVICE_PROFILE_FIELDS: Readonly<Record<keyof DeviceProfile, ProfileField>> = {
  mediaTransports: { kind: 'words', words: PROFILE_TRANSPORTS },
  subStream: { kind: 'word', words: SUB_STREAM_FORMS },
  offer: { kind: 'word', words: OFFER_FORMS },
  ssrc: { kind: 'word', words: SSRC_RULES },
  charset: { kind: 'word', words: BODY_CHARSETS },
  keepaliveIntervalS: { kind: 'number', min: 5, max: 3_600, zero: true },
  keepaliveMisses: { kind: 'number', min: 1, max: 20, zero: true },
  keepaliveRevives: FLAG,
  tellTime: FLAG,
  utcOffsetMin: { kind: 'number', min: -720, max: 840 },
  ignoreNotifiedStatus: FLAG,
  ignoreCatalogDeletions: FLAG,
  onePlaybackPerChannel: FLAG,
  talk: { kind: 'word', words: TALK_FORMS },
  talkTransports: { kind: 'words', words: PROFILE_TRANSPORTS },
};

/** How a device is dealt with that nobody knows anything of. */
export const DEFAULT_DEVICE_PROFILE: DeviceProfile = Object.freeze({
  mediaTransports: [],
  subStream: 'auto',
  offer: 'auto',
  ssrc: 'answer',
  charset: 'auto',
  keepaliveIntervalS: 0,
  keepaliveMisses: 0,
  keepaliveRevives: false,
  tellTime: true,
  utcOffsetMin: 480,
  ignoreNotifiedStatus: false,
  ignoreCatalogDeletions: false,
  onePlaybackPerChannel: false,
  talk: 'auto',
  talkTransports: [],
} satisfies DeviceProfile);

export type ProfileReading =
  | { readonly ok: true; readonly change: DeviceProfileChange }
  | { readonly ok: false; /** Name of the field that cannot be. */ readonly field: string };

/** Reads what should be a part of a profile, e.g. JSON of an operator or of the database. Never throws. */
export function readDeviceProfile(value: unknown): ProfileReading {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { ok: false, field: '' };
  const change: Record<string, unknown> = {};
  for (const [name, given] of Object.entries(value)) {
    if (!isProfileField(name) || !fits(DEVICE_PROFILE_FIELDS[name], given)) return { ok: false, field: name };
    change[name] = given;
  }
  return { ok: true, change };
}

/** Whether a profile has a field of this name. */
export function isProfileField(name: string): name is keyof DeviceProfile {
  return Object.keys(DEVICE_PROFILE_FIELDS).includes(name);
}

function fits(field: ProfileField, value: unknown): boolean {
  switch (field.kind) {
    case 'flag':
      return typeof value === 'boolean';
    case 'word':
      return typeof value === 'string' && field.words.includes(value);
    case 'words':
      return (
        Array.isArray(value) &&
        new Set(value).size === value.length &&
        value.every((word) => typeof word === 'string' && field.words.includes(word))
      );
    case 'number': {
      if (typeof value !== 'number' || !Number.isInteger(value)) return false;
      return (field.zero === true && value === 0) || (value >= field.min && value <= field.max);
    }
  }
}
