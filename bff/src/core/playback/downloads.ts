import type { Instruments, RandomSource } from '../../kernel/index.ts';
import type { Camera } from '../devices/device.ts';
import type { DownloadFiles } from '../ports/download-files.ts';
import type { RecordingKind } from '../ports/signalling.ts';
import { type Records, requirePeriod } from '../records/records.ts';
import { refuse } from '../refuse.ts';
import { Download, type DownloadView } from './download.ts';
import type { DownloadSettings } from './download-settings.ts';
import type { HistoryDeps } from './history-run.ts';

const ID_BYTES = 8;

export interface DownloadOrder {
  readonly camera: Camera;
  readonly beginMs: number;
  readonly endMs: number;
  readonly kind: RecordingKind;
  /** 0 main stream, 1 sub stream; absent: 0. */
  readonly streamNumber?: 0 | 1 | undefined;
  /** How many times its own pace; 1–16, what the device makes of it shows the progress. */
  readonly speed: number;
}

interface Deps extends HistoryDeps {
  readonly records: Records;
  readonly files: DownloadFiles;
  readonly random: RandomSource;
  readonly instruments: Instruments;
  readonly settings: DownloadSettings;
}

/** Recordings that are brought from devices into files, a few at a time; who waits is served in order. */
export class Downloads {
  readonly #deps: Deps;
  readonly #known = new Map<string, Download>();

  constructor(deps: Deps) {
    this.#deps = deps;
    const count = (state: string): number =>
      [...this.#known.values()].filter((download) => download.view.state === state).length;
    deps.instruments.gauge('yimu_downloads_running', 'downloads of recordings that run', () =>
      count('running'),
    );
    deps.instruments.gauge('yimu_downloads_waiting', 'downloads that wait for others', () =>
      count('waiting'),
    );
    deps.instruments.gauge('yimu_download_bytes', 'bytes of downloaded recordings', () => this.#bytes);
  }

  /** Removes what an earlier run has left. */
  async start(): Promise<void> {
    await this.#deps.files.clear();
  }

  /** Refuses as Records.query, with RECORDING_NOT_FOUND, and with QUOTA_EXCEEDED when too many or too much is there. */
  async order(order: DownloadOrder): Promise<DownloadView> {
    const { camera, beginMs, endMs, kind, streamNumber = 0, speed } = order;
    requirePeriod(beginMs, endMs);
    if (!Number.isInteger(speed) || speed < 1 || speed > 16)
      throw refuse('INVALID_ARGUMENT', { field: 'speed' });
    this.#requireRoom();
    const { segments } = await this.#deps.records.query({ camera, beginMs, endMs, kind });
    if (segments.length === 0) throw refuse('RECORDING_NOT_FOUND');
    this.#requireRoom();
    const download = new Download(
      {
        id: this.#deps.random.hex(ID_BYTES),
        ...{ camera, segments, kind, streamNumber, speed },
        onOver: () => {
          this.#startNext();
        },
      },
      this.#deps,
    );
    this.#known.set(download.view.id, download);
    this.#startNext();
    return download.view;
  }

  list(): readonly DownloadView[] {
    return [...this.#known.values()].map(({ view }) => view);
  }

  /** Refuses with RECORDING_NOT_FOUND. */
  get(id: string): DownloadView {
    return this.#get(id).view;
  }

  /** The file of one that is done. Refuses with RECORDING_NOT_FOUND, and CONFLICT before it is done. */
  async open(id: string): ReturnType<DownloadFiles['open']> {
    const { state } = this.get(id);
    if (state !== 'done' && state !== 'partial') throw refuse('CONFLICT', { state });
    return await this.#deps.files.open(id);
  }

  /** Cancels one that waits or runs, and removes the file. Refuses with RECORDING_NOT_FOUND. */
  async remove(id: string): Promise<void> {
    const download = this.#get(id);
    await download.cancel();
    this.#known.delete(id);
    await this.#deps.files.remove(id);
    this.#startNext();
  }

  /** Looks at the progress, the quota and the age of files; called each second. */
  async tick(): Promise<void> {
    const running = [...this.#known.values()].filter(({ view }) => view.state === 'running');
    if (running.length > 0) {
      const stats = await this.#deps.media.stats().catch(() => []);
      for (const download of running) download.look(stats);
      if (this.#bytes > this.#deps.settings.maxBytes)
        running.at(-1)?.fail(refuse('QUOTA_EXCEEDED', { what: 'download bytes' }));
    }
    const now = this.#deps.clock.nowMs();
    for (const { view } of [...this.#known.values()])
      if (view.finishedAtMs !== undefined && now - view.finishedAtMs > this.#deps.settings.keepMs)
        await this.remove(view.id);
  }

  async stop(): Promise<void> {
    const all = [...this.#known.values()];
    this.#known.clear();
    await Promise.all(all.map((download) => download.cancel()));
  }

  get #bytes(): number {
    return [...this.#known.values()].reduce((sum, { view }) => sum + view.bytes, 0);
  }

  #get(id: string): Download {
    const download = this.#known.get(id);
    if (download === undefined) throw refuse('RECORDING_NOT_FOUND');
    return download;
  }

  #requireRoom(): void {
    const { maxKnown, maxBytes } = this.#deps.settings;
    if (this.#known.size >= maxKnown) throw refuse('QUOTA_EXCEEDED', { what: 'downloads' });
    if (this.#bytes >= maxBytes) throw refuse('QUOTA_EXCEEDED', { what: 'download bytes' });
  }

  #startNext(): void {
    const all = [...this.#known.values()];
    const running = all.filter(({ view }) => view.state === 'running');
    const devices = new Set(running.map(({ deviceGbId }) => deviceGbId));
    let free = this.#deps.settings.maxRunning - running.length;
    for (const download of all) {
      if (free <= 0) return;
      if (download.view.state !== 'waiting' || devices.has(download.deviceGbId)) continue;
      devices.add(download.deviceGbId);
      free -= 1;
      void download.start();
    }
  }
}
