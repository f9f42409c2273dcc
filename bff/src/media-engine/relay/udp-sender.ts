import { createSocket, type Socket } from 'node:dgram';
import type { PacketSender } from './packet-sender.ts';

const SEND_BUFFER_BYTES = 2 * 1024 * 1024;

/** Sends datagrams from `localPort` (0: any). Rejects when that port is taken or the address is none. */
export async function sendUdp(
  localPort: number,
  target: { readonly address: string; readonly port: number },
): Promise<PacketSender> {
  const isV6 = target.address.includes(':');
  const socket = createSocket(isV6 ? 'udp6' : 'udp4');
  try {
    await bound(socket, (done) => socket.bind(localPort, isV6 ? '::' : '0.0.0.0', done));
    await bound(socket, (done) => {
      socket.connect(target.port, target.address, done);
    });
  } catch (error) {
    socket.close();
    throw error;
  }
  // An ICMP error says that nobody listens now; whoever asked for the stream ends it by signalling.
  socket.on('error', () => undefined);
  try {
    socket.setSendBufferSize(SEND_BUFFER_BYTES);
  } catch {
    // The system's own size has to do.
  }
  let open = true;
  return {
    port: socket.address().port,
    headRoom: 0,
    get ready() {
      return open;
    },
    get waitingBytes() {
      return open ? socket.getSendQueueSize() : 0;
    },
    send(head, body) {
      if (open) socket.send([head, body]);
    },
    close() {
      if (open) socket.close();
      open = false;
    },
  };
}

async function bound(socket: Socket, begin: (done: () => void) => void): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    begin(() => {
      socket.off('error', reject);
      resolve();
    });
  });
}
