import { shortRun } from './short-run.ts';
import { TARGETS } from './targets.ts';

describe('whatever octets a session description is made of', function () {
  this.timeout(60_000);

  shortRun(TARGETS.sdp, {
    inputs: 20_000,
    seed: 4_566,
    shown: [
      'no m= line',
      'm= line is malformed',
      'port is malformed',
      'too many m= lines',
      'ssrc',
      'written',
    ],
  });
});
