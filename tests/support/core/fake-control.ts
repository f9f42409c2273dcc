import type { FirmwareOrder, FirmwareResult } from '../../../shared/src/index.ts';
import type { ControlPort } from '../../../bff/src/core/index.ts';

type Order = Parameters<ControlPort['frontEnd' | 'camera']>[2] | Parameters<ControlPort['device']>[1];

type UpgradeListener = Parameters<ControlPort['onUpgradeResult']>[0];

/** Devices that obey whatever they are told, at the edge of the process. */
export class FakeControl implements ControlPort {
  readonly orders: { readonly target: string; readonly command: Order }[] = [];
  readonly upgrades: {
    readonly deviceGbId: string;
    readonly order: FirmwareOrder;
    readonly sessionId: string;
  }[] = [];
  /** Called when an upgrade was ordered, before the device answers. */
  onUpgrade: ((sessionId: string) => void) | undefined;
  /** What becomes of every order instead of success. */
  refusal: Error | undefined;
  readonly #listeners = new Set<UpgradeListener>();

  frontEnd: ControlPort['frontEnd'] = (_device, target, command) => this.#obey(target, command, 'sent');
  camera: ControlPort['camera'] = (_device, target, command) => this.#obey(target, command, 'done');
  device: ControlPort['device'] = (target, command) => this.#obey(target, command, 'done');

  upgrade(deviceGbId: string, order: FirmwareOrder, sessionId: string): Promise<void> {
    this.onUpgrade?.(sessionId);
    if (this.refusal) return Promise.reject(this.refusal);
    this.upgrades.push({ deviceGbId, order, sessionId });
    return Promise.resolve();
  }

  onUpgradeResult(listener: UpgradeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when the device is answered. */
  async tellUpgradeResult(gbId: string, result: FirmwareResult): Promise<void> {
    const stored: Promise<void>[] = [];
    for (const listener of this.#listeners) listener(gbId, result, (work) => stored.push(work));
    await Promise.all(stored);
  }

  #obey(
    target: string,
    command: Order,
    outcome: 'sent' | 'done',
  ): Promise<{ readonly outcome: 'sent' | 'done' }> {
    if (this.refusal) return Promise.reject(this.refusal);
    this.orders.push({ target, command });
    return Promise.resolve({ outcome });
  }
}
