import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { ServerProcess } from '../server-process.ts';
import {
  answerPacket,
  authorizationFor,
  deviceIds,
  keepalivePacket,
  okPacket,
  type PlatformFacts,
  registerPacket,
  requestNumber,
} from '../../../bff/simulator/src/crowd/gb-packets.ts';

const PASSWORD = 'bench-crowd';
const ADDED_AT_ONCE = 16;
const IN_FLIGHT = 64;
const GIVE_UP_MS = 5_000;
const OK = Buffer.from('SIP/2.0 200 ');
const CHALLENGE = Buffer.from('SIP/2.0 401 ');
const RESPONSE = Buffer.from('SIP/2.0 ');
const LOOPBACK = '127.0.0.1';

/** One device of the crowd, and the socket from which it speaks. */
interface Member {
  readonly id: string;
  readonly socket: Socket;
  readonly port: number;
}

/** A datagram of a device. */
interface Sent {
  readonly member: Member;
  readonly bytes: Buffer;
}

/** An exchange on its way: only one at a time. */
interface Exchange {
  readonly sent: readonly Sent[];
  readonly port: number;
  readonly answers: Buffer[];
  /** Index of each request without an answer, by its number. */
  readonly open: Map<number, number>;
  next: number;
  /** What a device says to an answer, when that is not the end of it. */
  readonly goesOn: (order: Sent, answer: Buffer) => Sent | undefined;
  readonly onAnswered: () => void;
  readonly onDone: () => void;
}

/**
 * Many devices in one process, over as many sockets as are asked for. What the platform asks of them on its own,
 * they answer, as a camera with one channel would.
 */
export class Crowd {
  readonly #platform: PlatformFacts & { readonly port: number };
  readonly #members: readonly Member[];
  readonly #sockets: readonly Socket[];
  #exchange: Exchange | undefined;

  private constructor(
    platform: PlatformFacts & { readonly port: number },
    members: readonly Member[],
    sockets: readonly Socket[],
  ) {
    this.#platform = platform;
    this.#members = members;
    this.#sockets = sockets;
    for (const socket of sockets) {
      socket.on('message', (bytes) => {
        this.#onMessage(bytes, socket);
      });
    }
  }

  /** Adds the devices at the server and opens their sockets; by default one for each, as behind NATs of their own. */
  static async gather(server: ServerProcess, devices: number, sockets = devices): Promise<Crowd> {
    const ids = deviceIds(devices);
    for (let at = 0; at < ids.length; at += ADDED_AT_ONCE) {
      const some = ids.slice(at, at + ADDED_AT_ONCE);
      await Promise.all(
        some.map((gbId) => server.operator('POST', '/devices', { gbId, password: PASSWORD })),
      );
    }
    const open = await Promise.all(Array.from({ length: sockets }, openSocket));
    const members = ids.map((id, index): Member => {
      const socket = open[index % open.length];
      if (socket === undefined) throw new RangeError('a crowd needs a socket');
      return { id, socket, port: socket.address().port };
    });
    return new Crowd(server.control.sip, members, open);
  }

  /** So many keepalives, each device in its turn. */
  keepalives(howMany: number): readonly Sent[] {
    return Array.from({ length: howMany }, (_, index) => {
      const member = this.#at(index);
      return { member, bytes: keepalivePacket(this.#platform, member.id, member.port) };
    });
  }

  /**
   * Registers each device so many times, both round trips: whoever is challenged proves itself at once, as a device
   * does. Gives what was sent.
   */
  async register(times = 1): Promise<readonly Sent[]> {
    const first = Array.from({ length: times * this.#members.length }, (_, index) => {
      const member = this.#at(index);
      return { member, bytes: registerPacket(this.#platform, member.id, member.port) };
    });
    const sent: Sent[] = [...first];
    const answers = await this.exchange(first, this.#platform.port, ({ member }, answer) => {
      if (!answer.subarray(0, CHALLENGE.length).equals(CHALLENGE)) return undefined;
      const proof = this.#proof(member, answer);
      sent.push(proof);
      return proof;
    });
    requireOk(answers);
    return sent;
  }

  /** As `exchange`, for what must be answered by 200. */
  async exchangeOk(sent: readonly Sent[], port: number): Promise<void> {
    requireOk(await this.exchange(sent, port));
  }

  /** Sends all, some at a time, to a port of this machine; resolves with the answer to each. */
  exchange(
    sent: readonly Sent[],
    port: number,
    goesOn: Exchange['goesOn'] = () => undefined,
  ): Promise<readonly Buffer[]> {
    return new Promise((resolve, reject) => {
      const answers: Buffer[] = [];
      const open = new Map<number, number>();
      const { alive, end } = watchdog(GIVE_UP_MS, () => {
        reject(new Error(`${String(open.size)} of ${String(sent.length)} are not answered`));
      });
      this.#exchange = {
        sent,
        port,
        answers,
        open,
        next: 0,
        goesOn,
        onAnswered: alive,
        onDone: () => {
          end();
          resolve(answers);
        },
      };
      for (let count = 0; count < IN_FLIGHT; count += 1) sendNext(this.#exchange);
      stayAwake(() => open.size > 0);
    });
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }

  #at(index: number): Member {
    const member = this.#members[index % this.#members.length];
    if (member === undefined) throw new RangeError('the crowd is empty');
    return member;
  }

  #proof(member: Member, challenge: Buffer): Sent {
    const text = challenge.toString('latin1');
    const { id, port } = member;
    const authorization = authorizationFor(text, id, PASSWORD, this.#platform);
    return { member, bytes: registerPacket(this.#platform, id, port, authorization) };
  }

  #onMessage(bytes: Buffer, socket: Socket): void {
    const exchange = this.#exchange;
    const number = requestNumber(bytes);
    const index = exchange?.open.get(number);
    if (exchange !== undefined && index !== undefined) {
      exchange.open.delete(number);
      exchange.onAnswered();
      const order = exchange.sent[index];
      const next = order === undefined ? undefined : exchange.goesOn(order, bytes);
      if (next !== undefined) {
        sendAs(exchange, index, next);
        return;
      }
      exchange.answers[index] = bytes;
      sendNext(exchange);
      if (exchange.open.size === 0) exchange.onDone();
    } else if (!bytes.subarray(0, RESPONSE.length).equals(RESPONSE)) {
      this.#onQuery(bytes.toString('latin1'), socket);
    }
  }

  /** A request of the platform's own. */
  #onQuery(query: string, socket: Socket): void {
    const { port } = this.#platform;
    socket.send(okPacket(query), port, LOOPBACK);
    const id = /<DeviceID>(\d{20})</.exec(query)?.[1] ?? '';
    const answer = answerPacket(this.#platform, id, socket.address().port, query);
    if (answer !== undefined) socket.send(answer, port, LOOPBACK);
  }
}

function sendNext(exchange: Exchange): void {
  const order = exchange.sent[exchange.next];
  if (order === undefined) return;
  exchange.next += 1;
  sendAs(exchange, exchange.next - 1, order);
}

function sendAs(exchange: Exchange, index: number, order: Sent): void {
  exchange.open.set(requestNumber(order.bytes), index);
  order.member.socket.send(order.bytes, exchange.port, LOOPBACK);
}

function requireOk(answers: readonly Buffer[]): void {
  const odd = answers.find((answer) => !answer.subarray(0, OK.length).equals(OK));
  if (odd) throw new Error(`not a 200: ${odd.toString('latin1')}`);
}

/**
 * Keeps this process from sleeping. Whoever sends a datagram to a process that sleeps pays for waking it; a slow
 * responder would pay that for each answer and a fast one hardly ever, and over a real network neither does.
 */
function stayAwake(wanted: () => boolean): void {
  if (wanted()) setImmediate(stayAwake, wanted);
}

async function openSocket(): Promise<Socket> {
  const socket = createSocket({
    type: 'udp4',
    recvBufferSize: 4 * 1024 * 1024,
    // Addresses are never names here: the resolver is not asked.
    lookup: (address, _options, callback) => {
      callback(null, address, 4);
    },
  });
  const listening = once(socket, 'listening');
  socket.bind(0, LOOPBACK);
  await listening;
  return socket;
}

/** Calls `onSilence` when nothing was alive for so long. */
function watchdog(
  silenceMs: number,
  onSilence: () => void,
): { readonly alive: () => void; readonly end: () => void } {
  let aliveAt = performance.now();
  const timer = setInterval(() => {
    if (performance.now() - aliveAt < silenceMs) return;
    clearInterval(timer);
    onSilence();
  }, silenceMs / 5);
  return {
    alive: () => {
      aliveAt = performance.now();
    },
    end: () => {
      clearInterval(timer);
    },
  };
}
