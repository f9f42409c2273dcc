import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type Socket } from 'node:net';
import type { Clock } from '../../kernel/index.ts';
import { DISCARD_PORT } from '../relay/packet-sender.ts';
import { dialled } from './dialled.ts';

/** RFC 4571 §2: the length before each packet. */
const LENGTH_BYTES = 2;
/** How long a device may take to dial. */
const CONNECT_MS = 10_000;
/** Ten seconds of voice: a device that takes so little is gone. */
const MAX_WAITING_BYTES = 128 * 1024;

/** How a voice goes out. */
export interface WayOrder {
  /** `tcp-active`: we dial; `tcp-passive`: the device dials. */
  readonly transport: 'udp' | 'tcp-passive' | 'tcp-active';
  /** Where the device listens; told later when it answers our INVITE. */
  readonly remote: VoiceAddress | undefined;
  /** The address by which the device is known: only from there anybody may dial, or be taken for the device. */
  readonly trustedAddress: string;
}

export interface VoiceAddress {
  readonly address: string;
  readonly port: number;
}

/** One way to one device. */
export interface VoiceWay {
  /** What stands in our m= line. */
  readonly port: number;
  /** Somebody is there to hear. */
  readonly ready: boolean;
  /** Octets that wait to be sent. */
  readonly waitingBytes: number;
  /** Packets, or pieces of a connection, that came from the device. */
  readonly heard: number;
  /** The device said where it listens. */
  aim(remote: VoiceAddress): void;
  send(packet: Buffer): void;
  close(): void;
}

interface WayDeps {
  readonly clock: Clock;
  /** The way is gone for good. */
  readonly onGone: () => void;
}

/** Opens a way at a local port (0: any). Rejects when the port is taken. */
export async function openVoiceWay(
  order: WayOrder,
  local: { readonly host: string; readonly port: number },
  deps: WayDeps,
): Promise<VoiceWay> {
  switch (order.transport) {
    case 'udp':
      return await udpWay(order, local);
    case 'tcp-passive':
      return await listeningWay(order, local, deps);
    case 'tcp-active':
      return dialingWay(order, deps);
  }
}

async function udpWay(
  order: WayOrder,
  local: { readonly host: string; readonly port: number },
): Promise<VoiceWay> {
  const socket = createSocket(local.host.includes(':') ? 'udp6' : 'udp4');
  await bound(socket, local);
  let { remote } = order;
  let open = true;
  let heard = 0;
  // An ICMP error says that nobody listens now; the call ends by signalling.
  socket.on('error', () => undefined);
  socket.on('message', (_bytes, from) => {
    // The device is behind a NAT: what it sends shows where it is heard. Nobody else can draw the voice away.
    if (bare(from.address) !== bare(order.trustedAddress)) return;
    heard += 1;
    remote = { address: from.address, port: from.port };
  });
  return {
    port: socket.address().port,
    get ready() {
      return open && remote !== undefined;
    },
    get waitingBytes() {
      return open ? socket.getSendQueueSize() : 0;
    },
    get heard() {
      return heard;
    },
    aim(told) {
      remote ??= told;
    },
    send(packet) {
      if (open && remote !== undefined) socket.send(packet, remote.port, remote.address);
    },
    close() {
      if (open) socket.close();
      open = false;
    },
  };
}

async function bound(
  socket: UdpSocket,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.bind(port, host, () => {
      socket.removeAllListeners('error');
      resolve();
    });
  });
}

/** The device dials us: the first connection from its address is the device. */
async function listeningWay(
  order: WayOrder,
  { host, port }: { readonly host: string; readonly port: number },
  { clock, onGone }: WayDeps,
): Promise<VoiceWay> {
  let socket: Socket | undefined;
  let heard = 0;
  let closed = false;
  const gone = (): void => {
    if (!closed) onGone();
  };
  const server = createServer({ noDelay: true }, (accepted) => {
    accepted.on('error', () => undefined);
    if (socket !== undefined || bare(accepted.remoteAddress ?? '') !== bare(order.trustedAddress)) {
      accepted.destroy();
      return;
    }
    patience();
    socket = accepted;
    accepted.on('data', () => {
      heard += 1;
    });
    accepted.on('close', gone);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  server.on('error', () => undefined);
  const patience = clock.after(CONNECT_MS, gone);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    ...framed(() => socket, gone),
    get ready() {
      return socket !== undefined;
    },
    get waitingBytes() {
      return socket?.writableLength ?? 0;
    },
    get heard() {
      return heard;
    },
    aim: () => undefined,
    close() {
      closed = true;
      patience();
      socket?.destroySoon();
      server.close();
    },
  };
}

/** We dial the device, as soon as it is known where. */
function dialingWay(order: WayOrder, { clock, onGone }: WayDeps): VoiceWay {
  let dial: ReturnType<typeof dialled> | undefined;
  let heard = 0;
  const aim = (remote: VoiceAddress): void => {
    dial ??= dialled(remote, clock, {
      onData: () => {
        heard += 1;
      },
      onGone,
    });
  };
  if (order.remote !== undefined) aim(order.remote);
  return {
    port: DISCARD_PORT,
    ...framed(() => dial?.socket, onGone),
    get ready() {
      return dial?.socket !== undefined;
    },
    get waitingBytes() {
      return dial?.socket?.writableLength ?? 0;
    },
    get heard() {
      return heard;
    },
    aim,
    close() {
      dial?.close();
    },
  };
}

/** Packets behind their lengths (RFC 4571), unless the device takes nothing any more. */
function framed(socketOf: () => Socket | undefined, onStuck: () => void): Pick<VoiceWay, 'send'> {
  return {
    send(packet) {
      const socket = socketOf();
      if (socket === undefined) return;
      if (socket.writableLength > MAX_WAITING_BYTES) {
        onStuck();
        return;
      }
      const length = Buffer.allocUnsafe(LENGTH_BYTES);
      length.writeUInt16BE(packet.length);
      socket.cork();
      socket.write(length);
      socket.write(packet);
      socket.uncork();
    },
  };
}

/** IPv4 addresses look like this on a socket of both families. */
function bare(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
}
