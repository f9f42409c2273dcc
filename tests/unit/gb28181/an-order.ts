import type { PlayOrder, SsrcLease } from '../../../bff/src/gb28181/types.ts';

/** A reserved SSRC that nobody takes back. */
export const SSRC: SsrcLease = { text: '0200000001', value: 200_000_001, release: () => undefined };

/** An order for live media. */
export function anOrder(overrides: Partial<PlayOrder> = {}): PlayOrder {
  return {
    deviceGbId: '34020000001180000001',
    channelGbId: '34020000001320000001',
    transport: 'udp',
    streamNumber: 0,
    ssrc: SSRC,
    receiver: { address: '203.0.113.20', port: 30_000 },
    timeoutMs: 10_000,
    ...overrides,
  };
}
