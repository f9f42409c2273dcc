import type { Clock } from '../../kernel/index.ts';
import { ExpiringMap } from '../../kernel/index.ts';
import type { Access, IssuedToken } from '../access/access.ts';
import type { Camera } from '../devices/device.ts';
import type { Devices } from '../devices/devices.ts';
import { refuse } from '../refuse.ts';
import type { TicketSeal } from './ticket-seal.ts';

const MIN_LIFE_S = 60;
const MAX_LIFE_S = 720 * 86_400;
const DEFAULT_LIFE_S = 7 * 86_400;
const MAX_VISITS = 10_000;
const VISIT_LIFE_MS = 86_400_000;

/** A right to see and steer one camera until a time, short enough for a mini-program code. */
export interface Ticket {
  /** 32 hexadecimal characters. */
  readonly ticket: string;
  readonly expiresAtMs: number;
}

/** What the holder of a ticket gets. */
export interface TicketVisit {
  readonly accessToken: string;
  readonly deviceSerial: string;
  readonly channelNo: number;
}

interface Deps {
  readonly seal: TicketSeal;
  readonly devices: Pick<Devices, 'byId' | 'camera'>;
  readonly access: Pick<Access, 'issueGuestToken'>;
  readonly clock: Clock;
}

/** Use-cases on tickets. */
export class Tickets {
  readonly #deps: Deps;
  /** One token a ticket: a code that many scan fills no table. */
  readonly #visits: ExpiringMap<string, IssuedToken>;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#visits = new ExpiringMap({ clock: deps.clock, lifeMs: VISIT_LIFE_MS, capacity: MAX_VISITS });
  }

  /** Makes a ticket of a camera. Refuses with INVALID_ARGUMENT for a life below a minute or above 720 days. */
  issue({ device, channel }: Camera, lifeS: number = DEFAULT_LIFE_S): Ticket {
    if (!Number.isInteger(lifeS) || lifeS < MIN_LIFE_S || lifeS > MAX_LIFE_S)
      throw refuse('INVALID_ARGUMENT', { lifeS });
    const expiresAtS = Math.ceil(this.#deps.clock.nowMs() / 1_000) + lifeS;
    const ticket = this.#deps.seal.close({ deviceId: device.id, channelNo: channel.no, expiresAtS });
    if (ticket === undefined) throw refuse('INVALID_ARGUMENT', { channelNo: channel.no });
    return { ticket, expiresAtMs: expiresAtS * 1_000 };
  }

  /**
   * Trades a ticket for a token that sees its camera alone and does not outlive it. Refuses with GRANT_INVALID,
   * GRANT_EXPIRED, DEVICE_NOT_FOUND or CHANNEL_NOT_FOUND.
   */
  redeem(ticket: string): TicketVisit {
    const facts = this.#deps.seal.open(ticket);
    if (!facts) throw refuse('GRANT_INVALID');
    const { deviceId, channelNo, expiresAtS } = facts;
    const nowMs = this.#deps.clock.nowMs();
    if (expiresAtS * 1_000 <= nowMs) throw refuse('GRANT_EXPIRED');
    const device = this.#deps.devices.byId(deviceId);
    if (!device) throw refuse('DEVICE_NOT_FOUND');
    const { channel } = this.#deps.devices.camera(device.gbId, { no: channelNo });
    const key = ticket.toLowerCase();
    const known = this.#visits.get(key);
    const token = known ?? this.#visit(key, device.gbId, channelNo, expiresAtS * 1_000);
    return { accessToken: token.accessToken, deviceSerial: device.serial, channelNo: channel.no };
  }

  #visit(key: string, gbId: string, channelNo: number, endsAtMs: number): IssuedToken {
    const token = this.#deps.access.issueGuestToken(gbId, channelNo, endsAtMs);
    this.#visits.set(key, token);
    return token;
  }
}
