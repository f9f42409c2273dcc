import type { IncomingRequest, NotifierSubscription, SipUserAgent } from '../../sip/index.ts';
import { MANSCDP_TYPE } from '../manscdp/bodies.ts';
import { type ManscdpDocument, readManscdp } from '../manscdp/document.ts';
import type { CascadeService, CatalogChange, UpperPlatform } from './types.ts';
import { catalogPartBody, changeNodes, resultBody } from './upper-bodies.ts';
import { pagesOf } from './part-pages.ts';

/** What can be subscribed to (§9.11, annex P). */
type Topic = 'Catalog' | 'Alarm' | 'MobilePosition' | 'PTZPosition';
const TOPICS: readonly string[] = ['Catalog', 'Alarm', 'MobilePosition', 'PTZPosition'] satisfies Topic[];

interface Held {
  readonly upper: UpperPlatform;
  readonly topic: Topic;
  /** The subtree or the channel that it is about. */
  readonly gbId: string;
  readonly subscription: NotifierSubscription;
}

interface Deps {
  readonly sip: SipUserAgent;
  readonly maxPerUpper: number;
  readonly maxExpiresS: number;
  readonly nextSn: () => number;
  readonly service: () => CascadeService | undefined;
  readonly onFailed: () => void;
  /** Changes since the catalogue was asked for that nobody was told. */
  readonly missed: (upper: UpperPlatform) => readonly CatalogChange[];
}

/** Subscriptions of upper platforms, and the NOTIFYs that they get (GB/T 28181-2016 §9.11, annex P; RFC 6665 §4.2). */
export class UpperSubscriptions {
  readonly #deps: Deps;
  readonly #held = new Set<Held>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#held.size;
  }

  /** Whether anybody there is told of changes of the catalogue. */
  hearsOfCatalog(upperKey: number): boolean {
    return this.#of(upperKey).some(({ topic }) => topic === 'Catalog');
  }

  onSubscribe(incoming: IncomingRequest, upper: UpperPlatform): void {
    const read = readManscdp(incoming.request.body);
    if (!read.ok || read.document.root !== 'Query') {
      incoming.reply(400);
      return;
    }
    const { document } = read;
    const { cmdType, deviceId = upper.localGbId } = document;
    if (!TOPICS.includes(cmdType)) {
      incoming.reply(489);
      return;
    }
    if (!this.#isShown(upper, deviceId)) {
      incoming.reply(404);
      return;
    }
    if (this.#of(upper.key).length >= this.#deps.maxPerUpper) {
      incoming.reply(503);
      return;
    }
    this.#accept(incoming, upper, document, deviceId);
  }

  /** To all who subscribed to the topic, or to a subtree in which the ID is. */
  notify(
    upperKey: number,
    topic: Topic,
    isFor: (gbId: string) => boolean,
    bodies: (upper: UpperPlatform) => Iterable<Uint8Array>,
  ): void {
    for (const held of this.#of(upperKey))
      if (held.topic === topic && (held.gbId === held.upper.localGbId || isFor(held.gbId)))
        void this.#send(held, bodies(held.upper));
  }

  /** Ends them with a last NOTIFY, or without a word when it cannot be reached. */
  async endOfUpper(upperKey: number, how: 'farewell' | 'silent'): Promise<void> {
    const all = this.#of(upperKey);
    for (const held of all) this.#held.delete(held);
    if (how === 'silent') return;
    await Promise.all(all.map(({ subscription }) => subscription.terminate('deactivated')));
  }

  #accept(
    incoming: IncomingRequest,
    upper: UpperPlatform,
    { cmdType, sn = 0 }: ManscdpDocument,
    gbId: string,
  ): void {
    const { sip, maxExpiresS } = this.#deps;
    const subscription = sip.acceptSubscription(incoming, {
      maxExpiresS,
      body: resultBody(upper.gbVersion, { cmdType, sn, deviceId: gbId }, 'OK'),
      contentType: MANSCDP_TYPE,
    });
    if (subscription === undefined) return;
    const held: Held = { upper, topic: cmdType as Topic, gbId, subscription };
    this.#held.add(held);
    subscription.onEnded(() => {
      this.#held.delete(held);
    });
    subscription.onRefresh(() => {
      this.#report(held);
    });
    if (subscription.ended) this.#held.delete(held);
    else this.#report(held);
  }

  /** RFC 6665 §4.2.1.2: each SUBSCRIBE is followed by the state: of a catalogue what is away (annex P.2.1.2.1). */
  #report(held: Held): void {
    const { upper, topic, gbId } = held;
    if (topic !== 'Catalog') {
      void this.#send(held, [undefined]);
      return;
    }
    const items = this.#deps.service()?.catalog(upper.key, gbId) ?? [];
    const away: CatalogChange[] = items
      .filter((item) => item.gbId.length === 20 && !item.online)
      .map((item) => ({ event: 'OFF' as const, gbId: item.gbId, item: undefined }));
    const head = { cmdType: 'Catalog', sn: this.#deps.nextSn(), deviceId: upper.localGbId };
    away.push(...this.#deps.missed(upper).filter(({ event }) => event !== 'OFF'));
    if (away.length === 0) {
      void this.#send(held, [catalogPartBody('Notify', upper.gbVersion, head, { total: 0, items: [] })]);
      return;
    }
    void this.#send(held, catalogNotices(upper, head.sn, away));
  }

  /** One after another; a subscription that does not take them is given up by the layer below. */
  async #send({ subscription }: Held, bodies: Iterable<Uint8Array | undefined>): Promise<void> {
    try {
      for (const body of bodies) {
        if (subscription.ended) return;
        await subscription.notify(body === undefined ? {} : { body, contentType: MANSCDP_TYPE });
      }
    } catch {
      this.#deps.onFailed();
    }
  }

  #of(upperKey: number): readonly Held[] {
    return [...this.#held].filter(({ upper }) => upper.key === upperKey);
  }

  #isShown(upper: UpperPlatform, gbId: string): boolean {
    const service = this.#deps.service();
    return (
      gbId === upper.localGbId ||
      service?.find(upper.key, gbId) !== undefined ||
      service?.catalog(upper.key, gbId) !== undefined
    );
  }
}

/** NOTIFY bodies for changes of the catalogue, each short enough for the way to the upper platform. */
export function* catalogNotices(
  upper: UpperPlatform,
  sn: number,
  changes: readonly CatalogChange[],
): Generator<Uint8Array> {
  const head = { cmdType: 'Catalog', sn, deviceId: upper.localGbId };
  for (const items of pagesOf(changes, upper.transport, (change) => changeNodes(change, upper.gbVersion)))
    yield catalogPartBody('Notify', upper.gbVersion, head, { total: changes.length, items });
}
