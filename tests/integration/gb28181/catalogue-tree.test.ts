import assert from 'node:assert/strict';
import { makeProfile, SimulatedDevice } from '../../../bff/simulator/src/index.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { until } from '../../support/until.ts';
import { RawDevice, snOf } from './raw-device.ts';
import { SipPeer } from './sip-peer.ts';

const PLATFORM = '34020000002000000009';
const NVR = '34020000001180000001';
const PASSWORD = 'Gb28181-demo';
const camera = (no: number): string => `3402000000131${String(no).padStart(7, '0')}`;

interface Node {
  readonly gbId: string;
  readonly kind: string;
  readonly online: boolean;
  readonly channelNo?: number;
  readonly parents: readonly string[];
}

describe('catalogues as trees, in the whole server', function () {
  this.timeout(90_000);
  let server: ServerProcess;
  const peers: SipPeer[] = [];

  before(async () => {
    server = await ServerProcess.start();
  });

  after(async () => {
    for (const peer of peers) peer.close();
    await server.stop();
  });

  async function tree(ref: string): Promise<readonly Node[]> {
    return ((await server.operator('GET', `/devices/${ref}/tree`)) as { readonly nodes: readonly Node[] })
      .nodes;
  }

  const channelsOf = (nodes: readonly Node[]): readonly (readonly [number | undefined, string])[] =>
    nodes.filter(({ kind }) => kind === 'channel').map(({ channelNo, gbId }) => [channelNo, gbId]);

  it('a platform with 250 cameras is a tree of regions, groups and organisations, and is one after a restart too', async () => {
    await server.operator('POST', '/devices', { gbId: PLATFORM, password: PASSWORD });
    const profile = makeProfile('platform', PLATFORM, { channels: 250 });
    const device = new SimulatedDevice({
      server: server.control.sip,
      profile,
      password: PASSWORD,
      media: false,
    });
    await device.start();
    const nodes = await until('the whole tree', async () => {
      const told = await tree(PLATFORM);
      return told.length === 250 + (profile.nodes?.length ?? 0) ? told : undefined;
    });
    const byId = new Map(nodes.map((node) => [node.gbId, node]));
    assert.deepEqual(
      [...new Set(nodes.map(({ kind }) => kind))].sort(),
      ['business-group', 'channel', 'region', 'virtual-organisation'].sort(),
    );
    for (const { gbId, place } of profile.channels) {
      const parents = place?.parentId?.split('/').filter((id) => id !== PLATFORM);
      assert.deepEqual(byId.get(gbId)?.parents, parents);
    }
    assert.deepEqual(byId.get('3402')?.parents, ['34']);
    const [group] = nodes.filter(({ kind }) => kind === 'business-group');
    assert.deepEqual(group?.parents, [PLATFORM]);
    for (const organisation of nodes.filter(({ kind }) => kind === 'virtual-organisation')) {
      const [parent = ''] = organisation.parents;
      assert.match(byId.get(parent)?.kind ?? '', /^(?:business-group|virtual-organisation)$/);
    }
    await device.stop();
  });

  async function recorder(): Promise<RawDevice> {
    const { sip } = server.control;
    const peer = await SipPeer.udp(sip.port);
    peers.push(peer);
    const device = new RawDevice(sip, peer, NVR, PASSWORD);
    assert.equal((await device.register()).status, 200);
    return device;
  }

  const part = (sn: string, sum: number, ids: readonly string[]): Buffer =>
    Buffer.from(
      `<?xml version="1.0" encoding="GB2312"?>\r\n<Response>\r\n<CmdType>Catalog</CmdType>\r\n<SN>${sn}</SN>\r\n<DeviceID>${NVR}</DeviceID>\r\n<SumNum>${String(sum)}</SumNum>\r\n<DeviceList Num="${String(ids.length)}">\r\n${ids
        .map((id) => `<Item>\r\n<DeviceID>${id}</DeviceID>\r\n<Name>c</Name>\r\n</Item>\r\n`)
        .join('')}</DeviceList>\r\n</Response>\r\n`,
      'latin1',
    );

  /** Registers and tells these channels of `sum`; resolves when the server has taken the catalogue. */
  async function tells(sum: number, ids: readonly string[]): Promise<RawDevice> {
    const before = ended(await server.metrics());
    const device = await recorder();
    const sn = snOf(await device.takeMessage('Catalog'));
    assert.equal((await device.tell(part(sn, sum, ids))).status, 200);
    await server.metricsUntil((values) => ended(values) > before, 20_000);
    return device;
  }

  const ended = (values: ReadonlyMap<string, number>): number =>
    [...values].reduce((sum, [name, value]) => sum + (name.startsWith('yimu_catalogs{') ? value : 0), 0);

  const shown = async (ids: readonly number[]): Promise<void> => {
    await until(`channels ${ids.join()}`, async () => {
      const told = channelsOf(await tree(NVR));
      return told.length === ids.length && told.every(([, gbId], index) => gbId === camera(ids[index] ?? 0));
    });
  };

  it('only complete catalogues that agree delete a channel, and its number comes back with it', async () => {
    await server.operator('POST', '/devices', { gbId: NVR, password: PASSWORD });
    await tells(3, [camera(1), camera(2), camera(3)]);
    await shown([1, 2, 3]);
    // SumNum lies: less came than was announced, and silence ended it.
    await tells(9, [camera(1)]);
    await shown([1, 2, 3]);
    await tells(9, [camera(1)]);
    await shown([1, 2, 3]);
    await tells(2, [camera(1), camera(3)]);
    await shown([1, 2, 3]);
    const device = await tells(2, [camera(1), camera(3)]);
    await shown([1, 3]);
    // Nobody asked for this (Q34): it is merged, and deletes nothing.
    assert.equal((await device.tell(part('1', 1, [camera(4)]))).status, 200);
    await shown([1, 3, 4]);
    await tells(4, [camera(1), camera(2), camera(3), camera(4)]);
    await shown([1, 2, 3, 4]);
    assert.deepEqual(channelsOf(await tree(NVR)), [
      [1, camera(1)],
      [2, camera(2)],
      [3, camera(3)],
      [4, camera(4)],
    ]);
  });

  it('a SumNum below what comes completes the catalogue, and later parts are merged', async () => {
    const device = await tells(1, [camera(1)]);
    assert.equal((await device.tell(part('99', 1, [camera(5)]))).status, 200);
    await shown([1, 2, 3, 4, 5]);
  });
});
