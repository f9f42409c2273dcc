import type { Dialog, IncomingRequest } from '../../sip/index.ts';
import { MANSCDP_TYPE } from '../manscdp/bodies.ts';
import { GbFailure } from '../types.ts';
import { readMansrtspOrder } from './mansrtsp-order.ts';
import type { UpperMedia } from './types.ts';
import { mediaOverBody } from './upper-bodies.ts';

interface CallOptions {
  readonly upperKey: number;
  readonly gbId: string;
  readonly edition: '2.0' | '3.0';
  readonly media: UpperMedia;
  readonly dialog: Dialog;
  readonly nextSn: () => number;
  readonly onGone: (call: UpperCall, by: 'upper' | 'media' | 'local') => void;
  /** In-dialog requests that are none of the call's own. */
  readonly onOther: (incoming: IncomingRequest) => void;
}

/** One session that an upper platform watches: its dialog above, the media below; either end ends the other. */
export class UpperCall {
  readonly upperKey: number;
  /** The channel's ID there. */
  readonly gbId: string;
  readonly callId: string;
  readonly #options: CallOptions;
  #endedBy: 'upper' | 'media' | 'local' | undefined;

  constructor(options: CallOptions) {
    const { dialog, media } = options;
    this.#options = options;
    this.upperKey = options.upperKey;
    this.gbId = options.gbId;
    this.callId = dialog.callId;
    dialog.onRequest((incoming) => {
      if (incoming.request.method === 'INFO') void this.#onInfo(incoming);
      else if (incoming.request.method === 'INVITE') incoming.reply(488);
      else options.onOther(incoming);
    });
    dialog.onEnded((by) => {
      void this.#end(by === 'local' ? 'local' : 'upper');
    });
    media.onEnded((why) => {
      void this.#onMediaEnded(why);
    });
  }

  async close(): Promise<void> {
    await this.#end('local');
  }

  /** The standard's last word on a recording, then BYE (annex A.2.5 e). */
  async #onMediaEnded(why: 'over' | 'lost'): Promise<void> {
    const { dialog, edition, gbId, nextSn } = this.#options;
    if (why === 'over' && !dialog.ended) {
      const body = mediaOverBody(edition, nextSn(), gbId);
      const options = { body, contentType: MANSCDP_TYPE, timeoutMs: 5_000 };
      await dialog.request('MESSAGE', options).catch(() => undefined);
    }
    await this.#end('media');
  }

  /** What is asked of a recording is asked of the device (annex B); its consent is ours. */
  async #onInfo(incoming: IncomingRequest): Promise<void> {
    const order = readMansrtspOrder(incoming.request.body);
    if (order === undefined) {
      incoming.reply(400);
      return;
    }
    if (order.do === 'teardown') {
      incoming.reply(200);
      await this.#end('upper');
      return;
    }
    try {
      await this.#options.media.control(order);
      incoming.reply(200);
    } catch (error) {
      incoming.reply((error instanceof GbFailure ? error.status : undefined) ?? 500);
    }
  }

  async #end(by: 'upper' | 'media' | 'local'): Promise<void> {
    if (this.#endedBy !== undefined) return;
    this.#endedBy = by;
    const { dialog, media, onGone } = this.#options;
    await Promise.all([dialog.bye(), media.close()]);
    onGone(this, by);
  }
}
