/**
 * `first-frame`: how long a viewer waits for the first picture, through the whole server with simulated cameras.
 * Cold: nobody watches, so the INVITE and the camera's own first key frame are in the time. Second: somebody watches
 * already. The limit of the second viewer is 20 ms; beside it, in turn, a bare HTTP server that has the same bytes ready.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { firstPicture } from '../support/bench/first-picture.ts';
import { median, report } from '../support/bench/report.ts';
import { EzvizClient } from '../support/ezviz-client.ts';
import { FlvViewer } from '../support/flv-viewer.ts';
import { attachDevice } from '../support/recorded-device.ts';
import { ServerProcess } from '../support/server-process.ts';

const LIMIT_MS = 20;
const PASSWORD = 'first-frame';
const BARE = fileURLToPath(new URL('../support/bench/bare-flv-server.mjs', import.meta.url));

const { values } = parseArgs({
  options: {
    recorders: { type: 'string', default: '3' },
    viewers: { type: 'string', default: '101' },
  },
});

const server = await ServerProcess.start();
const bare = fork(BARE, { execArgv: [] });
const [{ port: barePort }] = (await once(bare, 'message')) as [{ readonly port: number }];
const devices: { stop(): Promise<void> }[] = [];
try {
  const { accessToken } = (await server.operator('POST', '/tokens')) as { readonly accessToken: string };
  const client = new EzvizClient(server.control.url, accessToken);
  const urls: string[] = [];
  for (let index = 0; index < Number(values.recorders); index += 1) {
    const gbId = `3402000000118000${String(index + 1).padStart(4, '0')}`;
    const { device, listed } = await attachDevice(server, { gbId, kind: 'nvr', password: PASSWORD });
    devices.push(device);
    for (const { channelNo } of listed.channels)
      urls.push((await client.liveUrl({ deviceSerial: listed.deviceSerial, channelNo })).url);
  }

  const cold: number[] = [];
  for (const url of urls) cold.push((await firstPicture(url)).pictureMs);

  const [watched = ''] = urls;
  const first = await FlvViewer.play(watched);
  await first.untilFrames(20);
  const second: { readonly tag: number; readonly picture: number; readonly bare: number }[] = [];
  for (let viewer = 0; viewer < Number(values.viewers); viewer += 1) {
    const { tagMs, pictureMs, body } = await firstPicture(watched);
    bare.send({ base64: body.toString('base64') });
    await once(bare, 'message');
    const { pictureMs: bareMs } = await firstPicture(`http://127.0.0.1:${String(barePort)}/`);
    if (viewer > 0) second.push({ tag: tagMs, picture: pictureMs, bare: bareMs });
  }
  first.close();

  const tag = sorted(second.map((one) => one.tag));
  const picture = sorted(second.map((one) => one.picture));
  const bareMs = median(second.map((one) => one.bare));
  const ms = { unit: 'ms' };
  report('first-frame', {
    ...ms,
    figure: 'cold',
    value: median(cold),
    detail: `from connect to the first picture, INVITE included; ${String(cold.length)} cameras, slowest ${Math.max(...cold).toFixed(0)} ms`,
  });
  report('first-frame', {
    ...ms,
    figure: 'second-viewer-first-tag',
    value: median(tag),
    detail: `from connect to the first tag; limit ${String(LIMIT_MS)} ms; 95 % within ${quantile(tag, 0.95).toFixed(1)} ms`,
  });
  report('first-frame', {
    ...ms,
    figure: 'second-viewer-first-picture',
    value: median(picture),
    detail: `from connect to the first whole picture; limit ${String(LIMIT_MS)} ms; 95 % within ${quantile(picture, 0.95).toFixed(1)} ms`,
  });
  report('first-frame', {
    figure: 'second-viewer-over-limit',
    value: median(picture) / LIMIT_MS,
    unit: 'ratio',
    detail: `ms from connect to the first picture over the limit of ${String(LIMIT_MS)} ms`,
  });
  report('first-frame', {
    figure: 'second-viewer-over-bare',
    value: median(picture) / bareMs,
    unit: 'ratio',
    detail: `ms from connect to the first picture over those of a bare HTTP server with the same bytes (${bareMs.toFixed(1)} ms)`,
  });
} finally {
  bare.disconnect();
  await Promise.all(devices.map((device) => device.stop()));
  await server.stop();
}

function sorted(figures: readonly number[]): number[] {
  return [...figures].sort((a, b) => a - b);
}

function quantile(ascending: readonly number[], share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? Number.NaN;
}
