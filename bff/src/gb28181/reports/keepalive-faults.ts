import type { Capability, PlatformFloor } from '../capability.ts';
import { readManscdp } from '../manscdp/document.ts';
import { readKeepaliveFaults } from '../manscdp/keepalive-faults.ts';
import type { DeviceEntry } from '../registrar/device-entry.ts';

type Listener = (gbId: string, faults: readonly string[]) => void;

/**
 * Watches what devices say is out of order (GB/T 28181-2016 §9.6, Info of the keepalive). Only keepalives that are
 * longer than ordinary ones, and those of devices that had something to report, come here.
 */
export class KeepaliveFaults implements Capability {
  readonly #floor: PlatformFloor;
  readonly #onChanged: Listener;
  /** What each device told last, joined; those without faults are not in here. */
  readonly #told = new Map<string, string>();

  constructor(floor: PlatformFloor, onChanged: Listener) {
    this.#floor = floor;
    this.#onChanged = onChanged;
    floor.instruments.gauge(
      'yimu_gb_devices_faulty',
      'devices whose last keepalive named something out of order',
      () => this.#told.size,
    );
  }

  onKeepalive(device: DeviceEntry, body: Uint8Array): void {
    const read = readManscdp(body);
    if (!read.ok) {
      this.#floor.metrics.manscdpFaults.of(read.fault).value += 1;
      return;
    }
    const faults = readKeepaliveFaults(read.document);
    const told = faults.join(' ');
    if (told === (this.#told.get(device.gbId) ?? '')) return;
    device.faulty = faults.length > 0;
    if (device.faulty) this.#told.set(device.gbId, told);
    else this.#told.delete(device.gbId);
    this.#onChanged(device.gbId, faults);
  }

  abandon(gbId: string): void {
    this.#told.delete(gbId);
  }

  close(): void {
    this.#told.clear();
  }
}
