import { createSocket, type Socket } from 'node:dgram';
import type { RtpListener, RtpReceiver } from './rtp-receiver.ts';
import { SourceLock } from './source-lock.ts';

/** Half a second of a 64 Mbit/s burst: what a key frame of many cameras needs while the thread is busy. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/** Datagrams, one packet each. Rejects when the port is taken. */
export async function receiveUdp(
  host: string,
  port: number,
  listener: RtpListener,
  clock: { monotonicMs(): number },
): Promise<RtpReceiver> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  await bind(socket, host, port);
  // An ICMP error of an earlier answer says nothing about what comes in.
  socket.on('error', () => undefined);
  const lock = new SourceLock();
  socket.on('message', (packet, { address, port: remotePort }) => {
    const now = clock.monotonicMs();
    if (!lock.admits(address, remotePort, now) && !listener.isAwaited(packet)) listener.onStranger();
    else if (listener.onPacket(packet)) lock.hold(address, remotePort, now);
  });
  let open = true;
  return {
    port: socket.address().port,
    bufferBytes: widen(socket),
    close() {
      if (open) socket.close();
      open = false;
    },
  };
}

async function bind(socket: Socket, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const refused = (error: Error): void => {
      socket.close();
      reject(error);
    };
    socket.once('error', refused);
    socket.bind(port, host, () => {
      socket.off('error', refused);
      resolve();
    });
  });
}

/** Asks for a larger buffer; the system may give less (net.core.rmem_max), and packets are lost under load. */
function widen(socket: Socket): number {
  try {
    socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
  } catch {
    // Refused outright: what stands is read below.
  }
  return socket.getRecvBufferSize();
}
