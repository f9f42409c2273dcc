import type { ShownChange, ShownItem, UpperRecord } from '../ports/cascade.ts';
import type { ShareBook } from './share-book.ts';
import type { ShownCatalogue } from './shown-catalogue.ts';

interface Deps {
  readonly shares: ShareBook;
  readonly shown: ShownCatalogue;
  readonly uppers: ReadonlyMap<number, UpperRecord>;
  readonly tell: (upperId: number, changes: readonly ShownChange[]) => void;
}

/** What an upper platform was told last. */
interface Told {
  readonly deviceId: number;
  readonly online: boolean;
  /** Everything but presence. */
  readonly facts: string;
}

/**
 * Finds what has changed for upper platforms since they were told last, a second's changes at once: a camera that
 * comes and goes within it is not told at all (annex P.4).
 */
export class UpwardNotices {
  readonly #deps: Deps;
  readonly #told = new Map<number, Map<string, Told>>();
  readonly #changedDevices = new Set<number>();
  readonly #changedUppers = new Set<number>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** A device came, went, or has other channels. */
  deviceChanged(deviceId: number): void {
    if (this.#deps.shares.uppersOf(deviceId).length > 0) this.#changedDevices.add(deviceId);
  }

  /** It is shown other channels. */
  upperChanged(upperId: number): void {
    this.#changedUppers.add(upperId);
  }

  /** What it sees now is taken as told: it begins with a question of its own. */
  begin(upper: UpperRecord): void {
    this.#told.set(upper.id, this.#now(upper));
    this.#changedUppers.delete(upper.id);
  }

  forget(upperId: number): void {
    this.#told.delete(upperId);
    this.#changedUppers.delete(upperId);
  }

  tick(): void {
    const uppers = [...this.#changedUppers];
    this.#changedUppers.clear();
    for (const upperId of uppers) this.#compare(upperId, undefined);
    const devices = [...this.#changedDevices];
    this.#changedDevices.clear();
    for (const deviceId of devices)
      for (const upperId of this.#deps.shares.uppersOf(deviceId))
        if (!uppers.includes(upperId)) this.#compare(upperId, deviceId);
  }

  #compare(upperId: number, deviceId: number | undefined): void {
    const upper = this.#deps.uppers.get(upperId);
    const told = this.#told.get(upperId);
    if (upper === undefined || told === undefined) return;
    const items = this.#deps.shown.items(upper, deviceId);
    const present = new Set(items.map(({ gbId }) => gbId));
    const changes: ShownChange[] = [];
    for (const [gbId, before] of told) {
      if (present.has(gbId) || (deviceId !== undefined && before.deviceId !== deviceId)) continue;
      told.delete(gbId);
      changes.push({ event: 'DEL', gbId, item: undefined });
    }
    for (const item of items) {
      const change = changeOf(item, told.get(item.gbId));
      if (change === undefined) continue;
      told.set(item.gbId, this.#toldOf(upperId, item));
      changes.push(change);
    }
    if (changes.length > 0) this.#deps.tell(upperId, changes);
  }

  #now(upper: UpperRecord): Map<string, Told> {
    return new Map(
      this.#deps.shown.items(upper).map((item) => [item.gbId, this.#toldOf(upper.id, item)] as const),
    );
  }

  #toldOf(upperId: number, item: ShownItem): Told {
    const deviceId = this.#deps.shares.of(upperId).get(item.gbId)?.deviceId ?? 0;
    return { deviceId, online: item.online, facts: factsOf(item) };
  }
}

function changeOf(item: ShownItem, before: Told | undefined): ShownChange | undefined {
  const { gbId, online } = item;
  if (before === undefined) return { event: 'ADD', gbId, item };
  if (before.facts !== factsOf(item)) return { event: 'UPDATE', gbId, item };
  if (before.online === online) return undefined;
  return { event: online ? 'ON' : 'OFF', gbId, item: undefined };
}

function factsOf(item: ShownItem): string {
  const { name, manufacturer, model, civilCode, parentId, businessGroupId, ptzType } = item;
  return [name, manufacturer, model, civilCode, parentId, businessGroupId, ptzType].map(String).join('\n');
}
