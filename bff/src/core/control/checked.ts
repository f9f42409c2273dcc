import { faultOfCommand } from '@yimu/shared';
import { type Camera, canTurn, requireOnline } from '../devices/device.ts';
import { refuse } from '../refuse.ts';

/** Refuses a command that names something out of its range with INVALID_ARGUMENT. */
export function requireInRange(command: Parameters<typeof faultOfCommand>[0]): void {
  const field = faultOfCommand(command);
  if (field !== undefined) throw refuse('INVALID_ARGUMENT', { field });
}

/** Refuses with DEVICE_OFFLINE, or CHANNEL_OFFLINE for a camera that its device says is away. */
export function requireThere({ device, channel }: Camera): void {
  requireOnline(device);
  if (!channel.online) throw refuse('CHANNEL_OFFLINE');
}

/** Refuses for a camera that says that it does not turn. */
export function requireTurning({ channel }: Camera): void {
  if (!canTurn(channel.ptzType)) throw refuse('NOT_SUPPORTED_BY_DEVICE');
}
