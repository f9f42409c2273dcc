import type { CoreErrorCode } from '@yimu/shared';
import type {
  CascadePort,
  ShownChange,
  UpperConnection,
  UpperRegistration,
  UpwardAlarm,
  UpwardAnswers,
  UpwardDirection,
  UpwardMedia,
  UpwardMediaOrder,
  UpwardPosition,
} from '../../core/index.ts';
import { type Gb28181Platform, GbFailure, type GbFailureReason } from '../../gb28181/index.ts';
import { CoreError } from '../../kernel/index.ts';
import { refusalOfGb } from './refusal-of-gb.ts';

/** What upper platforms are answered for a refusal of the core (RFC 3261 §21); the rest is 500. */
const REFUSALS: Partial<Readonly<Record<CoreErrorCode, readonly [GbFailureReason, number]>>> = {
  CHANNEL_NOT_FOUND: ['rejected', 404],
  DEVICE_NOT_FOUND: ['rejected', 404],
  DEVICE_OFFLINE: ['not-registered', 480],
  DEVICE_PASSWORD_WRONG: ['not-registered', 480],
  CHANNEL_OFFLINE: ['not-registered', 480],
  DEVICE_BUSY: ['busy', 486],
  QUOTA_EXCEEDED: ['exhausted', 486],
  DEVICE_TIMEOUT: ['timeout', 408],
  MEDIA_NO_RTP: ['timeout', 408],
  MEDIA_NO_TRACK: ['rejected', 488],
  NOT_SUPPORTED_BY_DEVICE: ['rejected', 488],
  DEVICE_REFUSED: ['rejected', 488],
  FORBIDDEN: ['rejected', 403],
  MEDIA_UNAVAILABLE: ['rejected', 503],
};

/** The core's door to upper platforms that speak GB/T 28181. */
export function createGb28181Cascade(platform: Gb28181Platform, ownGbId: string): CascadePort {
  return new Gb28181Cascade(platform, ownGbId);
}

class Gb28181Cascade implements CascadePort {
  readonly ownGbId: string;
  readonly #platform: Gb28181Platform;

  constructor(platform: Gb28181Platform, ownGbId: string) {
    this.#platform = platform;
    this.ownGbId = ownGbId;
  }

  serve(answers: UpwardAnswers): void {
    this.#platform.cascade.serve({
      catalog: (key, gbId) => answers.catalog(key, gbId),
      find: (key, gbId) => answers.find(key, gbId),
      item: (key, gbId) => answers.item(key, gbId),
      about: (key) => answers.about(key),
      openMedia: (order) => openMedia(answers, order),
    });
  }

  join(upper: UpperConnection): void {
    try {
      this.#platform.cascade.join(upper);
    } catch (error) {
      throw refusalOfGb(error, {});
    }
  }

  leave(key: number): Promise<void> {
    return this.#platform.cascade.leave(key);
  }

  registration(key: number): UpperRegistration | undefined {
    return this.#platform.cascade.state(key);
  }

  notifyCatalog(key: number, changes: readonly ShownChange[]): void {
    this.#platform.cascade.notifyCatalog(key, changes);
  }

  notifyAlarm(key: number, alarm: UpwardAlarm): void {
    this.#platform.cascade.notifyAlarm(key, alarm);
  }

  notifyPosition(key: number, position: UpwardPosition): void {
    this.#platform.cascade.notifyPosition(key, position);
  }

  notifyDirection(key: number, direction: UpwardDirection): void {
    this.#platform.cascade.notifyDirection(key, direction);
  }
}

async function openMedia(answers: UpwardAnswers, order: UpwardMediaOrder): Promise<UpwardMedia> {
  const media = await refusing(answers.openMedia(order));
  return { ...media, control: (command) => refusing(media.control(command)) };
}

async function refusing<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const [reason, status] = (error instanceof CoreError ? REFUSALS[error.code] : undefined) ?? [
      'rejected',
      500,
    ];
    throw new GbFailure(reason, error instanceof Error ? error.message : 'refused', status, error);
  }
}
