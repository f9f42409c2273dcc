import { connect, type Socket } from 'node:net';
import { StreamFramer } from 'sip-parser-lite';
import type { Endpoint, Link, LinkListener } from './link.ts';

const CONNECT_WITHIN_MS = 10_000;

/** A TCP connection of the device's own, which carries requests of both sides. */
export async function openTcpLink(server: Endpoint, listener: LinkListener): Promise<Link> {
  const socket = await connected(server);
  let open = true;
  const framer = new StreamFramer({
    onMessage: (message) => {
      if (open) listener.onMessage(message);
    },
    onFault: (fault) => {
      if (open) listener.onUnreadable(fault.reason);
      socket.destroy();
    },
  });
  socket.on('data', (chunk) => {
    framer.push(chunk);
  });
  socket.on('close', () => {
    if (open) listener.onClosed();
    open = false;
  });
  return {
    transport: 'TCP',
    localAddress: socket.localAddress ?? '127.0.0.1',
    localPort: socket.localPort ?? 0,
    send: (bytes) => {
      if (socket.writable) socket.write(bytes);
    },
    close: () => {
      open = false;
      // What was written last, an unregistration for example, still goes out.
      socket.end();
      socket.destroySoon();
    },
  };
}

async function connected({ host, port }: Endpoint): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true, timeout: CONNECT_WITHIN_MS });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
    socket.once('timeout', () => socket.destroy(new Error('the platform does not answer')));
  });
  socket.removeAllListeners('timeout').removeAllListeners('error').setTimeout(0);
  socket.on('error', () => undefined);
  return socket;
}
