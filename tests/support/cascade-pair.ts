import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EzvizClient } from './ezviz-client.ts';
import { FlvViewer } from './flv-viewer.ts';
import type { ListedDevice } from './recorded-device.ts';
import { type MetricValues, ServerProcess } from './server-process.ts';
import { until } from './until.ts';

export const UPPER = { YIMU_SIP_ID: '34020000002000000001', YIMU_SIP_DOMAIN: '3402000000' };
export const LOWER = { YIMU_SIP_ID: '34020100002000000009', YIMU_SIP_DOMAIN: '3402010000' };

const NOTHING_RUNS = [
  'yimu_rtp_ports_in_use',
  'yimu_streams',
  'yimu_viewers',
  'yimu_leases',
  'yimu_relays',
  'yimu_upward_streams',
  'yimu_upper_sessions',
  'yimu_upper_questions',
  'yimu_upper_movements',
  'yimu_sip_dialogs',
  'yimu_media_dialogs',
  'yimu_ssrc_in_use',
];

export function nothingRuns(values: MetricValues): boolean {
  return NOTHING_RUNS.every((name) => values.get(name) === 0);
}

/** What an operator of the lower server sees of the upper one. */
interface UpperView {
  readonly id: number;
  readonly registration: { readonly phase: string; readonly lastError: string | null };
}

/** A channel as the upper server lists it. */
interface ShownChannel {
  readonly serial: string;
  readonly no: number;
}

/** A node of the tree that the upper server has of the lower one. */
interface TreeNode {
  readonly gbId: string;
  readonly kind: string;
  readonly parents: readonly string[];
}

/** Two servers, each a process: `lower` registers to `upper` once it is told to. */
export class CascadePair {
  upper: ServerProcess;
  lower: ServerProcess;
  /** Under which the lower one keeps the upper one. */
  upperId = 0;
  readonly #viewers: FlvViewer[] = [];
  readonly #dirs: readonly string[];

  private constructor(upper: ServerProcess, lower: ServerProcess, dirs: readonly string[]) {
    this.upper = upper;
    this.lower = lower;
    this.#dirs = dirs;
  }

  /** The upper server knows the lower one as a device of that password. */
  static async start(password: string): Promise<CascadePair> {
    const dirs = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'yimu-cascade-')));
    const [upperDir = '', lowerDir = ''] = dirs;
    const upper = await ServerProcess.start(UPPER, { dataDir: upperDir });
    const lower = await ServerProcess.start(LOWER, { dataDir: lowerDir });
    await upper.operator('POST', '/devices', { gbId: LOWER.YIMU_SIP_ID, password });
    return new CascadePair(upper, lower, dirs);
  }

  async stop(): Promise<void> {
    this.closeViewers();
    assert.equal(await this.lower.stop(), 0, this.lower.log);
    assert.equal(await this.upper.stop(), 0, this.upper.log);
    for (const dir of this.#dirs) rmSync(dir, { recursive: true, force: true });
  }

  /** Tells the lower one of the upper one. */
  async introduce(order: Readonly<Record<string, unknown>>): Promise<UpperView> {
    const { port } = this.upper.control.sip;
    const added = (await this.lower.operator('POST', '/upper-platforms', {
      ...{ gbId: UPPER.YIMU_SIP_ID, host: '127.0.0.1', port, name: '市局', keepaliveS: 5 },
      ...order,
    })) as UpperView;
    this.upperId = added.id;
    return added;
  }

  async registration(): Promise<UpperView['registration']> {
    const path = `/upper-platforms/${String(this.upperId)}`;
    return ((await this.lower.operator('GET', path)) as UpperView).registration;
  }

  async untilRegistered(): Promise<void> {
    const isRegistered = async (): Promise<boolean> => (await this.registration()).phase === 'registered';
    await until('the lower one is registered', isRegistered, 30_000);
  }

  async share(channels: readonly object[]): Promise<void> {
    await this.lower.operator('POST', `/upper-platforms/${String(this.upperId)}/channels`, { channels });
  }

  /** The lower server as the upper one lists it. */
  async atUpper(): Promise<ListedDevice | undefined> {
    const { devices } = (await this.upper.operator('GET', '/devices')) as {
      readonly devices: readonly ListedDevice[];
    };
    return devices.find(({ gbId }) => gbId === LOWER.YIMU_SIP_ID);
  }

  async treeAtUpper(): Promise<ReadonlyMap<string, TreeNode>> {
    const { nodes } = (await this.upper.operator('GET', `/devices/${LOWER.YIMU_SIP_ID}/tree`)) as {
      readonly nodes: readonly TreeNode[];
    };
    return new Map(nodes.map((node) => [node.gbId, node]));
  }

  async untilShown(gbId: string, online = true): Promise<ShownChannel> {
    return await until(
      `${gbId} is ${online ? 'online' : 'away'} at the upper one`,
      async () => {
        const device = await this.atUpper();
        const channel = device?.channels.find((candidate) => candidate.gbId === gbId);
        return device !== undefined && channel?.online === online
          ? { serial: device.deviceSerial, no: channel.channelNo }
          : undefined;
      },
      30_000,
    );
  }

  /** How the upper one asks for media from now on. */
  async askOver(...mediaTransports: readonly string[]): Promise<void> {
    await this.upper.operator('PUT', `/devices/${LOWER.YIMU_SIP_ID}/profile`, { mediaTransports });
  }

  /** Who dials, by the newest offer of the upper one: `a=setup`; undefined over UDP. */
  async offeredSetup(): Promise<string | undefined> {
    const { messages } = (await this.upper.operator(
      'GET',
      `/devices/${LOWER.YIMU_SIP_ID}/trace?limit=100`,
    )) as { readonly messages: readonly { readonly direction: string; readonly text: string }[] };
    const offer = messages.findLast(
      ({ direction, text }) => direction === 'out' && text.startsWith('INVITE '),
    );
    assert.ok(offer, 'an INVITE in the trace');
    return /^a=setup:(\w+)/m.exec(offer.text)?.[1];
  }

  async client(of: ServerProcess = this.upper): Promise<EzvizClient> {
    const { accessToken } = (await of.operator('POST', '/tokens')) as { readonly accessToken: string };
    return new EzvizClient(of.control.url, accessToken);
  }

  /** An address of a channel at the upper one. */
  async liveUrl(gbId: string): Promise<string> {
    const { serial, no } = await this.untilShown(gbId);
    return (await (await this.client()).liveUrl({ deviceSerial: serial, channelNo: no })).url;
  }

  async watch(url: string): Promise<FlvViewer> {
    const viewer = await FlvViewer.play(url);
    this.#viewers.push(viewer);
    return viewer;
  }

  async play(gbId: string): Promise<FlvViewer> {
    return await this.watch(await this.liveUrl(gbId));
  }

  closeViewers(): void {
    for (const viewer of this.#viewers.splice(0)) viewer.close();
  }

  /** Nobody watches any more, and all that ran has ended on both sides. */
  async untilQuiet(): Promise<void> {
    this.closeViewers();
    await this.upper.metricsUntil(nothingRuns, 40_000);
    await this.lower.metricsUntil(nothingRuns, 40_000);
  }
}
