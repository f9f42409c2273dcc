import { isGbId, type PtzPosition } from '@yimu/shared';
import type { Capability, PlatformFloor } from '../capability.ts';
import { answerWhenStored, type WaitFor } from '../inbound/answer-when-stored.ts';
import type { InboundMessage } from '../inbound/inbound-routes.ts';
import { alarmResponseBody, readAlarm } from '../manscdp/alarm.ts';
import { readCatalogChanges } from '../manscdp/catalog.ts';
import { readPtzPosition } from '../manscdp/dome-answers.ts';
import { readPositions } from '../manscdp/mobile-position.ts';
import { type CatalogChange, GbFailure } from '../types.ts';
import type { AlarmReport, PositionReport } from './types.ts';

/** Who hears of what devices report. */
interface ReportListener {
  readonly onAlarm: (gbId: string, alarm: AlarmReport, waitFor: WaitFor) => void;
  readonly onPositions: (gbId: string, positions: readonly PositionReport[]) => void;
  readonly onVideoOffered: (gbId: string, sourceGbId: string) => void;
  readonly onPtzPosition: (gbId: string, channelGbId: string, position: PtzPosition) => void;
  readonly onCatalogChanged: (gbId: string, changes: readonly CatalogChange[]) => void;
}

/**
 * Takes what devices tell of themselves, by MESSAGE or by NOTIFY (GB/T 28181-2016 §9.4, §9.11): alarms, positions,
 * changes of the catalogue, directions of domes. An alarm is answered once it is stored; one that came by MESSAGE is
 * owed a MESSAGE too.
 */
export class Reports implements Capability {
  readonly #floor: PlatformFloor;
  readonly #listener: ReportListener;

  constructor(floor: PlatformFloor, listener: ReportListener) {
    this.#floor = floor;
    this.#listener = listener;
    const { inbound } = floor;
    inbound.onUnanswered('Notify', 'Alarm', (message) => {
      this.#onAlarm(message);
    });
    inbound.on('Notify', 'MobilePosition', ({ sender, document }) => {
      const positions = readPositions(document, sender.gbId, sender.profile.utcOffsetMin);
      if (positions.length === 0) this.#unusable('no-position');
      else listener.onPositions(sender.gbId, positions);
    });
    inbound.on('Notify', 'VideoUploadNotify', ({ sender, document }) => {
      const source = document.deviceId ?? sender.gbId;
      if (!isGbId(source)) {
        this.#unusable('no-video-source');
        return;
      }
      listener.onVideoOffered(sender.gbId, source);
      const positions = readPositions(document, sender.gbId, sender.profile.utcOffsetMin);
      if (positions.length > 0) listener.onPositions(sender.gbId, positions);
    });
    inbound.on('Notify', 'PTZPosition', ({ sender, document }) => {
      const position = readPtzPosition(document);
      if (position === undefined) this.#unusable('no-ptz-position');
      else listener.onPtzPosition(sender.gbId, document.deviceId ?? sender.gbId, position);
    });
    inbound.on('Notify', 'Catalog', ({ sender, document }) => {
      const told = readCatalogChanges(document, floor.limits.maxCatalogItems);
      // Vendor: Hikvision platforms say OFF of channels that play.
      const { ignoreNotifiedStatus, ignoreCatalogDeletions } = sender.profile;
      const changes = told
        .filter((change) => !ignoreNotifiedStatus || isNoStatus(change))
        .map((change) => (ignoreNotifiedStatus ? withoutStatus(change) : change))
        .filter(({ event }) => !ignoreCatalogDeletions || event !== 'DEL');
      if (changes.length > 0) listener.onCatalogChanged(sender.gbId, changes);
    });
  }

  abandon(): void {
    // Nothing is held of a device.
  }

  close(): void {
    // Nothing is open.
  }

  #onAlarm(message: InboundMessage): void {
    const { sender, document, incoming } = message;
    const via = incoming.request.method === 'NOTIFY' ? 'notify' : 'message';
    const alarm = readAlarm(document, via, sender.profile.utcOffsetMin);
    if (alarm === undefined) {
      incoming.reply(200);
      this.#unusable('no-alarm');
      return;
    }
    answerWhenStored(
      this.#floor.clock,
      (waitFor) => {
        this.#listener.onAlarm(sender.gbId, alarm, waitFor);
      },
      () => {
        this.#answer(message, alarm);
      },
    );
  }

  #answer({ sender, document, incoming }: InboundMessage, { via, sourceGbId }: AlarmReport): void {
    incoming.reply(200);
    if (via !== 'message') return;
    const { gbVersion } = sender;
    const body = alarmResponseBody({ sn: document.sn ?? 0, sourceGbId, gbVersion });
    // Its loss costs nothing but a repetition; the sender counts it.
    this.#floor.sender
      .send(sender, { targetGbId: sender.gbId, body, courtesy: true })
      .catch((error: unknown) => {
        if (!(error instanceof GbFailure)) throw error;
      });
  }

  #unusable(why: string): void {
    this.#floor.metrics.refusedMessages.of(why).value += 1;
  }
}

/** A status that is not believed is none, and an entry without one is up. */
function withoutStatus({ event, item }: CatalogChange): CatalogChange {
  return { event, item: { ...item, online: true } };
}

function isNoStatus({ event }: CatalogChange): boolean {
  return event === 'ADD' || event === 'DEL' || event === 'UPDATE';
}
