import type { FirmwareOrder, FirmwareResult } from '../../../shared/src/index.ts';
import type { ControlPort } from '../../../bff/src/core/index.ts';

type Order = Parameters<ControlPort['frontEnd' | 'camera']>[2] | Parameters<ControlPort['device']>[1];

/** Devices that obey whatever they are told, at the edge of the process. */
export class FakeControl implements ControlPort {
  readonly orders: { readonly target: string; readonly command: Order }[] = [];
  readonly upgrades: { readonly deviceGbId: string; readonly order: FirmwareOrder }[] = [];
  /** What becomes of every order instead of success. */
  refusal: Error | undefined;
  readonly #listeners = new Set<(gbId: string, result: FirmwareResult) => void>();

  frontEnd: ControlPort['frontEnd'] = (_device, target, command) => this.#obey(target, command, 'sent');
  camera: ControlPort['camera'] = (_device, target, command) => this.#obey(target, command, 'done');
  device: ControlPort['device'] = (target, command) => this.#obey(target, command, 'done');

  upgrade(deviceGbId: string, order: FirmwareOrder): Promise<{ readonly sessionId: string }> {
    if (this.refusal) return Promise.reject(this.refusal);
    this.upgrades.push({ deviceGbId, order });
    return Promise.resolve({ sessionId: `session-${String(this.upgrades.length)}` });
  }

  onUpgradeResult(listener: (gbId: string, result: FirmwareResult) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tellUpgradeResult(gbId: string, result: FirmwareResult): void {
    for (const listener of this.#listeners) listener(gbId, result);
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
