import assert from 'node:assert/strict';
import { fixedArchive } from '../../../bff/simulator/src/index.ts';
import { type FlvRefusal, FlvViewer } from '../../support/flv-viewer.ts';
import { attachDevice, type ListedDevice, RecordedDevice } from '../../support/recorded-device.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { until } from '../../support/until.ts';

const MINUTE = 60_000;
/** Noon of 14 January 2026 in Beijing. */
const NOON = Date.UTC(2026, 0, 14, 4);

interface Opened {
  readonly id: string;
  readonly url: string;
}

describe('a recorder that gives one recording of a channel at a time, and is known for it (Q17)', function () {
  this.timeout(60_000);
  let server: ServerProcess;
  let device: RecordedDevice;
  let listed: ListedDevice;
  let serial = 400;
  const viewers: FlvViewer[] = [];

  before(async () => {
    server = await ServerProcess.start();
  });

  function recorder(gbId: string, transport: 'udp' | 'tcp'): ConstructorParameters<typeof RecordedDevice>[1] {
    return {
      ...{ gbId, transport, password: 'Gb28181-demo', faults: ['one-playback'] },
      archive: fixedArchive([{ beginMs: NOON, endMs: NOON + 10 * MINUTE, kind: 'time' }]),
    };
  }

  async function attach(transport: 'udp' | 'tcp' = 'udp'): Promise<void> {
    serial += 1;
    const gbId = `3402000000132${String(serial).padStart(7, '0')}`;
    ({ device, listed } = await attachDevice(server, recorder(gbId, transport)));
    await server.operator('PUT', `/devices/${gbId}/profile`, { onePlaybackPerChannel: true });
  }

  afterEach(async () => {
    for (const viewer of viewers.splice(0)) viewer.close();
    await device.stop();
    await server.metricsUntil((values) =>
      ['yimu_media_dialogs', 'yimu_rtp_ports_in_use', 'yimu_ssrc_in_use', 'yimu_leases'].every(
        (name) => values.get(name) === 0,
      ),
    );
  });

  after(async () => {
    await server.stop();
  });

  async function open(beginMs = NOON): Promise<Opened> {
    const order = { device: listed.gbId, channelNo: 1, beginMs, endMs: NOON + 10 * MINUTE };
    return (await server.operator('POST', '/playbacks', order)) as Opened;
  }

  async function watch({ url }: Opened): Promise<FlvViewer> {
    const viewer = await FlvViewer.play(url);
    viewers.push(viewer);
    await viewer.untilFrames(5);
    return viewer;
  }

  async function refused({ url }: Opened): Promise<FlvRefusal> {
    const opened = await FlvViewer.open(url);
    if (!(opened instanceof FlvViewer)) return opened;
    opened.close();
    throw new Error('it plays');
  }

  async function stateOf({ id }: Opened): Promise<readonly [state: string, endedBy: string | undefined]> {
    const view = (await server.operator('GET', `/playbacks/${id}`)) as {
      readonly state: string;
      readonly endedBy?: string;
    };
    return [view.state, view.endedBy];
  }

  it('is sent one INVITE by two viewers of the same period, and the call lives as long as one of them', async () => {
    await attach();
    const [one, two] = [await open(), await open()];
    const first = await watch(one);
    const second = await watch(two);
    assert.equal(device.of('invite').length, 1);
    first.close();
    await second.untilFrames(second.counts.video + 25);
    assert.equal(device.of('bye').length, 0);
    second.close();
    await device.until('bye', ({ by }) => by === 'platform', 30_000);
  });

  it('is not asked for another period while somebody watches, who is not disturbed; then it plays', async () => {
    await attach();
    const [one, other] = [await open(), await open(NOON + 5 * MINUTE)];
    const first = await watch(one);
    const refusal = await refused(other);
    assert.equal(refusal.code, 'DEVICE_BUSY');
    assert.equal(device.of('invite').length, 1, 'it did not even hear of it');
    await first.untilFrames(first.counts.video + 25);
    first.close();
    const second = await until('the next period plays when the last viewer has left', async () => {
      const opened = await FlvViewer.open(other.url);
      return opened instanceof FlvViewer ? opened : undefined;
    });
    viewers.push(second);
    await second.untilFrames(5);
    assert.deepEqual(
      device.of('invite').map(({ status }) => status),
      [200, 200],
      'the first call was over before',
    );
    assert.equal((await stateOf(one))[0], 'ended');
  });

  it('dies while two share its recording: both are told, and both share the next one when it is back', async () => {
    await attach('tcp');
    const [one, two] = [await open(), await open()];
    const [first, second] = [await watch(one), await watch(two)];
    await device.stop(true);
    await until('the end for both', () => first.ended && second.ended);
    for (const address of [one, two]) {
      const [state, endedBy = 'nothing'] = await stateOf(address);
      assert.equal(state, 'ended');
      assert.match(endedBy, /^(?:DEVICE_OFFLINE|MEDIA_UNAVAILABLE)$/, 'not as if all had been shown');
    }
    device = new RecordedDevice(server, recorder(listed.gbId, 'tcp'));
    await device.start();
    await device.listed();
    await watch(two);
    await watch(one);
    assert.equal(device.of('invite').length, 1);
  });
});
