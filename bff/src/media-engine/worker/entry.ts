import { parentPort, workerData } from 'node:worker_threads';
import { MediaWorker } from './media-worker.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './messages.ts';

const port = parentPort;
if (!port) throw new Error('this file is the entry of a worker thread');
const post = (message: FromWorker): void => {
  port.postMessage(message);
};
const worker = new MediaWorker(workerData as WorkerSetup, post);
port.on('message', (message: ToWorker) => {
  void worker.onMessage(message).then(() => {
    // With nothing left open the thread ends by itself.
    if (message.kind === 'call' && message.call.do === 'shutdown') port.close();
  });
});
try {
  await worker.start();
} catch (error) {
  post({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  port.close();
}
