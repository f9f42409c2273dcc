import { createSocket, type Socket } from 'node:dgram';
import { parseMessage } from 'sip-parser-lite';
import type { Endpoint, Link, LinkListener } from './link.ts';

const CROWD_BUFFER_BYTES = 8 * 1024 * 1024;

/** A UDP socket of the device's own. */
export async function openUdpLink(server: Endpoint, listener: LinkListener): Promise<Link> {
  const socket = createSocket('udp4');
  await connected(socket, server);
  let open = true;
  socket.on('message', (bytes) => {
    if (!open) return;
    const parsed = parseMessage(bytes);
    if (parsed.ok) listener.onMessage(parsed.message);
    else listener.onUnreadable(parsed.error.reason);
  });
  const { address, port } = socket.address();
  return {
    transport: 'UDP',
    localAddress: address,
    localPort: port,
    send(bytes) {
      if (open) socket.send(bytes);
    },
    close() {
      if (open) socket.close();
      open = false;
    },
  };
}

/** One UDP socket for a crowd of devices: messages find their device by its ID or by the ID of its channel. */
export class SharedUdpLink {
  readonly #server: Endpoint;
  readonly #socket = createSocket({ type: 'udp4', recvBufferSize: CROWD_BUFFER_BYTES });
  readonly #listeners = new Map<string, LinkListener>();
  #open = true;

  constructor(server: Endpoint) {
    this.#server = server;
  }

  async open(): Promise<void> {
    await connected(this.#socket, this.#server);
    this.#socket.on('message', (bytes) => {
      const parsed = parseMessage(bytes);
      if (!parsed.ok) return;
      const { message } = parsed;
      // Answers carry the device in From, the platform's own requests the device or its channel in To.
      const party = message.kind === 'response' ? message.from : message.to;
      this.#listeners.get(party?.uri.user ?? '')?.onMessage(message);
    });
  }

  /** `ids` are those of the device and of its channels. */
  linkFor(ids: readonly string[], listener: LinkListener): Link {
    for (const id of ids) this.#listeners.set(id, listener);
    const { address, port } = this.#socket.address();
    return {
      transport: 'UDP',
      localAddress: address,
      localPort: port,
      send: (bytes) => {
        if (this.#open) this.#socket.send(bytes);
      },
      close: () => {
        for (const id of ids) if (this.#listeners.get(id) === listener) this.#listeners.delete(id);
      },
    };
  }

  close(): void {
    if (this.#open) this.#socket.close();
    this.#open = false;
  }
}

/** A connected socket hears one peer alone and knows its own address. */
async function connected(socket: Socket, { host, port }: Endpoint): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.connect(port, host, () => {
        socket.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    socket.close();
    throw error;
  }
  // A platform that is away answers by ICMP; the repetitions of SIP go on.
  socket.on('error', () => undefined);
}
