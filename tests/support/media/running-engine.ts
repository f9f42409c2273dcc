import { createEmbeddedMedia, type EmbeddedMedia } from '../../../bff/src/adapters/media/index.ts';
import type { MediaTransport, ViewerDecision, ViewerRequest } from '../../../bff/src/core/index.ts';
import { Instruments, type Logger, silentLogger, SystemClock } from '../../../bff/src/kernel/index.ts';
import { until } from '../until.ts';
import { FlvClient } from './flv-client.ts';

/** SSRC of every session that {@link RunningEngine.open} opens. */
export const ENGINE_SSRC = 0x0102_0304;

/** The embedded engine in its thread, over real sockets, with what the core would hear. */
export class RunningEngine {
  readonly media: EmbeddedMedia;
  readonly events: string[] = [];
  readonly questions: ViewerRequest[] = [];
  readonly #instruments = new Instruments();
  readonly #clients: FlvClient[] = [];
  /** The answer to every viewer: the stream that its name ends with. */
  decide: (request: ViewerRequest) => Promise<ViewerDecision> = ({ publicName, query }) =>
    Promise.resolve({ allow: true, sessionId: publicName.split('/').at(-1) ?? '', tag: query });

  private constructor(options: Partial<Parameters<typeof createEmbeddedMedia>[0]>, logger: Logger) {
    this.media = createEmbeddedMedia({
      clock: new SystemClock(),
      logger,
      instruments: this.#instruments,
      rtpPorts: { from: 0, to: 0 },
      rtpHost: '127.0.0.1',
      flvPort: 0,
      flvHost: '127.0.0.1',
      publicUrl: undefined,
      ...options,
    });
    this.media.authoriseViewers((request) => {
      this.questions.push(request);
      return this.decide(request);
    });
    this.media.on('sourceUp', (id, { video, audio }) =>
      this.events.push(`up ${id} ${String(video)} ${String(audio)}`),
    );
    this.media.on('sourceLost', (id, why) => this.events.push(`lost ${id} ${why}`));
    this.media.on('viewerJoined', (id, tag) => this.events.push(`joined ${id} ${tag}`));
    this.media.on('viewerLeft', (id, tag) => this.events.push(`left ${id} ${tag}`));
  }

  static async start(
    options: Partial<Parameters<typeof createEmbeddedMedia>[0]> = {},
    logger: Logger = silentLogger,
  ): Promise<RunningEngine> {
    const engine = new RunningEngine(options, logger);
    await engine.media.start();
    return engine;
  }

  /** Opens a session; resolves with the port for the camera. */
  async open(
    sessionId: string,
    transport: MediaTransport = 'udp',
    { firstPacketTimeoutMs = 10_000, silenceTimeoutMs = 10_000 } = {},
  ): Promise<number> {
    const { port } = await this.media.openRtp({
      sessionId,
      transport,
      ssrc: ENGINE_SSRC,
      firstPacketTimeoutMs,
      silenceTimeoutMs,
    });
    return port;
  }

  url(sessionId: string, tag = 'grant'): string {
    return `http://127.0.0.1:${String(this.media.delivery.flvPort)}/live/${sessionId}.flv?${tag}`;
  }

  watch(sessionId: string, { tag = 'grant', over = 'http' } = {}): FlvClient {
    const url = this.url(sessionId, tag);
    const client = over === 'http' ? FlvClient.http(url) : FlvClient.webSocket(url.replace('http', 'ws'));
    this.#clients.push(client);
    return client;
  }

  metric(name: string): number {
    return this.#instruments.read().find((reading) => reading.name === name)?.samples[0]?.value ?? Number.NaN;
  }

  async untilEvent(event: string, timeoutMs = 10_000): Promise<void> {
    try {
      await until(event, () => this.events.includes(event), timeoutMs);
    } catch (error) {
      throw new Error(`${String(error)}; there was: ${this.events.join(', ')}`, { cause: error });
    }
  }

  async untilMetric(name: string, value: number, timeoutMs = 5_000): Promise<void> {
    await until(`${name} = ${String(value)}`, () => this.metric(name) === value, timeoutMs);
  }

  /** Waits until nobody watches or waits. */
  async untilNobodyWatches(): Promise<void> {
    const count = (what: string): number => this.events.filter((event) => event.startsWith(what)).length;
    await until('everybody has left', () => count('joined') === count('left'), 5_000);
    for (const name of ['yimu_viewers', 'yimu_viewers_waiting']) await this.untilMetric(name, 0);
  }

  /** Waits until no port is lent either. */
  async untilIdle(): Promise<void> {
    await this.untilNobodyWatches();
    await this.untilMetric('yimu_rtp_ports_in_use', 0);
  }

  async stop(): Promise<void> {
    for (const client of this.#clients.splice(0)) client.close();
    await this.media.shutdown();
  }
}
