import type { FirmwareOrder, FirmwareResult } from '@yimu/shared';
import type { Clock, Logger } from '../../kernel/index.ts';
import { cleanText } from '../clean-text.ts';
import { type Device, requireOnline } from '../devices/device.ts';
import type { ControlPort } from '../ports/control.ts';
import { refuse } from '../refuse.ts';

/** A device that did not say how its upgrade ended is taken for failed after this. */
const PATIENCE_MS = 3_600_000;
const MAX_FACT = 64;
const MAX_URL = 1_024;
const SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'ftp:', 'ftps:']);

/** The last upgrade of a device. */
export interface UpgradeView {
  readonly sessionId: string;
  /** `overdue`: nothing was heard for an hour. */
  readonly state: 'running' | 'done' | 'failed' | 'overdue';
  /** The firmware that was ordered; undefined for an upgrade that somebody else ordered. */
  readonly firmware: string | undefined;
  /** The firmware that runs, as the device says. */
  readonly running: string | undefined;
  /** `01` damaged package, `03` system, `99` other. */
  readonly reason: string | undefined;
  /** UTC, ms. */
  readonly changedAtMs: number;
}

interface Deps {
  readonly port: ControlPort;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Upgrades of firmware (GB/T 28181-2022 §9.13): the last one of each device, in memory. */
export class Upgrades {
  readonly #deps: Deps;
  /** By gbId; at most one for each device. */
  readonly #last = new Map<string, UpgradeView>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Orders an upgrade; resolves when the device accepted it. One at a time: CONFLICT while one runs. */
  async order(device: Device, order: FirmwareOrder): Promise<UpgradeView> {
    const { port, clock } = this.#deps;
    const firmware = required(order.firmware, 'firmware');
    const manufacturer = required(order.manufacturer, 'manufacturer');
    if (!isFetchable(order.fileUrl)) throw refuse('INVALID_ARGUMENT', { field: 'fileUrl' });
    requireOnline(device);
    if (this.of(device)?.state === 'running') throw refuse('CONFLICT');
    const { sessionId } = await port.upgrade(device.gbId, { firmware, manufacturer, fileUrl: order.fileUrl });
    const view: UpgradeView = {
      ...{ sessionId, firmware, running: device.firmware, reason: undefined },
      state: 'running',
      changedAtMs: clock.nowMs(),
    };
    this.#last.set(device.gbId, view);
    return view;
  }

  /** Undefined when none was ordered since the start. */
  of({ gbId }: Pick<Device, 'gbId'>): UpgradeView | undefined {
    const view = this.#last.get(gbId);
    const isOverdue = view?.state === 'running' && this.#deps.clock.nowMs() - view.changedAtMs > PATIENCE_MS;
    return isOverdue ? { ...view, state: 'overdue' } : view;
  }

  /** A device that is known says how an upgrade ended. */
  onResult(gbId: string, result: FirmwareResult): void {
    const { clock, logger } = this.#deps;
    const before = this.#last.get(gbId);
    if (before?.state === 'running' && before.sessionId !== result.sessionId) {
      logger.warn({ deviceId: gbId }, 'a device reports an upgrade that is not the one ordered');
      return;
    }
    this.#last.set(gbId, {
      sessionId: result.sessionId,
      state: result.ok ? 'done' : 'failed',
      firmware: before?.sessionId === result.sessionId ? before.firmware : undefined,
      running: cleanText(result.firmware, MAX_FACT),
      reason: cleanText(result.reason, MAX_FACT),
      changedAtMs: clock.nowMs(),
    });
    logger.info({ deviceId: gbId, ok: result.ok, reason: result.reason }, 'upgrade of a device ended');
  }

  forgetDevice(gbId: string): void {
    this.#last.delete(gbId);
  }
}

function required(text: string, field: string): string {
  const clean = cleanText(text, MAX_FACT);
  if (clean === undefined) throw refuse('INVALID_ARGUMENT', { field });
  return clean;
}

/** The device fetches it, not we: any host may be right. */
function isFetchable(text: string): boolean {
  if (text.length > MAX_URL) return false;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && SCHEMES.has(url.protocol) && url.hostname !== '';
}
