import type { PlatformFloor } from '../capability.ts';
import type { IncomingRequest } from '../../sip/index.ts';
import { GbFailure, type SsrcLease } from '../types.ts';
import type { CascadeService, UpperMedia, UpperPlatform } from './types.ts';
import { UpperCall } from './upper-call.ts';
import { readUpperOffer, upperAnswer, type UpperOffer } from './upper-offer.ts';

/** Sessions that upper platforms watch, of all of them. */
const MAX_CALLS = 4_096;

interface Deps {
  readonly floor: PlatformFloor;
  readonly maxPerUpper: number;
  readonly reserveSsrc: () => SsrcLease;
  readonly service: () => CascadeService | undefined;
  readonly onOther: (incoming: IncomingRequest, upper: UpperPlatform) => void;
  /** By result: `ok`, or the SIP status. */
  readonly count: (result: string) => void;
}

/** An INVITE whose media is being opened. */
interface Opening {
  readonly upperKey: number;
  /** Nobody is registered there any more. */
  isVoid: boolean;
}

/** INVITEs of upper platforms, and the sessions that they become (GB/T 28181-2016 §9.2, §9.8, annex D). */
export class UpperCalls {
  readonly #deps: Deps;
  readonly #calls = new Map<UpperCall, number>();
  readonly #openings = new Set<Opening>();
  /** Those that are being set up included. */
  readonly #perUpper = new Map<number, number>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#calls.size;
  }

  onInvite(incoming: IncomingRequest, upper: UpperPlatform): void {
    void this.#answer(incoming, upper);
  }

  async endOfUpper(upperKey: number): Promise<void> {
    for (const opening of this.#openings) if (opening.upperKey === upperKey) opening.isVoid = true;
    const calls = [...this.#calls.keys()].filter((call) => call.upperKey === upperKey);
    await Promise.all(calls.map((call) => call.close()));
  }

  /** A channel is not shown to it any more. */
  async endOfChannel(upperKey: number, gbId: string): Promise<void> {
    const calls = [...this.#calls.keys()].filter((call) => call.upperKey === upperKey && call.gbId === gbId);
    await Promise.all(calls.map((call) => call.close()));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#calls.keys()].map((call) => call.close()));
  }

  async #answer(incoming: IncomingRequest, upper: UpperPlatform): Promise<void> {
    const refuse = (status: number): void => {
      this.#deps.count(String(status));
      incoming.reply(status);
    };
    const gbId = calledId(incoming);
    const service = this.#deps.service();
    if (service?.find(upper.key, gbId) === undefined) {
      refuse(404);
      return;
    }
    const read = readUpperOffer(incoming.request.body);
    if (!read.ok) {
      refuse(read.status);
      return;
    }
    const held = this.#perUpper.get(upper.key) ?? 0;
    if (held >= this.#deps.maxPerUpper || this.#calls.size >= MAX_CALLS) {
      refuse(486);
      return;
    }
    this.#perUpper.set(upper.key, held + 1);
    const opening: Opening = { upperKey: upper.key, isVoid: false };
    this.#openings.add(opening);
    let lease: SsrcLease | undefined;
    try {
      lease = read.offer.ssrc === undefined ? this.#deps.reserveSsrc() : undefined;
      const media = await this.#open(service, upper, gbId, read.offer, lease);
      if (opening.isVoid || service.find(upper.key, gbId) === undefined) {
        await media.close();
        throw new GbFailure('not-registered', 'it is not shown there any more');
      }
      this.#establish(incoming, { upper, gbId, offer: read.offer, media, lease });
    } catch (error) {
      lease?.release();
      this.#leave(upper.key);
      refuse(statusOf(error));
    } finally {
      this.#openings.delete(opening);
    }
  }

  async #open(
    service: CascadeService,
    upper: UpperPlatform,
    gbId: string,
    offer: UpperOffer,
    lease: SsrcLease | undefined,
  ): Promise<UpperMedia> {
    const { kind, streamNumber, startS, endS, downloadSpeed, transport, address, port, payloadType } = offer;
    const ssrc = offer.ssrc ?? lease?.value ?? 0;
    return await service.openMedia({
      upperKey: upper.key,
      ...{ gbId, kind, streamNumber, startS, endS, downloadSpeed },
      target: { transport, address, port, ssrc, payloadType },
    });
  }

  #establish(
    incoming: IncomingRequest,
    parts: {
      readonly upper: UpperPlatform;
      readonly gbId: string;
      readonly offer: UpperOffer;
      readonly media: UpperMedia;
      readonly lease: SsrcLease | undefined;
    },
  ): void {
    const { upper, gbId, offer, media, lease } = parts;
    const body = upperAnswer(gbId, offer, media, lease?.text ?? offer.y ?? '');
    if (body === undefined) incoming.reply(500);
    else incoming.reply(200, { headers: [{ name: 'Content-Type', value: 'application/sdp' }], body });
    const { dialog } = incoming;
    if (body === undefined || dialog === undefined || dialog.ended) {
      // It was withdrawn meanwhile, and answered 487.
      this.#deps.count('withdrawn');
      lease?.release();
      this.#leave(upper.key);
      void media.close();
      return;
    }
    this.#deps.count('ok');
    const { logger, sender } = this.#deps.floor;
    const call = new UpperCall({
      upperKey: upper.key,
      ...{ gbId, media, dialog },
      edition: upper.gbVersion,
      nextSn: () => sender.nextSn(),
      onGone: (gone, by) => {
        lease?.release();
        if (this.#calls.delete(gone)) this.#leave(upper.key);
        logger.info({ upperId: upper.gbId, channelId: gbId, callId: gone.callId, by }, 'upper session ends');
      },
      onOther: (request) => {
        this.#deps.onOther(request, upper);
      },
    });
    this.#calls.set(call, upper.key);
  }

  #leave(upperKey: number): void {
    const left = (this.#perUpper.get(upperKey) ?? 1) - 1;
    if (left > 0) this.#perUpper.set(upperKey, left);
    else this.#perUpper.delete(upperKey);
  }
}

/** Whom an INVITE is for: by its Request-URI, else by its To, else by its Subject (annex K). */
function calledId({ request }: IncomingRequest): string {
  const ofUri = /^sips?:([^@;]{1,32})@/i.exec(request.requestUri)?.[1];
  const ofTo = request.to?.uri.user;
  const ofSubject = request.header('Subject')?.split(/[:,]/, 1)[0]?.trim();
  return [ofUri, ofTo, ofSubject].find((id) => id !== undefined && /^\d{20}$/.test(id)) ?? '';
}

/** What refuses a session, in SIP's words (§9.2, RFC 3261 §21). */
function statusOf(error: unknown): number {
  if (!(error instanceof GbFailure)) return 500;
  if (error.status !== undefined && error.status >= 400) return error.status;
  switch (error.reason) {
    case 'not-registered':
    case 'transport':
      return 480;
    case 'busy':
    case 'exhausted':
      return 486;
    case 'timeout':
      return 408;
    default:
      return 500;
  }
}
