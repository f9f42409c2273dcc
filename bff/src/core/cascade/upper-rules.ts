import { isGbId } from '@yimu/shared';
import { cleanText } from '../clean-text.ts';
import type { UpperRecord } from '../ports/cascade.ts';
import { refuse } from '../refuse.ts';

/** What an operator decides about an upper platform; what has a default may be left out. */
export interface NewUpper extends UpperSettings {
  readonly gbId: string;
  readonly host: string;
  readonly password: string;
}

export type UpperSettings = Partial<
  Pick<
    UpperRecord,
    | 'name'
    | 'gbId'
    | 'domain'
    | 'host'
    | 'port'
    | 'transport'
    | 'localGbId'
    | 'username'
    | 'enabled'
    | 'expiresS'
    | 'keepaliveS'
    | 'keepaliveMisses'
    | 'gbVersion'
    | 'control'
    | 'organisations'
  >
> & {
  readonly password?: string;
  /** Empty: no region. */
  readonly civilCode?: string;
};

type Settled = Omit<UpperRecord, 'id' | 'credential' | 'createdAtMs'>;

const MAX_NAME = 128;
const MAX_PASSWORD = 128;
const HOST = /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$|^[0-9a-fA-F:.]{2,45}$/;
const DOMAIN = /^[A-Za-z0-9][A-Za-z0-9.:-]{0,63}$/;
const USERNAME = /^[^\s"\\\p{Cc}]{1,64}$/u;
const CIVIL_CODE = /^(?:\d{2}){1,4}$/;
/** Longest and shortest times; §9.1.1 and §9.6 name defaults only. */
const EXPIRES_S = [60, 604_800] as const;
const KEEPALIVE_S = [5, 3_600] as const;
const MISSES = [1, 20] as const;

/** The settings of an upper platform, with what they leave open; refuses with INVALID_ARGUMENT, naming the field. */
export function settledUpper(before: Settled | undefined, change: UpperSettings, ownGbId: string): Settled {
  const gbId = change.gbId ?? before?.gbId ?? '';
  const localGbId = change.localGbId ?? before?.localGbId ?? ownGbId;
  const { password = '', name, civilCode = before?.civilCode ?? '', ...given } = change;
  const settled = {
    ...defaultsOf(gbId, localGbId),
    ...before,
    ...given,
    name: cleanText(name, MAX_NAME) ?? before?.name ?? gbId,
    civilCode: civilCode === '' ? undefined : civilCode,
  };
  const sound: Readonly<Record<string, boolean>> = {
    gbId: isGbId(gbId),
    localGbId: isGbId(localGbId) && localGbId !== gbId,
    host: HOST.test(settled.host),
    domain: DOMAIN.test(settled.domain),
    port: isWithin(settled.port, [1, 65_535]),
    username: USERNAME.test(settled.username),
    expiresS: isWithin(settled.expiresS, EXPIRES_S),
    keepaliveS: isWithin(settled.keepaliveS, KEEPALIVE_S),
    keepaliveMisses: isWithin(settled.keepaliveMisses, MISSES),
    civilCode: settled.civilCode === undefined || CIVIL_CODE.test(settled.civilCode),
    password: password.length <= MAX_PASSWORD,
  };
  const field = Object.keys(sound).find((name) => sound[name] === false);
  if (field !== undefined) throw refuse('INVALID_ARGUMENT', { field });
  return settled;
}

function defaultsOf(gbId: string, localGbId: string): Settled {
  return {
    ...{ name: gbId, gbId, localGbId, domain: gbId.slice(0, 10), username: localGbId },
    ...{ host: '', port: 5060, transport: 'udp', enabled: true, gbVersion: '2.0', control: 'steer' },
    ...{ expiresS: 3_600, keepaliveS: 60, keepaliveMisses: 3, civilCode: undefined },
    organisations: false,
  };
}

function isWithin(value: number, [least, most]: readonly [number, number]): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
