import type { Capability, PlatformFloor } from '../capability.ts';
import type { InboundMessage } from '../inbound/inbound-routes.ts';
import { learning } from '../learned.ts';
import { writeBody } from '../manscdp/body-writer.ts';
import { writeGbTime } from '../manscdp/gb-time.ts';
import { type RecordItem, readRecordPart } from '../manscdp/record-info.ts';
import type { DeviceEntry } from '../registrar/device-entry.ts';
import { GbFailure } from '../types.ts';
import { keyOf, RecordJob } from './record-job.ts';
import { type RecordWindow, windowsOf } from './record-window.ts';
import type { GbRecords, RecordAnswer, RecordOrder } from './types.ts';

/** Questions to one device at a time; more are refused. */
const MAX_PER_DEVICE = 16;
/** Days in a row that nobody answers: the rest would not be answered either. */
const MAX_SILENT_DAYS = 2;

/** Asks devices what they have recorded, and gathers the parts of the answers (GB/T 28181-2016 §9.7, annex N). */
export class RecordQueries implements Capability, GbRecords {
  readonly #floor: PlatformFloor;
  /** By device, then by SN. */
  readonly #jobs = new Map<string, Map<number, RecordJob>>();
  /** Equal questions that run at one time are one. */
  readonly #running = new Map<string, Promise<RecordAnswer>>();

  constructor(floor: PlatformFloor) {
    this.#floor = floor;
    floor.inbound.on('Response', 'RecordInfo', (message) => {
      this.#onMessage(message);
    });
  }

  get waiting(): number {
    let waiting = 0;
    for (const jobs of this.#jobs.values()) waiting += jobs.size;
    return waiting;
  }

  async query(order: RecordOrder): Promise<RecordAnswer> {
    const { deviceGbId, channelGbId, beginMs, endMs, kind } = order;
    const key = [deviceGbId, channelGbId, beginMs, endMs, kind].join(' ');
    const running = this.#running.get(key);
    if (running !== undefined) return await running;
    const entry = this.#floor.entryOf(deviceGbId);
    const windows = windowsOf(beginMs, endMs, entry.profile.utcOffsetMin);
    if (windows.length > this.#floor.limits.maxRecordDays)
      throw new GbFailure('exhausted', 'the period is too long');
    const command = { gbId: deviceGbId, command: 'RecordInfo', targetGbId: channelGbId };
    const answer = learning(this.#floor, command, this.#queryAll(order, windows));
    this.#running.set(key, answer);
    try {
      return await answer;
    } finally {
      this.#running.delete(key);
    }
  }

  abandon(gbId: string): void {
    for (const job of [...(this.#jobs.get(gbId)?.values() ?? [])])
      job.fail(new GbFailure('not-registered', 'the device went offline'));
  }

  close(): void {
    for (const gbId of [...this.#jobs.keys()]) this.abandon(gbId);
  }

  /** Day by day; a day that is not answered leaves a hole, but not before another one was answered. */
  async #queryAll(order: RecordOrder, windows: readonly RecordWindow[]): Promise<RecordAnswer> {
    const items = new Map<string, RecordItem>();
    let complete = true;
    let answered = 0;
    let silent = 0;
    for (const window of windows) {
      try {
        const part = await this.#queryWindow(order, window);
        for (const item of part.items) if (isWanted(item, order)) items.set(keyOf(item), item);
        complete &&= part.complete;
        answered += 1;
        silent = 0;
      } catch (error) {
        if (answered === 0 || !(error instanceof GbFailure) || error.reason === 'not-registered') throw error;
        complete = false;
        silent += 1;
      }
      if (silent >= MAX_SILENT_DAYS) break;
      if (items.size >= this.#floor.limits.maxRecordItems) return { items: sorted(items), complete: false };
    }
    return { items: sorted(items), complete };
  }

  async #queryWindow(order: RecordOrder, window: RecordWindow): Promise<RecordAnswer> {
    // Asked for anew each day: it may have registered again meanwhile.
    const entry = this.#floor.entryOf(order.deviceGbId);
    const job = this.#start(entry, order.channelGbId);
    // Vendor: Dahua's recorders answer nothing without Type.
    const body = writeBody('Query', entry, [
      ['CmdType', 'RecordInfo'],
      ['SN', String(job.sn)],
      ['DeviceID', order.channelGbId],
      ['StartTime', writeGbTime(window.beginMs, entry.profile.utcOffsetMin)],
      ['EndTime', writeGbTime(window.endMs, entry.profile.utcOffsetMin)],
      ['Secrecy', '0'],
      ['Type', order.kind],
    ]);
    this.#floor.sender.send(entry, { targetGbId: entry.gbId, body }).catch((error: unknown) => {
      // Once a part has come, the query was heard, whatever became of its SIP answer.
      if (!job.begun && error instanceof GbFailure) job.fail(error);
    });
    return await job.answer;
  }

  #start({ gbId }: DeviceEntry, channelId: string): RecordJob {
    const { clock, limits, sender, metrics } = this.#floor;
    const ofDevice = this.#jobs.get(gbId) ?? new Map<number, RecordJob>();
    if (ofDevice.size >= MAX_PER_DEVICE)
      throw new GbFailure('busy', 'too many questions wait for this device');
    const sn = sender.nextSn();
    const job = new RecordJob({
      ...{ sn, channelId, clock, limits },
      onEnd: (how) => {
        metrics.recordQueries.of(how).value += 1;
        ofDevice.delete(sn);
        if (ofDevice.size === 0) this.#jobs.delete(gbId);
      },
    });
    this.#jobs.set(gbId, ofDevice.set(sn, job));
    return job;
  }

  #onMessage({ sender, document, incoming }: InboundMessage): void {
    const job = document.sn === undefined ? undefined : this.#jobs.get(sender.gbId)?.get(document.sn);
    if (job === undefined) {
      this.#floor.metrics.recordQueries.of('unasked').value += 1;
      return;
    }
    const part = readRecordPart(document, {
      maxItems: this.#floor.limits.maxRecordItems,
      utcOffsetMin: sender.profile.utcOffsetMin,
      channelId: job.channelId,
    });
    // A day of alarms, a file in each datagram, comes faster than strangers may speak.
    if (job.onPart(part, incoming.request.body)) this.#floor.sip.credit(incoming.flow);
  }
}

/** Vendor: some answer with all that they have, whatever kind and time were asked for. */
function isWanted(item: RecordItem, { beginMs, endMs, kind }: RecordOrder): boolean {
  if (item.endMs <= beginMs || item.beginMs >= endMs) return false;
  return kind === 'all' || item.kind === 'unknown' || item.kind === kind;
}

function sorted(items: ReadonlyMap<string, RecordItem>): readonly RecordItem[] {
  return [...items.values()].sort((a, b) => a.beginMs - b.beginMs || a.endMs - b.endMs);
}
