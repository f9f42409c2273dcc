import { shortRun } from './short-run.ts';
import { TARGETS } from './targets.ts';

describe('whatever octets a MANSCDP body is made of', function () {
  this.timeout(60_000);

  shortRun(TARGETS.manscdp, {
    inputs: 20_000,
    seed: 20_281,
    shown: ['empty', 'too-deep', 'document-type', 'no-root', 'unknown-root', 'no-cmd-type'],
  });
});
