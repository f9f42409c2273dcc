import type { ConfigName, ConfigSections } from '@yimu/shared';
import type { PlatformFloor } from '../capability.ts';
import { QueryBook } from '../commands/query-book.ts';
import { learning } from '../learned.ts';
import { writeBody } from '../manscdp/body-writer.ts';
import { reportedFailure } from '../manscdp/fields.ts';
import type { OfflineCause } from '../types.ts';
import { writeSection } from './sections.ts';

type Outcome = 'done' | 'restarted';

/** DeviceConfig: one section each, answered by a Result (GB/T 28181-2016 A.2.3.2, A.2.6 l; §9.3). */
export class ConfigWrites {
  readonly #floor: PlatformFloor;
  readonly #book: QueryBook<Outcome>;
  /** SNs of waiting BasicParam orders, by device. */
  readonly #basic = new Map<string, Set<number>>();
  #count = 0;

  constructor(floor: PlatformFloor) {
    this.#floor = floor;
    this.#book = new QueryBook(floor, 'whether it took the configuration');
    floor.inbound.on('Response', 'DeviceConfig', ({ sender, document }) => {
      this.#book.onAnswer(sender.gbId, document.sn, reportedFailure(document.element) ?? 'done');
    });
  }

  get waiting(): number {
    return this.#book.size;
  }

  async write<Name extends ConfigName>(
    gbId: string,
    targetGbId: string,
    name: Name,
    value: ConfigSections[Name],
  ): Promise<Outcome> {
    const entry = this.#floor.entryOf(gbId);
    this.#count += 1;
    let sent = 0;
    const answer = this.#book.ask(entry, {
      targetGbId,
      // No two orders are one, even with equal values.
      key: String(this.#count),
      body: (sn) => {
        sent = sn;
        if (name === 'BasicParam') this.#noteBasic(gbId, sn);
        return writeBody('Control', entry, [
          ['CmdType', 'DeviceConfig'],
          ['SN', String(sn)],
          ['DeviceID', targetGbId],
          writeSection(name, value),
        ]);
      },
    });
    try {
      return await learning(this.#floor, { gbId, command: `DeviceConfig.${name}`, targetGbId }, answer);
    } finally {
      this.#forgetBasic(gbId, sent);
    }
  }

  /** Vendor: Uniview does not answer BasicParam, it unregisters and comes back with it. */
  abandon(gbId: string, cause: OfflineCause): void {
    if (cause === 'unregistered')
      for (const sn of this.#basic.get(gbId) ?? []) this.#book.onAnswer(gbId, sn, 'restarted');
    this.#book.abandon(gbId);
  }

  close(): void {
    this.#book.close();
  }

  #noteBasic(gbId: string, sn: number): void {
    this.#basic.set(gbId, (this.#basic.get(gbId) ?? new Set()).add(sn));
  }

  #forgetBasic(gbId: string, sn: number): void {
    const sns = this.#basic.get(gbId);
    sns?.delete(sn);
    if (sns?.size === 0) this.#basic.delete(gbId);
  }
}
