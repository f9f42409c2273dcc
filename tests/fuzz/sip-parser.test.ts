import { shortRun } from './short-run.ts';
import { TARGETS } from './targets.ts';

describe('whatever octets a SIP message is made of', function () {
  this.timeout(60_000);

  shortRun(TARGETS['sip-parser'], {
    inputs: 8_000,
    seed: 3_261,
    shown: [
      'leading-junk',
      'method-case',
      'bare-lf',
      'content-length-too-small',
      'content-length-differs',
      'several-values',
      'CR without LF in the head',
      'NUL in the head',
      'Via is malformed',
      'several vias',
      'several challenges',
      'an IPv6 address',
      'an escaped NUL',
      'octets that are no UTF-8',
      'ping',
      '3 in a stream',
      'stream: no Content-Length over TCP',
      'stream: start line without method, URI and version',
    ],
  });
});
