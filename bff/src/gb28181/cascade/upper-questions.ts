import type { Clock } from '../../kernel/index.ts';
import type { ManscdpDocument } from '../manscdp/document.ts';
import type { AnswerParts } from './answer-lane.ts';
import type { CommandRelay } from './command-relay.ts';
import { pagesOf } from './part-pages.ts';
import type { CascadeService, SharedItem, UpperPlatform } from './types.ts';
import { catalogPartBody, deviceInfoBody, deviceStatusBody, itemNodes, resultBody } from './upper-bodies.ts';
import type { UpperMovements } from './upper-movements.ts';
import { isAnswered, mayOrder } from './upper-policy.ts';

interface Deps {
  readonly clock: Clock;
  readonly relay: CommandRelay;
  readonly movements: UpperMovements;
}

/** What an upper platform's body comes to: the SIP status, and what is done once it was sent. */
export interface Verdict {
  readonly status: number;
  readonly then?: () => void;
}

/** Answers Query and Control of upper platforms (GB/T 28181-2016 §9.3, §9.5): from memory, or by asking the device. */
export class UpperQuestions {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** `answer` takes the bodies of the answer; false = there is no room for it. */
  judge(
    upper: UpperPlatform,
    document: ManscdpDocument,
    service: CascadeService,
    answer: (parts: AnswerParts) => boolean,
  ): Verdict {
    const { root, cmdType, deviceId = '' } = document;
    if (root === 'Query' && cmdType === 'Catalog') return this.#catalog(upper, document, service, answer);
    if (root === 'Query' && deviceId === upper.localGbId)
      return this.#ofOurs(upper, document, service, answer);
    if (root === 'Query' && (cmdType === 'DeviceInfo' || cmdType === 'DeviceStatus')) {
      const item = service.item(upper.key, deviceId);
      if (item === undefined) return { status: 404 };
      return { status: 200, then: () => answer([this.#ofItem(upper, document, item)]) };
    }
    if (root === 'Notify' && cmdType === 'Broadcast') {
      // Voice from above has no way to a device yet; the standard's answer says so (annex A.2.6 m).
      return { status: 200, then: () => answer([resultBody(upper.gbVersion, headOf(document), 'ERROR')]) };
    }
    if (root === 'Query' || root === 'Control') return this.#passOn(upper, document, service, answer);
    return { status: 200 };
  }

  #catalog(
    upper: UpperPlatform,
    document: ManscdpDocument,
    service: CascadeService,
    answer: (parts: AnswerParts) => boolean,
  ): Verdict {
    const { sn = 0, deviceId = upper.localGbId } = document;
    const items = service.catalog(upper.key, deviceId);
    if (items === undefined) return { status: 404 };
    return {
      status: 200,
      then: () => answer(catalogParts(upper, { sn, deviceId }, items)),
    };
  }

  /** A question about this platform. */
  #ofOurs(
    upper: UpperPlatform,
    document: ManscdpDocument,
    service: CascadeService,
    answer: (parts: AnswerParts) => boolean,
  ): Verdict {
    const head = headOf(document);
    const { gbVersion } = upper;
    const { clock } = this.#deps;
    const body = (): Uint8Array => {
      switch (document.cmdType) {
        case 'DeviceInfo':
          return deviceInfoBody(gbVersion, head, service.about(upper.key));
        case 'DeviceStatus':
          return deviceStatusBody(gbVersion, head, { online: true, nowMs: clock.nowMs() });
        default:
          return resultBody(gbVersion, head, 'ERROR');
      }
    };
    return { status: 200, then: () => answer([body()]) };
  }

  #ofItem(upper: UpperPlatform, document: ManscdpDocument, item: SharedItem): Uint8Array {
    const { gbVersion } = upper;
    const head = headOf(document);
    if (document.cmdType === 'DeviceStatus')
      return deviceStatusBody(gbVersion, head, { online: item.online, nowMs: this.#deps.clock.nowMs() });
    const { name, manufacturer, model } = item;
    return deviceInfoBody(gbVersion, head, { name, manufacturer, model, firmware: undefined, channels: 1 });
  }

  #passOn(
    upper: UpperPlatform,
    document: ManscdpDocument,
    service: CascadeService,
    answer: (parts: AnswerParts) => boolean,
  ): Verdict {
    const { relay, movements } = this.#deps;
    const { root, deviceId = '', element } = document;
    const channel = service.find(upper.key, deviceId);
    if (channel === undefined) return { status: 404 };
    if (root === 'Control' && !mayOrder(upper.control, document)) return { status: 403 };
    if (isAnswered(document) && !relay.hasRoom(upper.key)) return { status: 486 };
    const ptzCmd = root === 'Control' ? element.textOf('PTZCmd') : undefined;
    if (ptzCmd !== undefined) movements.note(upper.key, deviceId, channel, ptzCmd);
    return {
      status: 200,
      then: () => {
        void relay.pass(upper, document, channel, answer);
      },
    };
  }
}

function headOf({ cmdType, sn = 0, deviceId = '' }: ManscdpDocument): {
  readonly cmdType: string;
  readonly sn: number;
  readonly deviceId: string;
} {
  return { cmdType, sn, deviceId };
}

/** The parts of a catalogue; SumNum is the same in each, 0 stands alone (annexes M, N). */
function* catalogParts(
  upper: UpperPlatform,
  { sn, deviceId }: { readonly sn: number; readonly deviceId: string },
  items: readonly SharedItem[],
): Generator<Uint8Array> {
  const head = { cmdType: 'Catalog', sn, deviceId };
  const total = items.length;
  if (total === 0) yield catalogPartBody('Response', upper.gbVersion, head, { total, items: [] });
  for (const page of pagesOf(items, upper.transport, (item) => itemNodes(item, upper.gbVersion)))
    yield catalogPartBody('Response', upper.gbVersion, head, { total, items: page });
}
