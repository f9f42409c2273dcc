/**
 * One of the two sides of the benchmark `fanout`, in a process of its own: `engine` serves FLV as the media thread
 * does, `bare` writes the same shared buffers to every socket and does nothing else.
 */
import { createServer, type Socket } from 'node:net';
import { SystemClock } from '../../../bff/src/kernel/index.ts';
import { FlvListener } from '../../../bff/src/media-engine/delivery/flv-listener.ts';
import type { FlvTag } from '../../../bff/src/media-engine/flv/flv-tag.ts';
import { LiveStream, MERGE_MS } from '../../../bff/src/media-engine/stream/live-stream.ts';
import { headerTag, pictureTag } from '../media/flv-tags.ts';
import {
  type FanoutMode,
  type FanoutReport,
  type FanoutRequest,
  TAG_BYTES,
  TAG_MS,
} from './fanout-protocol.ts';

const TAGS_IN_GROUP = 50;
const CHECK_MS = 250;
const TAGS_IN_MERGE = MERGE_MS / TAG_MS;

/** A second of the stream; it is sent over and over. */
const TAGS = Array.from({ length: TAGS_IN_GROUP }, (_, index) => {
  const overhead = pictureTag(0, { bytes: 0 }).bytes.length;
  return pictureTag(index * TAG_MS, { key: index === 0, bytes: TAG_BYTES - overhead });
});

/** How one mode sends a tag. */
type Send = (tag: FlvTag, index: number) => void;

const tell = (message: FanoutReport): void => {
  process.send?.(message);
};
const clock = new SystemClock();
const sides = { engine: startEngine, bare: startBare };
const send = await sides[process.argv[2] === 'engine' ? 'engine' : 'bare']();

process.on('message', ({ mode, tags }: FanoutRequest) => {
  const before = process.cpuUsage();
  const startedAt = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.min(tags, Math.floor((performance.now() - startedAt) / TAG_MS));
    for (; sent < due; sent += 1) {
      const tag = TAGS[sent % TAGS.length];
      if (tag) send[mode](tag, sent);
    }
    if (sent < tags) return;
    clearInterval(timer);
    // The last writes are done when the queues have drained, which is also when the other side has read them.
    setTimeout(() => {
      const { user, system } = process.cpuUsage(before);
      tell({ kind: 'done', cpuSeconds: (user + system) / 1e6 });
    }, 2 * MERGE_MS);
  }, TAG_MS);
});
process.on('disconnect', () => process.exit(0));

async function startEngine(): Promise<Record<FanoutMode, Send>> {
  const counts = { skips: 0, cut: 0 };
  const listener = { onFirstPicture: (): void => undefined };
  const streams = {
    plain: new LiveStream(listener, counts, Infinity),
    merged: new LiveStream(listener, counts),
    'web-socket': new LiveStream(listener, counts, Infinity),
  };
  for (const stream of Object.values(streams)) {
    stream.onTracks({ video: 'h264', audio: undefined, audioFault: undefined, width: 1280, height: 720 });
    stream.onTag(headerTag('script'));
    stream.onTag(headerTag('video'));
  }
  const server = new FlvListener({
    clock,
    behindProxy: false,
    maxConnections: 100_000,
    ask: ({ publicName }) => {
      const stream = streams[publicName as FanoutMode];
      return Promise.resolve({
        start: (pipe) => stream.join('grant', pipe, clock.monotonicMs()),
        gone: () => undefined,
      });
    },
  });
  clock.every(MERGE_MS, () => {
    for (const stream of Object.values(streams)) stream.flush();
  });
  clock.every(CHECK_MS, () => {
    for (const stream of Object.values(streams)) stream.check(clock.monotonicMs());
    if (counts.skips > 0) throw new Error('the readers do not keep up: the figures would mean nothing');
  });
  tell({ kind: 'listening', port: await server.listen(0, '127.0.0.1') });
  return {
    plain: (tag) => {
      streams.plain.onTag(tag);
    },
    merged: (tag) => {
      streams.merged.onTag(tag);
    },
    'web-socket': (tag) => {
      streams['web-socket'].onTag(tag);
    },
  };
}

async function startBare(): Promise<Record<FanoutMode, Send>> {
  const sockets: Socket[] = [];
  const merged = new Map<number, Buffer>();
  for (let at = 0; at + TAGS_IN_MERGE <= TAGS.length; at += TAGS_IN_MERGE) {
    merged.set(at, Buffer.concat(TAGS.slice(at, at + TAGS_IN_MERGE).map(({ bytes }) => bytes)));
  }
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    sockets.push(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const bound = server.address();
  tell({ kind: 'listening', port: bound !== null && typeof bound === 'object' ? bound.port : 0 });
  const plain: Send = ({ bytes }) => {
    for (const socket of sockets) socket.write(bytes);
  };
  return {
    plain,
    merged: (_tag, index) => {
      // What was gathered goes out with the last tag of 40 ms.
      const from = (index % TAGS.length) - (TAGS_IN_MERGE - 1);
      const bytes = merged.get(from);
      if (bytes) for (const socket of sockets) socket.write(bytes);
    },
    'web-socket': plain,
  };
}
