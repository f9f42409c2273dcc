import assert from 'node:assert/strict';
import { EzvizClient } from '../support/ezviz-client.ts';
import { FlvViewer } from '../support/flv-viewer.ts';
import { attachDevice } from '../support/recorded-device.ts';
import { ServerProcess } from '../support/server-process.ts';

describe('a server that is told to stop', function () {
  this.timeout(60_000);

  it('stops cameras that turn and ends their streams before it goes', async () => {
    const server = await ServerProcess.start();
    const { accessToken } = (await server.operator('POST', '/tokens')) as { readonly accessToken: string };
    const client = new EzvizClient(server.control.url, accessToken);
    const { device, listed } = await attachDevice(server, {
      gbId: '34020000001320000051',
      password: 'stop-of-the-tests',
    });
    const camera = { deviceSerial: listed.deviceSerial, channelNo: 1 };
    const viewer = await FlvViewer.play((await client.liveUrl(camera)).url);
    await viewer.untilFrames(3);
    assert.equal((await client.call('device/ptz/start', { ...camera, direction: 2, speed: 1 })).code, '200');

    assert.equal(await server.stop(), 0);
    assert.equal(device.of('ptz').at(-1)?.stop, true);
    assert.equal(device.of('bye').length, 1);
    await device.stop();
  });
});
