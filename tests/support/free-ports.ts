import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the ports that systems hand out by themselves (from 32768 on Linux, from 49152 after RFC 6335 §6): no
 * program gets one of these without asking for it by number, so one that is free now stays free for the test.
 */
const FIRST = 16_384;
const LAST = 32_767;
const ATTEMPTS = 100;

/** The first, an even one, of `count` ports in a row that are free for UDP and TCP. */
export async function freePorts(count = 1): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const first = 2 * Math.floor((FIRST + Math.random() * (LAST - FIRST - count)) / 2);
    if (await allFree(first, count)) return first;
  }
  throw new Error(`no ${count} ports in a row are free between ${FIRST} and ${LAST}`);
}

async function allFree(first: number, count: number): Promise<boolean> {
  for (let port = first; port < first + count; port += 1) {
    if (!((await isFreeForTcp(port)) && (await isFreeForUdp(port)))) return false;
  }
  return true;
}

async function isFreeForTcp(port: number): Promise<boolean> {
  const server = createServer().listen(port, '0.0.0.0');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

async function isFreeForUdp(port: number): Promise<boolean> {
  const socket = createSocket('udp4').bind(port, '0.0.0.0');
  try {
    await once(socket, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}
