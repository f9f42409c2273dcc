import { readTicketReply } from '../models/api-reply.ts';
import { readTicketCamera, type CameraEntry } from '../models/camera-entry.ts';
import type { CameraCode } from '../models/device-code.ts';
import { failed, succeeded, type Outcome } from '../models/failure.ts';
import { tokenFor } from './remembered.ts';
import { ask } from './server.ts';
import { fetchTrialOffer } from './trial.ts';

/** One camera with the token that opens it. */
export interface Camera extends CameraCode {
  readonly accessToken: string;
}

/** Finds the camera and the token of an entry, once; a token that was refused is asked for anew. */
export class CameraSource {
  readonly #entry: CameraEntry;
  #found: Promise<Outcome<Camera>> | undefined;

  constructor(entry: CameraEntry) {
    this.#entry = entry;
  }

  /** Asked again only after a failure. */
  async camera(): Promise<Outcome<Camera>> {
    this.#found ??= this.#find(this.#entry);
    const found = await this.#found;
    if (!found.ok) this.#found = undefined;
    return found;
  }

  /** The token was refused: the next question gets a new one where there is one to get. */
  forget(): void {
    this.#found = undefined;
  }

  async #find(entry: CameraEntry): Promise<Outcome<Camera>> {
    switch (entry.from) {
      case 'nowhere':
        return failed('address-missing', 'NO_DEVICE');
      case 'ticket':
        return await this.#redeem(entry.ticket);
      case 'trial': {
        const offer = await fetchTrialOffer();
        return offer.ok ? succeeded(withToken(entry, offer.value.accessToken)) : offer;
      }
      case 'own': {
        const token = tokenFor(entry);
        return token === '' ? failed('token-missing', 'NO_TOKEN') : succeeded(withToken(entry, token));
      }
      case 'link':
        return succeeded(withToken(entry, entry.accessToken));
    }
  }

  async #redeem(uuid: string): Promise<Outcome<Camera>> {
    const reply = await ask('/device/getWxaInfo', { uuid }, readTicketReply);
    if (!reply.ok) return reply;
    const entry = readTicketCamera(reply.value);
    return entry.from === 'link'
      ? succeeded(withToken(entry, entry.accessToken))
      : failed('ticket-invalid', 'NO_CAMERA');
  }
}

function withToken({ deviceSerial, channelNo }: CameraCode, accessToken: string): Camera {
  return { deviceSerial, channelNo, accessToken };
}
