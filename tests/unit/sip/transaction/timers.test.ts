import assert from 'node:assert/strict';
import {
  firstDelayMs,
  GIVE_UP_MS,
  nextDelayMs,
  T1_MS,
  T2_MS,
  type TimerName,
} from '../../../../bff/src/sip/transaction/timers.ts';

/** RFC 3261 table 4, RFC 6026 §7.1 and §7.2: how long each timer runs first, ms; `-`: not used there. */
const TABLE: readonly (readonly [TimerName, number, number | '-'])[] = [
  // timer, UDP, TCP
  ['A', 500, '-'],
  ['B', 32_000, 32_000],
  ['D', 32_000, 0],
  ['E', 500, '-'],
  ['F', 32_000, 32_000],
  ['G', 500, '-'],
  ['H', 32_000, 32_000],
  ['I', 5_000, 0],
  ['J', 32_000, 0],
  ['K', 5_000, 0],
  ['L', 32_000, 32_000],
  ['M', 32_000, 32_000],
];

/** When a timer that starts at T1 fires, if it fires so often within `GIVE_UP_MS`, ms. */
function schedule(timer: TimerName): number[] {
  const times: number[] = [];
  let delayMs = T1_MS;
  for (let atMs = delayMs; atMs < GIVE_UP_MS; atMs += delayMs) {
    times.push(atMs);
    delayMs = nextDelayMs(timer, delayMs);
  }
  return times;
}

describe('SIP timers (RFC 3261 table 4, RFC 6026)', () => {
  it('are T1 = 500 ms, T2 = 4 s, and 64·T1 = 32 s to give up', () => {
    assert.deepEqual([T1_MS, T2_MS, GIVE_UP_MS], [500, 4_000, 32_000]);
  });

  for (const [timer, udpMs, tcpMs] of TABLE) {
    it(`Timer ${timer} runs ${String(udpMs)} ms over UDP, ${tcpMs === '-' ? 'not at all' : `${String(tcpMs)} ms`} over TCP`, () => {
      assert.equal(firstDelayMs(timer, false), udpMs);
      assert.equal(firstDelayMs(timer, true), tcpMs === '-' ? undefined : tcpMs);
    });
  }

  it('Timer A doubles without a cap (§17.1.1.2): 500, 1500, 3500, 7500, 15500, 31500 ms', () => {
    assert.deepEqual(schedule('A'), [500, 1_500, 3_500, 7_500, 15_500, 31_500]);
  });

  for (const timer of ['E', 'G'] as const) {
    it(`Timer ${timer} doubles up to T2: 500, 1500, 3500, 7500, 11500, … 31500 ms`, () => {
      assert.deepEqual(
        schedule(timer),
        [500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500],
      );
    });
  }
});
