// The baseline of the signalling benchmarks: sends each datagram back to where it came from, and knows no SIP.
import { createSocket } from 'node:dgram';

const socket = createSocket({ type: 'udp4', recvBufferSize: 8 * 1024 * 1024 });
socket.on('message', (bytes, { port, address }) => socket.send(bytes, port, address));
socket.bind(0, '127.0.0.1', () => process.send({ port: socket.address().port }));
process.on('disconnect', () => process.exit(0));
