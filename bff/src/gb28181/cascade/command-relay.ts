import type { Cancel } from '../../kernel/index.ts';
import type { PlatformFloor } from '../capability.ts';
import type { InboundMessage } from '../inbound/inbound-routes.ts';
import { type BodyNode, writeBody } from '../manscdp/body-writer.ts';
import { type ManscdpDocument, wholeNumber } from '../manscdp/document.ts';
import type { XmlElement } from '../manscdp/xml-element.ts';
import { GbFailure } from '../types.ts';
import { copyNodes } from './copy-body.ts';
import { pagesOf } from './part-pages.ts';
import type { SharedChannel, UpperPlatform } from './types.ts';
import { type BodyHead, listNode, resultBody } from './upper-bodies.ts';
import { isAnswered } from './upper-policy.ts';

/** Messages that one answer may come in. */
const MAX_PARTS = 4_096;

interface Pending {
  readonly upper: UpperPlatform;
  readonly channel: SharedChannel;
  readonly head: BodyHead;
  readonly answer: (parts: Iterable<Uint8Array>) => void;
  stop: Cancel;
  parts: number;
  items: number;
}

interface Options {
  readonly maxPerUpper: number;
  readonly timeoutMs: number;
}

/**
 * Passes questions and orders of upper platforms on to the device behind a shared ID, and its answers back: IDs and
 * SNs are replaced, the rest is what it was (annexes K, M). Whatever a device understands, the upper platform can say.
 */
export class CommandRelay {
  readonly #floor: PlatformFloor;
  readonly #options: Options;
  /** By device and the SN under which it was asked. */
  readonly #pending = new Map<string, Pending>();
  readonly #perUpper = new Map<number, number>();

  constructor(floor: PlatformFloor, options: Options) {
    this.#floor = floor;
    this.#options = options;
    floor.inbound.onAnswer((message) => this.#onAnswer(message));
  }

  /** Answers of devices that are awaited. */
  get size(): number {
    return this.#pending.size;
  }

  /** Whether another one may be passed on. */
  hasRoom(upperKey: number): boolean {
    return (this.#perUpper.get(upperKey) ?? 0) < this.#options.maxPerUpper;
  }

  /** `answer` takes the bodies that come back; without a device the upper platform is told ERROR. Never rejects. */
  async pass(
    upper: UpperPlatform,
    document: ManscdpDocument,
    channel: SharedChannel,
    answer: Pending['answer'],
  ): Promise<void> {
    const { sender, entryOf, logger } = this.#floor;
    const { cmdType, sn: upperSn = 0, deviceId = '' } = document;
    const head = { cmdType, sn: upperSn, deviceId };
    const awaited = isAnswered(document);
    const sn = sender.nextSn();
    const key = `${channel.deviceGbId} ${String(sn)}`;
    try {
      const entry = entryOf(channel.deviceGbId);
      const body = writeBody(document.root, entry, downwards(document, sn, deviceId, channel));
      if (awaited)
        this.#await(key, { upper, channel, head, answer, stop: () => undefined, parts: 0, items: 0 });
      const urgent = document.element.textOf('PTZCmd') !== undefined;
      await sender.send(entry, { targetGbId: channel.channelGbId, body, urgent });
    } catch (error) {
      const pending = this.#pending.get(key);
      // A part may have come before its query's SIP answer was lost.
      if (pending !== undefined && pending.parts > 0) return;
      this.#end(key);
      const why = error instanceof GbFailure ? error.message : 'it cannot be written';
      logger.info({ upperId: upper.gbId, channelId: channel.channelGbId, cmdType, why }, 'not passed on');
      if (awaited) answer([resultBody(upper.gbVersion, head, 'ERROR')]);
    }
  }

  /** An order of our own, e.g. to stop what the upper platform left moving. */
  async order(channel: SharedChannel, ptzCmd: string): Promise<void> {
    const { sender, entryOf } = this.#floor;
    const entry = entryOf(channel.deviceGbId);
    const body = writeBody('Control', entry, [
      ['CmdType', 'DeviceControl'],
      ['SN', String(sender.nextSn())],
      ['DeviceID', channel.channelGbId],
      ['PTZCmd', ptzCmd],
    ]);
    await sender.send(entry, { targetGbId: channel.channelGbId, body, urgent: true });
  }

  /** Nobody waits any more. */
  endOfUpper(upperKey: number): void {
    for (const [key, { upper }] of [...this.#pending]) if (upper.key === upperKey) this.#end(key);
  }

  /** A device is gone: who asked it is told. */
  endOfDevice(gbId: string): void {
    for (const [key, pending] of [...this.#pending])
      if (pending.channel.deviceGbId === gbId) this.#giveUp(key, pending);
  }

  close(): void {
    for (const key of [...this.#pending.keys()]) this.#end(key);
  }

  #await(key: string, pending: Pending): void {
    const { key: upperKey } = pending.upper;
    this.#pending.set(key, pending);
    this.#perUpper.set(upperKey, (this.#perUpper.get(upperKey) ?? 0) + 1);
    this.#startPatience(key, pending);
  }

  #startPatience(key: string, pending: Pending): void {
    pending.stop();
    pending.stop = this.#floor.clock.after(this.#options.timeoutMs, () => {
      this.#giveUp(key, pending);
    });
  }

  #giveUp(key: string, pending: Pending): void {
    this.#end(key);
    const { answer, upper, head, parts } = pending;
    if (parts === 0) answer([resultBody(upper.gbVersion, head, 'ERROR')]);
  }

  #end(key: string): void {
    const pending = this.#pending.get(key);
    if (pending === undefined) return;
    pending.stop();
    this.#pending.delete(key);
    const left = (this.#perUpper.get(pending.upper.key) ?? 1) - 1;
    if (left > 0) this.#perUpper.set(pending.upper.key, left);
    else this.#perUpper.delete(pending.upper.key);
  }

  /** Takes the answer to what was passed on; false leaves it to others. */
  #onAnswer({ sender, document }: InboundMessage): boolean {
    if (this.#pending.size === 0 || document.sn === undefined) return false;
    const key = `${sender.gbId} ${String(document.sn)}`;
    const pending = this.#pending.get(key);
    if (pending === undefined) return false;
    const list = document.element.children.find(isList);
    pending.parts += 1;
    pending.items += list?.children.length ?? 0;
    const announced = wholeNumber(document.element.textOf('SumNum'));
    const isLast = announced === undefined || pending.items >= announced || pending.parts >= MAX_PARTS;
    if (isLast) this.#end(key);
    else this.#startPatience(key, pending);
    // Written now: the body's octets are the transport's again when this returns.
    pending.answer([...upwards(pending, sender.gbId, document.element, list)]);
    return true;
  }
}

function downwards(
  { element }: ManscdpDocument,
  sn: number,
  fromId: string,
  { channelGbId }: SharedChannel,
): readonly BodyNode[] {
  const nodes = copyNodes(element.children, (id) => (id === fromId ? channelGbId : id));
  return withSn(nodes, sn);
}

/** The parts for the upper platform: long lists are cut anew, for its transport is not the device's. */
function* upwards(
  { upper, channel, head }: Pending,
  deviceGbId: string,
  element: XmlElement,
  list: XmlElement | undefined,
): Generator<Uint8Array> {
  const idOf = (id: string): string => (id === channel.channelGbId || id === deviceGbId ? head.deviceId : id);
  const nodes = withSn(
    copyNodes(
      element.children.filter((child) => child !== list),
      idOf,
    ),
    head.sn,
  );
  const write = (tree: readonly BodyNode[]): Uint8Array => writeBody('Response', upper.gbVersion, tree);
  if (list === undefined) {
    yield write(nodes);
    return;
  }
  const pages = pagesOf(list.children, upper.transport, ({ children }) => copyNodes(children, idOf));
  for (const page of pages) yield write([...nodes, listNode(list.name, page)]);
}

function isList({ name, children }: XmlElement): boolean {
  return name.endsWith('List') && children.length > 0 && children.every((child) => child.name === 'Item');
}

function withSn(nodes: readonly BodyNode[], sn: number): readonly BodyNode[] {
  return nodes.map((node): BodyNode => (node[0] === 'SN' ? ['SN', String(sn)] : node));
}
