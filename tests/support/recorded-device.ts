import {
  type Archive,
  type DeviceEvent,
  type DeviceProfile,
  type Edition,
  type Fault,
  makeProfile,
  SimulatedDevice,
} from '../../bff/simulator/src/index.ts';
import type { ServerProcess } from './server-process.ts';
import { until } from './until.ts';

type EventOf<Name extends DeviceEvent['event']> = Extract<DeviceEvent, { readonly event: Name }>;

/** What the operator API says of a device. */
export interface ListedDevice {
  readonly gbId: string;
  readonly deviceSerial: string;
  readonly online: boolean;
  readonly channels: readonly {
    readonly channelNo: number;
    readonly gbId: string;
    readonly online: boolean;
  }[];
}

/** A simulated device that was added to a server and whose events are kept. */
export class RecordedDevice {
  readonly profile: DeviceProfile;
  readonly #events: DeviceEvent[] = [];
  readonly #device: SimulatedDevice;
  readonly #server: ServerProcess;

  constructor(
    server: ServerProcess,
    options: {
      readonly gbId: string;
      readonly kind?: 'ipc' | 'nvr' | 'platform';
      /** Edition of GB/T 28181; 2016 when absent. */
      readonly edition?: Edition;
      readonly password: string;
      readonly transport?: 'udp' | 'tcp';
      readonly faults?: readonly Fault[];
      /** What it has recorded. */
      readonly archive?: Archive;
      /** How its loudspeaker fetches a voice. */
      readonly voice?: 'udp' | 'tcp-active' | 'tcp-passive';
    },
  ) {
    this.#server = server;
    this.profile = makeProfile(options.kind ?? 'ipc', options.gbId, {
      ...(options.edition === undefined ? {} : { edition: options.edition }),
    });
    this.#device = new SimulatedDevice({
      server: server.control.sip,
      profile: this.profile,
      password: options.password,
      transport: options.transport ?? 'udp',
      retryMs: 500,
      faults: options.faults ?? [],
      ...(options.archive === undefined ? {} : { archive: options.archive }),
      ...(options.voice === undefined ? {} : { voice: options.voice }),
      onEvent: (_id, event) => {
        this.#events.push(event);
      },
    });
  }

  /** What its loudspeaker heard, or hears. */
  get heard(): SimulatedDevice['loudspeaker']['heard'] {
    return this.#device.loudspeaker.heard;
  }

  get events(): readonly DeviceEvent[] {
    return this.#events;
  }

  /** RTP packets sent since the device exists. */
  get packetsSent(): number {
    return this.#device.packetsSent;
  }

  get calls(): number {
    return this.#device.calls;
  }

  of<Name extends DeviceEvent['event']>(name: Name): readonly EventOf<Name>[] {
    return this.#events.filter((event): event is EventOf<Name> => event.event === name);
  }

  async until<Name extends DeviceEvent['event']>(
    name: Name,
    matches: (event: EventOf<Name>) => boolean = () => true,
    timeoutMs?: number,
  ): Promise<EventOf<Name>> {
    return await until(
      `${this.profile.gbId} ${name}`,
      () => this.of(name).find((event) => matches(event)),
      timeoutMs,
    );
  }

  async start(): Promise<void> {
    await this.#device.start();
  }

  async restart(): Promise<void> {
    await this.#device.restart();
  }

  async stop(abruptly = false): Promise<void> {
    await this.#device.stop(abruptly);
  }

  /** Waits until the server shows the device online with all its channels. */
  async listed(): Promise<ListedDevice> {
    return await until(`${this.profile.gbId} online with its channels`, async () => {
      const { devices } = (await this.#server.operator('GET', '/devices')) as {
        readonly devices: readonly ListedDevice[];
      };
      const found = devices.find((device) => device.gbId === this.profile.gbId);
      const told = this.profile.channels.every((channel) =>
        found?.channels.some((listed) => listed.gbId === channel.gbId && listed.online),
      );
      return found?.online === true && told ? found : undefined;
    });
  }
}

/** Adds a device to the server, starts it, and waits until it is online with its channels. */
export async function attachDevice(
  server: ServerProcess,
  options: ConstructorParameters<typeof RecordedDevice>[1],
): Promise<{ readonly device: RecordedDevice; readonly listed: ListedDevice }> {
  await server.operator('POST', '/devices', { gbId: options.gbId, password: options.password });
  const device = new RecordedDevice(server, options);
  await device.start();
  return { device, listed: await device.listed() };
}
