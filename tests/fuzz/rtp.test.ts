import { shortRun } from './short-run.ts';
import { TARGETS } from './targets.ts';

describe('whatever octets come over a TCP connection that should carry RTP', function () {
  this.timeout(60_000);

  shortRun(TARGETS.rtp, {
    inputs: 20_000,
    seed: 3_550,
    shown: ['resyncs-1', 'csrc', 'extension', 'padding', 'malformed', 'lost-1', 'late-1'],
  });
});
