import type {
  AnsweredList,
  CruiseTrack,
  CruiseTrackHead,
  DeviceStatusAnswer,
  HomePosition,
  Preset,
  PtzPosition,
  SdCard,
} from '@yimu/shared';
import type { Capability, PlatformFloor } from '../capability.ts';
import { type DeviceInfoAnswer, readDeviceInfo } from '../manscdp/device-info.ts';
import { readDeviceStatus } from '../manscdp/device-status.ts';
import type { ManscdpDocument } from '../manscdp/document.ts';
import {
  type CruiseTrackPart,
  readCruiseTrack,
  readCruiseTracks,
  readHomePosition,
  readPtzPosition,
} from '../manscdp/dome-answers.ts';
import { type ListPart, readPresets } from '../manscdp/presets.ts';
import { readSdCards } from '../manscdp/sd-cards.ts';
import { Question, type QuestionForm } from './question.ts';
import type { DeviceQueries } from './types.ts';

/** Asks devices about themselves and their cameras. */
export class DeviceQuestions implements DeviceQueries, Capability {
  readonly #info: Question<DeviceInfoAnswer, DeviceInfoAnswer>;
  readonly #status: Question<DeviceStatusAnswer, DeviceStatusAnswer>;
  readonly #presets: Question<ListPart<Preset>, AnsweredList<Preset>>;
  readonly #homePosition: Question<HomePosition, HomePosition>;
  readonly #tracks: Question<ListPart<CruiseTrackHead>, AnsweredList<CruiseTrackHead>>;
  readonly #track: Question<CruiseTrackPart, CruiseTrack>;
  readonly #position: Question<PtzPosition, PtzPosition>;
  readonly #cards: Question<ListPart<SdCard>, AnsweredList<SdCard>>;
  readonly #all: readonly Pick<Question<unknown, unknown>, 'waiting' | 'abandon' | 'close'>[];

  constructor(floor: PlatformFloor) {
    this.#info = new Question(floor, {
      ...inOne('DeviceInfo', 'what it is', readDeviceInfo),
      dataWins: true,
    });
    this.#status = new Question(floor, inOne('DeviceStatus', 'how it is', readDeviceStatus));
    this.#presets = new Question(
      floor,
      listed('PresetQuery', 'its presets', readPresets, ({ index }) => index),
    );
    this.#homePosition = new Question(floor, {
      ...inOne('HomePositionQuery', 'its home position', readHomePosition),
      // Vendor: Dahua answers under the name of the control.
      aliases: ['HomePosition'],
    });
    this.#tracks = new Question(
      floor,
      listed('CruiseTrackListQuery', 'its cruise tracks', readCruiseTracks, ({ number }) => number),
    );
    this.#track = new Question(floor, {
      cmdType: 'CruiseTrackQuery',
      what: 'a cruise track',
      read: readCruiseTrack,
      isWhole: isWholeList,
      join: joinTrack,
    });
    this.#position = new Question(floor, inOne('PTZPosition', 'where it looks', readPtzPosition));
    this.#cards = new Question(
      floor,
      listed('SDCardStatus', 'its memory cards', readSdCards, ({ id }) => id),
    );
    this.#all = [
      this.#info,
      this.#status,
      this.#presets,
      this.#homePosition,
      this.#tracks,
      this.#track,
      this.#position,
      this.#cards,
    ];
  }

  get waiting(): number {
    return this.#all.reduce((sum, { waiting }) => sum + waiting, 0);
  }

  async deviceInfo(gbId: string): Promise<DeviceInfoAnswer> {
    return await this.#info.ask({ gbId, targetGbId: gbId });
  }

  async deviceStatus(gbId: string): Promise<DeviceStatusAnswer> {
    return await this.#status.ask({ gbId, targetGbId: gbId });
  }

  async presets(gbId: string, channelGbId: string): Promise<AnsweredList<Preset>> {
    return await this.#presets.ask({ gbId, targetGbId: channelGbId });
  }

  async homePosition(gbId: string, channelGbId: string): Promise<HomePosition> {
    return await this.#homePosition.ask({ gbId, targetGbId: channelGbId });
  }

  async cruiseTracks(gbId: string, channelGbId: string): Promise<AnsweredList<CruiseTrackHead>> {
    return await this.#tracks.ask({ gbId, targetGbId: channelGbId });
  }

  async cruiseTrack(gbId: string, channelGbId: string, number: number): Promise<CruiseTrack> {
    const text = String(number);
    const track = await this.#track.ask({
      gbId,
      targetGbId: channelGbId,
      fields: [['Number', text]],
      key: text,
    });
    return track.number === number ? track : { ...track, number };
  }

  async ptzPosition(gbId: string, channelGbId: string): Promise<PtzPosition> {
    return await this.#position.ask({ gbId, targetGbId: channelGbId });
  }

  async sdCards(gbId: string, targetGbId: string): Promise<AnsweredList<SdCard>> {
    return await this.#cards.ask({ gbId, targetGbId });
  }

  abandon(gbId: string): void {
    for (const question of this.#all) question.abandon(gbId);
  }

  close(): void {
    for (const question of this.#all) question.close();
  }
}

/** An answer that is one message. */
function inOne<Answer>(
  cmdType: string,
  what: string,
  read: (document: ManscdpDocument) => Answer | undefined,
): QuestionForm<Answer, Answer> {
  return {
    cmdType,
    what,
    read,
    isWhole: () => true,
    join: (parts) => {
      const [answer] = parts;
      if (answer === undefined) throw new Error('an answer without parts');
      return answer;
    },
  };
}

/** A list that may come in parts; an item that comes twice counts once, as it came last. */
function listed<Item>(
  cmdType: string,
  what: string,
  read: (document: ManscdpDocument) => ListPart<Item> | undefined,
  idOf: (item: Item) => number,
): QuestionForm<ListPart<Item>, AnsweredList<Item>> {
  return {
    cmdType,
    what,
    read,
    isWhole: isWholeList,
    join: (parts, complete) => {
      const items = new Map<number, Item>();
      for (const part of parts) for (const item of part.items) items.set(idOf(item), item);
      return { items: [...items.values()], complete };
    },
  };
}

/** All that was announced is there. Without announcement, as in 2016, one message is the list. */
function isWholeList(parts: readonly ListPart<unknown>[]): boolean {
  const announced = parts.findLast((part) => part.announced !== undefined)?.announced;
  const received = parts.reduce((sum, part) => sum + part.received, 0);
  return announced === undefined || received >= announced;
}

function joinTrack(parts: readonly CruiseTrackPart[], complete: boolean): CruiseTrack {
  return {
    number: parts.find((part) => part.number !== undefined)?.number ?? 0,
    name: parts.find((part) => part.name !== undefined)?.name,
    points: parts.flatMap(({ items }) => items),
    complete,
  };
}
