/**
 * `fanout`: viewers that one core serves at 1 Mbit/s, over those that a bare `socket.write` of the same shared
 * buffers to every socket serves. Each side is a process of its own; rounds alternate between the sides.
 */
import { parseArgs } from 'node:util';
import { type FanoutMode, TAG_MS } from '../support/bench/fanout-protocol.ts';
import { FanoutSide } from '../support/bench/fanout-side.ts';
import { median, report } from '../support/bench/report.ts';

const { values } = parseArgs({
  options: {
    viewers: { type: 'string', default: '400' },
    seconds: { type: 'string', default: '0.8' },
    rounds: { type: 'string', default: '5' },
  },
});
const viewers = Number(values.viewers);

const WEB_SOCKET =
  'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n';
interface Mode {
  /** Header lines of the request. */
  readonly headers: string;
  readonly words: string;
  /** Merged writes cost so little that they are measured for longer. */
  readonly longer: number;
}
const MODES: Readonly<Record<FanoutMode, Mode>> = {
  plain: { headers: '', words: 'HTTP-FLV, a write per tag', longer: 1 },
  merged: { headers: '', words: 'HTTP-FLV, writes merged over 40 ms', longer: 2 },
  'web-socket': { headers: WEB_SOCKET, words: 'WS-FLV, a write per tag', longer: 1 },
};
const MODE_NAMES = ['plain', 'merged', 'web-socket'] as const;

const SIDES = ['engine', 'bare'] as const;

const sides = { engine: await FanoutSide.start('engine'), bare: await FanoutSide.start('bare') };
try {
  for (const mode of MODE_NAMES) {
    await sides.engine.admit(viewers, `GET /${mode}.flv HTTP/1.1\r\nHost: a\r\n${MODES[mode].headers}\r\n`);
  }
  await sides.bare.admit(viewers, 'viewer');
  const perCore = { engine: measures(), bare: measures() };
  for (let round = 0; round <= Number(values.rounds); round += 1) {
    for (const mode of MODE_NAMES) {
      if (mode === 'web-socket' && round % 2 === 0 && round > 0) continue;
      const figures = { engine: 0, bare: 0 };
      // Which side goes first alternates too.
      for (const side of round % 2 === 0 ? SIDES : SIDES.toReversed())
        figures[side] = await rate(sides[side], side === 'bare' && mode !== 'merged' ? 'plain' : mode);
      if (round === 0) continue; // The first round warms both up.
      perCore.engine[mode].push(figures.engine);
      perCore.bare[mode].push(figures.bare);
    }
  }
  for (const mode of MODE_NAMES) {
    const ratios = perCore.engine[mode].map(
      (figure, index) => figure / (perCore.bare[mode][index] ?? Number.NaN),
    );
    report('fanout', {
      figure: `${mode}-over-bare`,
      value: median(ratios),
      unit: 'ratio',
      detail: `viewers per core at 1 Mbit/s, ${MODES[mode].words}, over bare socket.write of the same shared buffers`,
    });
    report('fanout', {
      figure: `${mode}-viewers-per-core`,
      value: median(perCore.engine[mode]),
      unit: 'viewers',
      detail: `at 1 Mbit/s, ${MODES[mode].words}; bare: ${median(perCore.bare[mode]).toFixed(0)}`,
    });
  }
} finally {
  sides.engine.stop();
  sides.bare.stop();
}

function measures(): Record<FanoutMode, number[]> {
  return { plain: [], merged: [], 'web-socket': [] };
}

async function rate(side: FanoutSide, mode: FanoutMode): Promise<number> {
  const tags = Math.round((Number(values.seconds) * MODES[mode].longer * 1_000) / TAG_MS);
  const cpuSeconds = await side.run({ mode, tags }, viewers);
  return (viewers * tags * TAG_MS) / 1_000 / cpuSeconds;
}
