import { get } from 'node:http';
import { EzvizClient } from '../ezviz-client.ts';
import type { ServerProcess } from '../server-process.ts';

/** Asks for pictures of ever other cameras: each viewer makes the server invite one. */
export class InviteLoad {
  readonly #client: EzvizClient;
  readonly #serials: readonly string[];
  readonly #timer: NodeJS.Timeout;
  #next = 0;
  #failed = 0;

  private constructor(client: EzvizClient, serials: readonly string[], perMinute: number) {
    this.#client = client;
    this.#serials = serials;
    this.#timer = setInterval(() => {
      void this.#watch();
    }, 60_000 / perMinute);
  }

  static async start(
    server: ServerProcess,
    serials: readonly string[],
    perMinute: number,
  ): Promise<InviteLoad> {
    const { accessToken } = (await server.operator('POST', '/tokens')) as { readonly accessToken: string };
    return new InviteLoad(new EzvizClient(server.control.url, accessToken), serials, perMinute);
  }

  /** Viewers that were asked for, and those that could not even ask. */
  get totals(): { readonly asked: number; readonly failed: number } {
    return { asked: this.#next, failed: this.#failed };
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #watch(): Promise<void> {
    const deviceSerial = this.#serials[this.#next % this.#serials.length] ?? '';
    this.#next += 1;
    try {
      const { url } = await this.#client.liveUrl({ deviceSerial, channelNo: 1 });
      // The camera says yes and sends nothing: the server gives up after a while and says why.
      get(url, { agent: false }, (response) => response.resume()).on('error', () => undefined);
    } catch {
      this.#failed += 1;
    }
  }
}
