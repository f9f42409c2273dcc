import { shortRun } from './short-run.ts';
import { TARGETS } from './targets.ts';

describe('whatever octets a clip of AAC is made of', function () {
  this.timeout(60_000);

  shortRun(TARGETS.aac, {
    inputs: 2_000,
    seed: 14_496,
    shown: ['sound', 'faults', 'block-cut-off', 'block-reserved', 'block-not-lc', 'block-pce', 'samples'],
  });
});
