import { shortRun } from './short-run.ts';
import { TARGETS } from './targets.ts';

describe('whatever octets come as a program stream', function () {
  this.timeout(60_000);

  shortRun(TARGETS.ps, {
    inputs: 5_000,
    seed: 13_818,
    shown: ['resyncs-1', 'tracks-h264-aac', 'tracks-h265-pcma', 'damaged-1', 'fault-g729', 'open'],
  });
});
