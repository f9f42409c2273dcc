import assert from 'node:assert/strict';
import { fixedArchive } from '../../../bff/simulator/src/index.ts';
import { EzvizClient } from '../../support/ezviz-client.ts';
import { FlvViewer } from '../../support/flv-viewer.ts';
import { attachDevice, type ListedDevice, type RecordedDevice } from '../../support/recorded-device.ts';
import { ServerProcess } from '../../support/server-process.ts';

/** Noon of 14 January 2026 in Beijing. */
const NOON = Date.UTC(2026, 0, 14, 4);
const FORMS = ['auto', 'streamnumber', 'streamprofile', 'streamMode', 'stream', 'resolution'] as const;

describe('the sub stream of a camera, through the whole server', function () {
  this.timeout(60_000);
  let server: ServerProcess;
  let client: EzvizClient;
  let device: RecordedDevice;
  let listed: ListedDevice;

  before(async () => {
    server = await ServerProcess.start();
    const { accessToken } = (await server.operator('POST', '/tokens')) as { readonly accessToken: string };
    client = new EzvizClient(server.control.url, accessToken);
  });

  afterEach(async () => {
    await device.stop();
  });

  after(async () => {
    await server.stop();
  });

  async function attach(subStream: (typeof FORMS)[number]): Promise<void> {
    const gbId = `3402000000132000050${String(FORMS.indexOf(subStream))}`;
    ({ device, listed } = await attachDevice(server, {
      ...{ gbId, password: 'Gb28181-demo' },
      archive: fixedArchive([{ beginMs: NOON, endMs: NOON + 60_000, kind: 'time' }]),
    }));
    await server.operator('PUT', `/devices/${gbId}/profile`, { subStream });
  }

  /** Watches until there is a picture, and leaves again. */
  async function glance(url: string): Promise<string | undefined> {
    const viewer = await FlvViewer.play(url);
    await viewer.untilFrames(5);
    viewer.close();
    return device.of('invite').at(-1)?.stream;
  }

  async function liveUrl(quality: number): Promise<string> {
    return (await client.liveUrl({ deviceSerial: listed.deviceSerial, channelNo: 1, quality })).url;
  }

  async function playbackUrl(more: object): Promise<string> {
    const period = { beginMs: NOON, endMs: NOON + 60_000 };
    const order = { device: listed.gbId, channelNo: 1, ...period, ...more };
    return ((await server.operator('POST', '/playbacks', order)) as { readonly url: string }).url;
  }

  for (const subStream of FORMS)
    it(`is what the camera understands, live and recorded, asked for in its form: ${subStream}`, async () => {
      await attach(subStream);
      assert.equal(await glance(await liveUrl(2)), 'sub');
      assert.equal(await glance(await playbackUrl({ streamNumber: 1 })), 'sub');
      assert.equal(await glance(await playbackUrl({})), 'main');
    });
});
