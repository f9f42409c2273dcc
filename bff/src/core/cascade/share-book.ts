import type { ShareRecord } from '../ports/cascade.ts';

const NONE: ReadonlyMap<string, ShareRecord> = new Map();

/** Who is shown what, in memory: by upper platform and own ID, and by device. */
export class ShareBook {
  readonly #byUpper = new Map<number, Map<string, ShareRecord>>();
  /** Channels that an upper platform is shown, by upper and channel. */
  readonly #channels = new Map<number, Map<number, ShareRecord>>();
  /** How much a device shows to which upper platforms. */
  readonly #countsOfDevice = new Map<number, Map<number, number>>();

  of(upperId: number): ReadonlyMap<string, ShareRecord> {
    return this.#byUpper.get(upperId) ?? NONE;
  }

  ofChannel(upperId: number, channelId: number): ShareRecord | undefined {
    return this.#channels.get(upperId)?.get(channelId);
  }

  /** Upper platforms to which a device shows anything. */
  uppersOf(deviceId: number): readonly number[] {
    return [...(this.#countsOfDevice.get(deviceId)?.keys() ?? [])];
  }

  put(share: ShareRecord): void {
    const { upperId, channelId, deviceId, gbId } = share;
    mapOf(this.#byUpper, upperId).set(gbId, share);
    mapOf(this.#channels, upperId).set(channelId, share);
    this.#count(deviceId, upperId, 1);
  }

  remove({ upperId, gbId, channelId, deviceId }: ShareRecord): void {
    if (this.#byUpper.get(upperId)?.delete(gbId) !== true) return;
    this.#channels.get(upperId)?.delete(channelId);
    this.#count(deviceId, upperId, -1);
  }

  removeUpper(upperId: number): void {
    for (const share of [...this.of(upperId).values()]) this.remove(share);
    this.#byUpper.delete(upperId);
    this.#channels.delete(upperId);
  }

  /** The database has dropped them with the device. */
  removeDevice(deviceId: number): void {
    for (const upperId of this.uppersOf(deviceId))
      for (const share of [...this.of(upperId).values()]) if (share.deviceId === deviceId) this.remove(share);
  }

  #count(deviceId: number, upperId: number, by: 1 | -1): void {
    const counts = mapOf(this.#countsOfDevice, deviceId);
    const count = (counts.get(upperId) ?? 0) + by;
    if (count > 0) counts.set(upperId, count);
    else counts.delete(upperId);
    if (counts.size === 0) this.#countsOfDevice.delete(deviceId);
  }
}

function mapOf<K, V>(maps: Map<number, Map<K, V>>, key: number): Map<K, V> {
  const known = maps.get(key);
  if (known !== undefined) return known;
  const made = new Map<K, V>();
  maps.set(key, made);
  return made;
}
