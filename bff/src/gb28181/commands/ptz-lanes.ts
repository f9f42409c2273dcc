import type { PlatformFloor } from '../capability.ts';
import { learning } from '../learned.ts';
import { ptzBody } from '../manscdp/bodies.ts';
import { ptzCommandHex } from '../ptz-command.ts';
import type { DeviceEntry } from '../registrar/device-entry.ts';
import type { PtzCommand } from '../types.ts';

interface Pending {
  command: PtzCommand;
  readonly waiters: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[];
}

interface Lane {
  /** What goes out next: the newest command, in place of those that it overtook. */
  pending: Pending | undefined;
}

/**
 * Sends PTZ commands of one channel one after another: a movement whose datagram was lost must not be repeated after
 * the stop that followed it. While one is on its way only the newest waits, as each replaces the one before; pan,
 * tilt and zoom go apart from focus and iris, which have a stop of their own (GB/T 28181-2016 annex A.3).
 */
export class PtzLanes {
  readonly #floor: Pick<PlatformFloor, 'sender' | 'learn'>;
  readonly #lanes = new Map<string, Lane>();

  constructor(floor: Pick<PlatformFloor, 'sender' | 'learn'>) {
    this.#floor = floor;
  }

  /** Channels with a command on its way. */
  get size(): number {
    return this.#lanes.size;
  }

  /** Resolves when the device's SIP 200 came for it, or for the one that took its place. */
  async send(entry: DeviceEntry, channelGbId: string, command: PtzCommand): Promise<void> {
    const key = `${entry.gbId} ${channelGbId} ${isLens(command) ? 'lens' : 'ptz'}`;
    const lane = this.#lanes.get(key);
    if (lane !== undefined) {
      await this.#wait(lane, command);
      return;
    }
    const own: Lane = { pending: undefined };
    this.#lanes.set(key, own);
    try {
      await this.#sendOne(entry, channelGbId, command);
    } finally {
      void this.#drain(key, own, entry, channelGbId);
    }
  }

  #wait(lane: Lane, command: PtzCommand): Promise<void> {
    return new Promise((resolve, reject) => {
      lane.pending ??= { command, waiters: [] };
      lane.pending.command = command;
      lane.pending.waiters.push({ resolve, reject });
    });
  }

  async #drain(key: string, lane: Lane, entry: DeviceEntry, channelGbId: string): Promise<void> {
    for (let next = lane.pending; next !== undefined; next = lane.pending) {
      lane.pending = undefined;
      const { waiters, command } = next;
      try {
        await this.#sendOne(entry, channelGbId, command);
        for (const { resolve } of waiters) resolve();
      } catch (error) {
        for (const { reject } of waiters) reject(error);
      }
    }
    this.#lanes.delete(key);
  }

  async #sendOne(entry: DeviceEntry, channelId: string, command: PtzCommand): Promise<void> {
    const { gbId, gbVersion } = entry;
    const { sender } = this.#floor;
    const sent = sender.send(entry, {
      targetGbId: channelId,
      body: ptzBody({ sn: sender.nextSn(), channelId, ptzCmd: ptzCommandHex(command), gbVersion }),
      urgent: command.do === 'stop',
    });
    const learned = { gbId, command: 'DeviceControl.PTZCmd', targetGbId: channelId };
    await learning(this.#floor, learned, sent, 'sent');
  }
}

function isLens(command: PtzCommand): boolean {
  switch (command.do) {
    case 'stop':
      return command.lens;
    case 'move':
      return /^(?:focus|iris)/.test(command.move);
    case 'steer':
      return false;
    case 'steer-lens':
      return true;
  }
}
