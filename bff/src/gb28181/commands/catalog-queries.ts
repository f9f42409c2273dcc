import { hash } from 'node:crypto';
import type { Cancel } from '../../kernel/index.ts';
import type { IncomingRequest } from '../../sip/index.ts';
import type { Capability, PlatformFloor } from '../capability.ts';
import type { InboundMessage } from '../inbound/inbound-routes.ts';
import { queryBody } from '../manscdp/bodies.ts';
import { type CatalogPart, readCatalogPart } from '../manscdp/catalog.ts';
import type { DeviceEntry } from '../registrar/device-entry.ts';
import { type CatalogAnswer, type CatalogItem, GbFailure } from '../types.ts';

/** IDs that a line of the log names. */
const MAX_NAMED = 8;

interface Job {
  readonly sn: number;
  readonly answer: Promise<CatalogAnswer>;
  readonly resolve: (answer: CatalogAnswer) => void;
  readonly reject: (error: GbFailure) => void;
  readonly items: Map<string, CatalogItem>;
  /** IDs that several items bear: commands reach one channel of each only. */
  readonly repeated: Set<string>;
  /** Hashes of the parts that came: one that is sent again counts once. */
  readonly parts: Set<string>;
  received: number;
  announced: number | undefined;
  stopSilence: Cancel;
  stopTotal: Cancel;
}

/** Takes the parts that nobody asked for. */
type UnaskedPart = (gbId: string, items: readonly CatalogItem[]) => void;

/**
 * Asks devices for their catalogues and gathers the parts of the answers (GB/T 28181-2016 §9.5.3, annex N). One job
 * per device; whoever asks meanwhile joins it. A catalogue is complete when as many different channels came as were
 * announced, or as many items: some devices give one ID to several channels. Otherwise silence ends it, incomplete.
 */
export class CatalogQueries implements Capability {
  readonly #deps: PlatformFloor;
  readonly #onUnasked: UnaskedPart;
  readonly #jobs = new Map<string, Job>();

  constructor(floor: PlatformFloor, onUnasked: UnaskedPart) {
    this.#deps = floor;
    this.#onUnasked = onUnasked;
    floor.inbound.on('Response', 'Catalog', (message) => {
      this.#onMessage(message);
    });
  }

  get waiting(): number {
    return this.#jobs.size;
  }

  /** Rejects with GbFailure when the device refuses, or says nothing at all. */
  async query(gbId: string): Promise<CatalogAnswer> {
    return await this.#query(this.#deps.entryOf(gbId));
  }

  #query(entry: DeviceEntry): Promise<CatalogAnswer> {
    const running = this.#jobs.get(entry.gbId);
    if (running !== undefined) return running.answer;
    const job = this.#start(entry);
    const { sn } = job;
    const body = queryBody('Catalog', { sn, deviceId: entry.gbId, gbVersion: entry.gbVersion });
    this.#deps.sender.send(entry, { targetGbId: entry.gbId, body }).catch((error: unknown) => {
      // Once a part has come, the query was heard, whatever became of its SIP answer.
      if (job.parts.size === 0 && error instanceof GbFailure) this.#fail(entry.gbId, job, error);
    });
    return job.answer;
  }

  #onMessage({ sender, document, incoming }: InboundMessage): void {
    const part = readCatalogPart(document, this.#deps.limits.maxCatalogItems);
    const isAsked = this.#onPart(sender.gbId, document.sn, part, incoming);
    if (!isAsked && part.items.length > 0) this.#onUnasked(sender.gbId, part.items);
  }

  /** Takes a part of an answer; false when nobody asked for it. */
  #onPart(gbId: string, sn: number | undefined, part: CatalogPart, incoming: IncomingRequest): boolean {
    const job = this.#jobs.get(gbId);
    if (job === undefined || job.sn !== sn) return false;
    const print = hash('md5', incoming.request.body);
    if (job.parts.has(print)) return true;
    job.parts.add(print);
    // Ten thousand channels in small datagrams come faster than strangers may speak.
    this.#deps.sip.credit(incoming.flow);
    const { maxCatalogItems, catalogSilenceMs } = this.#deps.limits;
    // Items beyond the limit of one body were not even read.
    let refused = part.items.length >= maxCatalogItems ? part.received - part.items.length : 0;
    for (const item of part.items) {
      if (job.items.has(item.channelId)) this.#onRepeated(job, item.channelId);
      else if (job.items.size < maxCatalogItems) job.items.set(item.channelId, item);
      else refused += 1;
    }
    this.#deps.metrics.catalogItemsRefused.value += refused;
    job.received += part.received;
    job.announced = part.announced ?? job.announced;
    // A device that announces nothing is heard until it is silent: what it has is never known to be all.
    const isAll = job.announced !== undefined && Math.max(job.items.size, job.received) >= job.announced;
    if (refused > 0 || (!isAll && job.parts.size >= maxCatalogItems)) this.#finish(gbId, job, 'too-many');
    else if (isAll) this.#finish(gbId, job, 'complete');
    else {
      job.stopSilence();
      job.stopSilence = this.#deps.clock.after(catalogSilenceMs, () => {
        this.#finish(gbId, job, 'incomplete');
      });
    }
    return true;
  }

  /** Ends the job of a device that is gone. */
  abandon(gbId: string): void {
    const job = this.#jobs.get(gbId);
    if (job !== undefined) this.#fail(gbId, job, new GbFailure('not-registered', 'the device went offline'));
  }

  close(): void {
    for (const gbId of [...this.#jobs.keys()]) this.abandon(gbId);
  }

  #start({ gbId }: DeviceEntry): Job {
    const { clock, limits, sender } = this.#deps;
    let resolve: Job['resolve'] = () => undefined;
    let reject: Job['reject'] = () => undefined;
    const answer = new Promise<CatalogAnswer>((onAnswer, onFailure) => {
      resolve = onAnswer;
      reject = onFailure;
    });
    const nothingYet: Cancel = () => undefined;
    const job: Job = {
      sn: sender.nextSn(),
      answer,
      resolve,
      reject,
      items: new Map(),
      repeated: new Set(),
      parts: new Set(),
      received: 0,
      announced: undefined,
      stopSilence: nothingYet,
      stopTotal: nothingYet,
    };
    this.#jobs.set(gbId, job);
    job.stopSilence = clock.after(limits.catalogFirstPartMs, () => {
      this.#fail(gbId, job, new GbFailure('timeout', 'no part of the catalogue came'));
    });
    job.stopTotal = clock.after(limits.catalogTotalMs, () => {
      this.#finish(gbId, job, 'incomplete');
    });
    return job;
  }

  /** Vendor: some give one ID to several channels; the first is the one that is shown (Q33). */
  #onRepeated({ repeated }: Job, channelId: string): void {
    repeated.add(channelId);
    this.#deps.metrics.catalogItemsRepeated.value += 1;
  }

  #finish(gbId: string, job: Job, result: 'complete' | 'incomplete' | 'too-many'): void {
    this.#end(gbId, job, result);
    if (job.repeated.size > 0) {
      const channelIds = [...job.repeated].slice(0, MAX_NAMED);
      const { size } = job.repeated;
      this.#deps.logger.warn({ deviceId: gbId, ids: size, channelIds }, 'channels of a device share an ID');
    }
    const items = [...job.items.values()];
    job.resolve({ items, announced: job.announced ?? job.received, complete: result === 'complete' });
  }

  #fail(gbId: string, job: Job, failure: GbFailure): void {
    if (this.#jobs.get(gbId) !== job) return;
    this.#end(gbId, job, failure.reason);
    job.reject(failure);
  }

  #end(gbId: string, job: Job, result: string): void {
    job.stopSilence();
    job.stopTotal();
    this.#jobs.delete(gbId);
    this.#deps.metrics.catalogs.of(result).value += 1;
  }
}
