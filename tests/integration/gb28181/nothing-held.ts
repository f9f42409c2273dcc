import { until } from '../../support/until.ts';
import type { Stack } from './a-stack.ts';

const GAUGES = [
  'yimu_sip_transactions',
  'yimu_sip_dialogs',
  'yimu_sip_tcp_held_bytes',
  'yimu_media_dialogs',
  'yimu_gb_commands_in_flight',
  'yimu_gb_queries_waiting',
  'yimu_ssrc_in_use',
];
/** 64·T1 (RFC 3261 §17.1.1.2): by then the last transaction is forgotten. */
const FORGOTTEN_WITHIN_MS = 40_000;

/**
 * Waits until the gauges of the process itself say that nothing is held any more, and as many timers are pending as
 * before there was anything.
 */
export async function nothingHeld(stack: Stack, timersBefore: number): Promise<void> {
  await until(
    'all gauges at zero, no timer left',
    () => GAUGES.every((name) => stack.figure(name) === 0) && stack.clock.pending <= timersBefore,
    FORGOTTEN_WITHIN_MS,
  );
}
