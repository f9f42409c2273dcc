import type {
  CatalogChange,
  CatalogEntry,
  CatalogResult,
  DeviceFacts,
  DevicePresence,
  EstablishedCall,
  InviteOrder,
  PtzOrder,
  SignallingEvents,
  SignallingPort,
  SsrcReservation,
} from '../../core/index.ts';
import type {
  CatalogChange as GbCatalogChange,
  CatalogItem,
  Gb28181Platform,
  MediaDialog,
  Registration,
} from '../../gb28181/index.ts';
import { ownText } from '../../kernel/index.ts';
import { refusalOfGb } from './refusal-of-gb.ts';

/** The core's door to devices that speak GB/T 28181. */
export function createGb28181Signalling(platform: Gb28181Platform): SignallingPort {
  return new Gb28181Signalling(platform);
}

class Gb28181Signalling implements SignallingPort {
  readonly #platform: Gb28181Platform;

  constructor(platform: Gb28181Platform) {
    this.#platform = platform;
  }

  on<Name extends keyof SignallingEvents>(
    name: Name,
    listener: (...args: SignallingEvents[Name]) => void,
  ): () => void;
  on(
    name: keyof SignallingEvents,
    listener: (...args: SignallingEvents[keyof SignallingEvents]) => void,
  ): () => void {
    if (name === 'passwordRefused')
      return this.#platform.on('refusedRegistration', (gbId, why) => {
        if (why === 'wrong-password') listener(gbId);
      });
    if (name === 'catalogPart')
      return this.#platform.on('catalogPart', (gbId, items) => {
        listener(gbId, items.map(entryOf));
      });
    if (name === 'catalogChanged')
      return this.#platform.on('catalogChanged', (gbId, changes) => {
        listener(gbId, changes.map(changeOf));
      });
    const offOnline = this.#platform.on('online', (registration, how) => {
      listener(online(registration), how);
    });
    const offOffline = this.#platform.on('offline', (gbId, cause) => {
      listener(offline(gbId), cause);
    });
    return () => {
      offOnline();
      offOffline();
    };
  }

  presence(gbId: string): DevicePresence {
    const registration = this.#platform.registration(gbId);
    return registration === undefined ? offline(gbId) : online(registration);
  }

  forget(gbId: string): void {
    this.#platform.forget(gbId);
  }

  async queryCatalog(gbId: string): Promise<CatalogResult> {
    const { items, complete } = await refusing(this.#platform.queryCatalog(gbId), { deviceId: gbId });
    return { entries: items.map(entryOf), complete };
  }

  async queryDeviceFacts(gbId: string): Promise<DeviceFacts> {
    const { name, manufacturer, model, firmware } = await refusing(this.#platform.queries.deviceInfo(gbId), {
      deviceId: gbId,
    });
    return { name, manufacturer, model, firmware };
  }

  async ptz(deviceGbId: string, channelGbId: string, order: PtzOrder): Promise<void> {
    const facts = { deviceId: deviceGbId, channelId: channelGbId };
    await refusing(this.#platform.ptz(deviceGbId, channelGbId, order), facts);
  }

  reserveSsrc(kind: 'live' | 'history'): SsrcReservation {
    try {
      return this.#platform.reserveSsrc(kind);
    } catch (error) {
      throw refusalOfGb(error, {});
    }
  }

  async invite(order: InviteOrder): Promise<EstablishedCall> {
    const facts = { deviceId: order.deviceGbId, channelId: order.channelGbId };
    const dialog = await refusing(this.#platform.play(order), facts);
    return callOf(dialog, facts);
  }
}

/** A call whose refusals are the core's. */
function callOf(dialog: MediaDialog, facts: Parameters<typeof refusalOfGb>[1]): EstablishedCall {
  const { callId, ssrc, remoteMedia, fileSize } = dialog;
  return {
    ...{ callId, ssrc, remoteMedia, fileSize },
    control: async (order) => {
      await refusing(dialog.control(order), facts);
    },
    onFileEnd: (handler) => {
      dialog.onFileEnd(handler);
    },
    close: () => dialog.close(),
    onEnded: (handler) => {
      dialog.onEnded(handler);
    },
  };
}

async function refusing<T>(promise: Promise<T>, facts: Parameters<typeof refusalOfGb>[1]): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    throw refusalOfGb(error, facts);
  }
}

function online(registration: Registration): DevicePresence {
  const { gbId, transport, remoteAddress, registeredAtMs, lastSeenAtMs, expiresAtMs } = registration;
  return { gbId, online: true, transport, address: remoteAddress, registeredAtMs, lastSeenAtMs, expiresAtMs };
}

function offline(gbId: string): DevicePresence {
  return {
    gbId,
    online: false,
    transport: undefined,
    address: undefined,
    registeredAtMs: undefined,
    lastSeenAtMs: undefined,
  };
}

function entryOf(item: CatalogItem): CatalogEntry {
  const { channelId, name, manufacturer, model, online, ptzType } = item;
  const { parentId, civilCode, businessGroupId } = item;
  const isPlaced = parentId !== undefined || civilCode !== undefined || businessGroupId !== undefined;
  return {
    // It is kept: the whole answer, of which it is a cut, is not.
    channelGbId: ownText(channelId),
    ...{ name, manufacturer, model, online, ptzType },
    place: isPlaced
      ? { parentId, civilCode, businessGroupId: businessGroupId && ownText(businessGroupId) }
      : undefined,
  };
}

function changeOf({ event, item }: GbCatalogChange): CatalogChange {
  return { event, entry: entryOf(item) };
}
