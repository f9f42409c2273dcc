import type {
  CameraCommand,
  ControlResult,
  DeviceCommand,
  FirmwareOrder,
  FirmwareResult,
  FrontEndCommand,
} from '@yimu/shared';
import type { Capability, PlatformFloor } from '../capability.ts';
import { QueryBook } from '../commands/query-book.ts';
import { answerWhenStored, type WaitFor } from '../inbound/answer-when-stored.ts';
import { learning } from '../learned.ts';
import { type BodyNode, writeBody } from '../manscdp/body-writer.ts';
import { readControlAnswer, readUpgradeResult } from '../manscdp/control-answer.ts';
import type { DeviceEntry } from '../registrar/device-entry.ts';
import { type ControlForm, controlForm, frontEndForm, upgradeForm } from './control-body.ts';
import type { GbControl } from './types.ts';

/** Sends DeviceControl, and awaits an answer where the standard has one (GB/T 28181-2016 §9.3, -2022 §9.3). */
export class Control implements Capability, GbControl {
  readonly #floor: PlatformFloor;
  readonly #answers: QueryBook<'OK'>;

  /** `onUpgraded` is told how an upgrade ended, asked for or not. */
  constructor(
    floor: PlatformFloor,
    onUpgraded: (gbId: string, result: FirmwareResult, waitFor: WaitFor) => void,
  ) {
    this.#floor = floor;
    this.#answers = new QueryBook(floor, 'whether it obeyed');
    floor.inbound.on('Response', 'DeviceControl', ({ sender, document }) => {
      this.#answers.onAnswer(sender.gbId, document.sn, readControlAnswer(document));
    });
    floor.inbound.onUnanswered('Notify', 'DeviceUpgradeResult', ({ sender, document, incoming }) => {
      const result = readUpgradeResult(document);
      if (result === undefined) floor.metrics.refusedMessages.of('no-upgrade-result').value += 1;
      answerWhenStored(
        floor.clock,
        (waitFor) => {
          if (result !== undefined) onUpgraded(sender.gbId, result, waitFor);
        },
        () => {
          incoming.reply(200);
        },
      );
    });
  }

  get waiting(): number {
    return this.#answers.size;
  }

  async frontEnd(deviceGbId: string, channelGbId: string, command: FrontEndCommand): Promise<ControlResult> {
    const entry = this.#floor.entryOf(deviceGbId);
    const isStop = command.do === 'cruise-stop' || command.do === 'scan-stop';
    return await this.#obey(entry, channelGbId, frontEndForm(command, entry.gbVersion), isStop);
  }

  async camera(deviceGbId: string, channelGbId: string, command: CameraCommand): Promise<ControlResult> {
    const entry = this.#floor.entryOf(deviceGbId);
    return await this.#obey(entry, channelGbId, controlForm(command, entry.gbVersion));
  }

  async device(deviceGbId: string, command: DeviceCommand): Promise<ControlResult> {
    const entry = this.#floor.entryOf(deviceGbId);
    return await this.#obey(entry, deviceGbId, controlForm(command, entry.gbVersion));
  }

  async upgrade(deviceGbId: string, order: FirmwareOrder, sessionId: string): Promise<void> {
    await this.#obey(this.#floor.entryOf(deviceGbId), deviceGbId, upgradeForm(order, sessionId));
  }

  abandon(gbId: string): void {
    this.#answers.abandon(gbId);
  }

  close(): void {
    this.#answers.close();
  }

  async #obey(
    entry: DeviceEntry,
    targetGbId: string,
    form: ControlForm,
    urgent = false,
  ): Promise<ControlResult> {
    const { gbId } = entry;
    const learned = { gbId, command: `DeviceControl.${form.name}`, targetGbId };
    const body = (sn: number): Uint8Array => this.#body(entry, targetGbId, sn, form.nodes);
    if (!form.answered) {
      const sent = this.#floor.sender.send(entry, {
        targetGbId,
        body: body(this.#floor.sender.nextSn()),
        urgent,
      });
      await learning(this.#floor, learned, sent, 'sent');
      return { outcome: 'sent' };
    }
    // Two orders are two orders, equal or not: nobody joins one that runs.
    const key = String(this.#floor.sender.nextSn());
    await learning(this.#floor, learned, this.#answers.ask(entry, { targetGbId, key, body }));
    return { outcome: 'done' };
  }

  #body(entry: DeviceEntry, targetGbId: string, sn: number, nodes: readonly BodyNode[]): Uint8Array {
    return writeBody('Control', entry, [
      ['CmdType', 'DeviceControl'],
      ['SN', String(sn)],
      ['DeviceID', targetGbId],
      ...nodes,
    ]);
  }
}
