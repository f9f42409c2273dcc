// A bare HTTP server: answers every request with the bytes that it was told, at once, and goes on talking to nobody.
import { createServer } from 'node:http';

let body = Buffer.alloc(0);
const server = createServer((request, response) => {
  response.writeHead(200, { 'content-type': 'video/x-flv', connection: 'close' });
  response.write(body);
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('message', ({ base64 }) => {
  body = Buffer.from(base64, 'base64');
  process.send({ ready: true });
});
process.on('disconnect', () => process.exit(0));
