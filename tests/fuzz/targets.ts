import { mutateAac } from './aac-mutator.ts';
import { clipsOfFixtures } from './aac-seeds.ts';
import { fuzzAac } from './aac-target.ts';
import { Corpus } from './corpus.ts';
import { mutate as mutateManscdp } from './manscdp-mutator.ts';
import { bodiesOfFixtures } from './manscdp-seeds.ts';
import { fuzzManscdp } from './manscdp-target.ts';
import { mutate as mutatePs } from './ps-mutator.ts';
import { fuzzPs } from './ps-target.ts';
import { mutate as mutateRtp } from './rtp-mutator.ts';
import { fuzzRtp } from './rtp-target.ts';
import { mutateSdp } from './sdp-mutator.ts';
import { descriptionsOfFixtures } from './sdp-seeds.ts';
import { fuzzSdp } from './sdp-target.ts';
import { mutateSip } from './sip-parser-mutator.ts';
import { messagesOfFixtures } from './sip-parser-seeds.ts';
import { fuzzSipParser } from './sip-parser-target.ts';
import type { FuzzTarget } from './target.ts';

const aac = new Corpus('aac');
const manscdp = new Corpus('manscdp');
const rtp = new Corpus('rtp');
const ps = new Corpus('ps');
const sdp = new Corpus('sdp');
const sip = new Corpus('sip');

/** Everything that is fuzzed, by the name that `tests/fuzz/run.ts` takes. */
export const TARGETS = {
  aac: {
    corpus: aac,
    seeds: () => [...aac.read(), ...clipsOfFixtures()],
    mutate: mutateAac,
    feed: fuzzAac,
    maxKeptBytes: 2_048,
  },
  manscdp: {
    corpus: manscdp,
    seeds: () => [...manscdp.read(), ...bodiesOfFixtures()],
    mutate: mutateManscdp,
    feed: fuzzManscdp,
    maxKeptBytes: 512,
  },
  rtp: {
    corpus: rtp,
    seeds: () => [...rtp.read(), new Uint8Array(0)],
    mutate: mutateRtp,
    feed: fuzzRtp,
    maxKeptBytes: 1_024,
  },
  ps: {
    corpus: ps,
    seeds: () => [...ps.read(), new Uint8Array(0)],
    mutate: mutatePs,
    feed: fuzzPs,
    maxKeptBytes: 2_048,
  },
  sdp: {
    corpus: sdp,
    seeds: () => [...sdp.read(), ...descriptionsOfFixtures()],
    mutate: mutateSdp,
    feed: fuzzSdp,
    maxKeptBytes: 1_024,
  },
  'sip-parser': {
    corpus: sip,
    seeds: () => [...sip.read(), ...messagesOfFixtures()],
    mutate: mutateSip,
    feed: fuzzSipParser,
    maxKeptBytes: 1_024,
  },
} as const satisfies Record<string, FuzzTarget>;
