import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { samplesOfALaw } from './ear.ts';

/** A loudspeaker that notes what it hears: every RTP packet that comes, over one of the three ways. */
export class VoiceEar {
  readonly packets: Buffer[] = [];
  /** When each came, ms. */
  readonly cameAtMs: number[] = [];
  port = 0;
  #udp: UdpSocket | undefined;
  #server: Server | undefined;
  #socket: Socket | undefined;
  #rest: Buffer = Buffer.alloc(0);

  static async udp(): Promise<VoiceEar> {
    const ear = new VoiceEar();
    ear.#udp = createSocket('udp4');
    const listening = once(ear.#udp, 'listening');
    ear.#udp.bind(0, '127.0.0.1');
    await listening;
    ear.port = ear.#udp.address().port;
    ear.#udp.on('message', (packet) => {
      ear.#take(packet);
    });
    return ear;
  }

  /** Waits to be dialled. */
  static async listening(): Promise<VoiceEar> {
    const ear = new VoiceEar();
    ear.#server = createServer((socket) => {
      ear.#read(socket);
    });
    ear.#server.listen(0, '127.0.0.1');
    await once(ear.#server, 'listening');
    const address = ear.#server.address();
    ear.port = typeof address === 'object' && address !== null ? address.port : 0;
    return ear;
  }

  static dialling(port: number, localAddress = '127.0.0.1'): VoiceEar {
    const ear = new VoiceEar();
    ear.#read(connect({ host: '127.0.0.1', port, localAddress }));
    return ear;
  }

  /** What was said, as samples at 8 kHz. */
  get samples(): Float64Array {
    return samplesOfALaw(Buffer.concat(this.packets.map((packet) => packet.subarray(12))));
  }

  /** Says something to whoever sends. */
  speak(port: number): void {
    if (this.#udp !== undefined) this.#udp.send(Buffer.alloc(172), port, '127.0.0.1');
    else this.#socket?.write(Buffer.alloc(174));
  }

  get gone(): boolean {
    return this.#socket?.destroyed === true;
  }

  close(): void {
    this.#udp?.close();
    this.#server?.close();
    this.#socket?.destroy();
  }

  #read(socket: Socket): void {
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      this.#rest = Buffer.concat([this.#rest, chunk]);
      while (this.#rest.length >= 2 && this.#rest.length >= 2 + this.#rest.readUInt16BE(0)) {
        const end = 2 + this.#rest.readUInt16BE(0);
        this.#take(this.#rest.subarray(2, end));
        this.#rest = this.#rest.subarray(end);
      }
    });
  }

  #take(packet: Buffer): void {
    this.packets.push(Buffer.from(packet));
    this.cameAtMs.push(performance.now());
  }
}
