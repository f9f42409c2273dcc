import type { CameraEntry } from '../models/camera-entry.ts';
import type { DeviceFacts, SteerAbility } from '../models/device-facts.ts';
import { failed, type Failure, type Outcome } from '../models/failure.ts';
import type { SteerMove } from '../models/ptz-move.ts';
import type { Quality } from '../models/quality.ts';
import { deviceFacts, liveAddress, startMove, steerAbility, stopMove } from './camera-api.ts';
import { CameraSource, type Camera } from './camera-source.ts';

/** What became known of a camera; undefined where the question was not answered. */
export interface CameraNews {
  readonly facts: DeviceFacts | undefined;
  readonly ability: SteerAbility | undefined;
  /** What these say against a picture that seemed possible. */
  readonly against: Failure | undefined;
}

/** The API's own code of an encrypted device, which `device/info` does not name. */
const ENCRYPTED = '60019';

/** One viewer's dealings with the API over one camera. */
export class CameraVisit {
  readonly #entry: CameraEntry;
  readonly #source: CameraSource;
  readonly #learnt: (news: CameraNews) => void;
  #camera: Camera | undefined;
  #seen = false;

  constructor(entry: CameraEntry, learnt: (news: CameraNews) => void) {
    this.#entry = entry;
    this.#source = new CameraSource(entry);
    this.#learnt = learnt;
  }

  /** The picture has come: from now on a camera that is unknown was taken away. */
  seen(): void {
    this.#seen = true;
  }

  /** A play address. A lent token that has run out is replaced once. */
  async address(quality: Quality): Promise<Outcome<string>> {
    const first = await this.#tryAddress(quality);
    if (first.ok || first.failure.kind !== 'token-invalid') return this.#orDeleted(first);
    this.#source.forget();
    return this.#entry.from === 'trial' ? await this.#tryAddress(quality) : first;
  }

  start(move: SteerMove): Promise<Outcome<unknown>> {
    return this.#camera === undefined ? unfound() : startMove(this.#camera, move);
  }

  stop(move: SteerMove): Promise<Outcome<unknown>> {
    return this.#camera === undefined ? unfound() : stopMove(this.#camera, move);
  }

  async #tryAddress(quality: Quality): Promise<Outcome<string>> {
    const found = await this.#source.camera();
    if (!found.ok) return found;
    const known = this.#camera;
    this.#camera = found.value;
    const address = await liveAddress(found.value, quality);
    if (known === undefined || !address.ok) void this.#learn(found.value);
    return address;
  }

  async #learn(camera: Camera): Promise<void> {
    const [facts, ability] = await Promise.all([deviceFacts(camera), steerAbility(camera)]);
    this.#learnt({
      facts: facts.ok ? facts.value : undefined,
      ability: ability.ok ? ability.value : undefined,
      against: this.#against(facts, ability),
    });
  }

  #against(facts: Outcome<DeviceFacts>, ability: Outcome<SteerAbility>): Failure | undefined {
    if (facts.ok && facts.value.encrypted) return { kind: 'encrypted', code: ENCRYPTED, message: '' };
    const outcomes: readonly Outcome<unknown>[] = [facts, ability];
    for (const outcome of outcomes) {
      const known = this.#orDeleted(outcome);
      if (!known.ok && known.failure.kind === 'deleted') return known.failure;
    }
    return undefined;
  }

  /** A camera that was watched a moment ago and is not there any more was taken away. */
  #orDeleted<T>(outcome: Outcome<T>): Outcome<T> {
    if (outcome.ok || !this.#seen) return outcome;
    const { kind, code, message } = outcome.failure;
    return kind === 'no-such-device' || kind === 'not-owner' ? failed('deleted', code, message) : outcome;
  }
}

function unfound(): Promise<Outcome<unknown>> {
  return Promise.resolve(failed('address-missing', 'NO_DEVICE'));
}
