import assert from 'node:assert/strict';
import { type AuthValue, parseAuthValue } from '../../../../bff/sip-parser-lite/src/index.ts';
import { Instruments, SystemRandom } from '../../../../bff/src/kernel/index.ts';
import {
  type ChallengeOptions,
  DigestAuthority,
  type DigestAlgorithm,
  digestHa1,
  type DigestSecret,
} from '../../../../bff/src/sip/index.ts';
import { digestResponse } from '../../../../bff/src/sip/auth/digest-response.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { reading } from '../../../support/sip/readings.ts';

const ID = '34020000001180000001';
const REALM = '3402000000';
const PASSWORD = 'Gb28181-demo';
const SOURCE = '198.51.100.7';
const URI = 'sip:34020000002000000001@3402000000';

const SECRET: DigestSecret = {
  username: ID,
  ha1Md5: digestHa1('MD5', ID, REALM, PASSWORD),
  ha1Sha256: digestHa1('SHA-256', ID, REALM, PASSWORD),
};

interface Proof {
  readonly nonce: string;
  readonly algorithm?: DigestAlgorithm;
  /** `undefined`: without qop, as RFC 2069. */
  readonly nc?: string | undefined;
  readonly password?: string;
  /** Parameters to be written instead of those that belong there; `undefined` leaves one out. */
  readonly over?: Readonly<Record<string, string | undefined>>;
}

/** What a client makes of a challenge. */
function proofOf({ nonce, algorithm = 'MD5', nc, password = PASSWORD, over = {} }: Proof): AuthValue {
  const qop = nc === undefined ? undefined : { nc, cnonce: '0a4f113b' };
  const ha1 = digestHa1(algorithm, ID, REALM, password);
  const params: Record<string, string | undefined> = {
    username: ID,
    realm: REALM,
    nonce,
    uri: URI,
    response: digestResponse({ algorithm, ha1, nonce, method: 'REGISTER', uri: URI, qop }),
    ...(algorithm === 'MD5' ? {} : { algorithm }),
    ...(qop === undefined ? {} : { qop: 'auth', ...qop }),
    ...over,
  };
  const text = Object.entries(params)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}="${value ?? ''}"`)
    .join(', ');
  const value = parseAuthValue(`Digest ${text}`);
  assert.ok(value);
  return value;
}

class Bench {
  readonly clock = new FakeClock(1_768_442_430_000);
  readonly instruments = new Instruments();
  readonly authority: DigestAuthority;

  constructor(options: { readonly maxRememberedNonces?: number } = {}) {
    this.authority = new DigestAuthority({
      clock: this.clock,
      random: new SystemRandom(),
      instruments: this.instruments,
      realm: REALM,
      ...options,
    });
  }

  challenge(over: Partial<ChallengeOptions> = {}): readonly AuthValue[] {
    const headers = this.authority.challenge({ source: SOURCE, username: ID, ...over });
    return headers.map(({ name, value }) => {
      assert.equal(name, 'WWW-Authenticate');
      const challenge = parseAuthValue(value);
      assert.ok(challenge);
      return challenge;
    });
  }

  nonce(): string {
    return this.challenge()[0]?.params.get('nonce') ?? '';
  }

  /** `ok`, or why not. */
  verdict(
    proof: Proof,
    over: { readonly source?: string; readonly method?: string; readonly secret?: DigestSecret } = {},
  ): string {
    const verdict = this.authority.verify({
      authorization: proofOf(proof),
      method: 'REGISTER',
      source: SOURCE,
      secret: SECRET,
      ...over,
    });
    return verdict.ok ? 'ok' : verdict.why;
  }
}

describe('DigestAuthority: challenges (RFC 7616 §3.3)', () => {
  it('name realm, a nonce, MD5 and qop=auth', () => {
    const [challenge] = new Bench().challenge();
    assert.equal(challenge?.scheme, 'digest');
    assert.deepEqual(
      ['realm', 'algorithm', 'qop', 'stale'].map((name) => challenge.params.get(name)),
      [REALM, 'MD5', 'auth', undefined],
    );
    assert.ok((challenge.params.get('nonce') ?? '').length >= 32);
  });

  it('offer one header for each algorithm, the preferred first, with one nonce (RFC 8760 §2.4)', () => {
    const challenges = new Bench().challenge({ algorithms: ['SHA-256', 'MD5'] });
    assert.deepEqual(
      challenges.map(({ params }) => params.get('algorithm')),
      ['SHA-256', 'MD5'],
    );
    assert.equal(new Set(challenges.map(({ params }) => params.get('nonce'))).size, 1);
  });

  it('leave out qop on request, for devices that choke on it, and say stale on request', () => {
    const [challenge] = new Bench().challenge({ qop: false, stale: true });
    assert.deepEqual([challenge?.params.get('qop'), challenge?.params.get('stale')], [undefined, 'true']);
  });

  it('hold no memory', () => {
    const bench = new Bench();
    for (let i = 0; i < 1_000; i += 1) bench.challenge();
    assert.equal(reading(bench.instruments, 'yimu_sip_digest_nonces'), 0);
  });
});

describe('DigestAuthority: proofs', () => {
  for (const algorithm of ['MD5', 'SHA-256'] as const) {
    for (const nc of ['00000001', undefined]) {
      it(`of ${algorithm}, ${nc === undefined ? 'without qop' : 'with qop=auth'}, are accepted`, () => {
        const bench = new Bench();
        assert.equal(bench.verdict({ nonce: bench.nonce(), algorithm, nc }), 'ok');
        assert.equal(reading(bench.instruments, 'yimu_sip_digest_verdicts', 'ok'), 1);
      });
    }
  }

  const TOLERATED: readonly (readonly [string, Proof['over']])[] = [
    ['a response in capitals', { response: 'upper' }],
    ['algorithm in small letters', { algorithm: 'md5' }],
    ['qop in capitals', { qop: 'AUTH' }],
  ];
  for (const [what, over] of TOLERATED) {
    it(`are accepted with ${what}`, () => {
      const bench = new Bench();
      const nonce = bench.nonce();
      const proof = { nonce, nc: '00000001' };
      const response = proofOf(proof).params.get('response')?.toUpperCase();
      assert.equal(
        bench.verdict({ ...proof, over: over?.['response'] === undefined ? (over ?? {}) : { response } }),
        'ok',
      );
    });
  }

  const REFUSED: readonly (readonly [string, Omit<Proof, 'nonce'>, string])[] = [
    ['another password', { password: 'wrong' }, 'wrong-response'],
    ['another password and no qop', { password: 'wrong', nc: undefined }, 'wrong-response'],
    ['a response that is too short', { over: { response: 'abc' } }, 'wrong-response'],
    ['a response that is not ASCII', { over: { response: 'é'.repeat(32) } }, 'wrong-response'],
    ['another uri than was hashed', { over: { uri: 'sip:other@x' } }, 'wrong-response'],
    ['another nc than was hashed', { over: { nc: '00000002' } }, 'wrong-response'],
    ['another realm', { over: { realm: 'elsewhere' } }, 'wrong-realm'],
    ['no realm', { over: { realm: undefined } }, 'wrong-realm'],
    ['another name', { over: { username: '34020000001180000002' } }, 'wrong-username'],
    ['no name', { over: { username: undefined } }, 'malformed'],
    ['no nonce', { over: { nonce: undefined } }, 'malformed'],
    ['no uri', { over: { uri: undefined } }, 'malformed'],
    ['no response', { over: { response: undefined } }, 'malformed'],
    ['qop=auth-int', { over: { qop: 'auth-int' } }, 'malformed'],
    ['qop without nc', { over: { nc: undefined } }, 'malformed'],
    ['qop without cnonce', { over: { cnonce: undefined } }, 'malformed'],
    ['nc that is no eight hexadecimal digits', { over: { nc: '1' } }, 'malformed'],
    ['an algorithm that is not known', { over: { algorithm: 'SHA-512-256' } }, 'unsupported-algorithm'],
    ['a session algorithm', { over: { algorithm: 'MD5-sess' } }, 'unsupported-algorithm'],
    ['a nonce that was never ours', { over: { nonce: '0'.repeat(48) } }, 'stale'],
  ];
  for (const [what, proof, why] of REFUSED) {
    it(`with ${what} are refused: ${why}`, () => {
      const bench = new Bench();
      assert.equal(bench.verdict({ nonce: bench.nonce(), nc: '00000001', ...proof }), why);
      assert.equal(reading(bench.instruments, 'yimu_sip_digest_verdicts', why), 1);
    });
  }

  it('of another scheme are malformed', () => {
    const bench = new Bench();
    const authorization = parseAuthValue('Basic username="a", nonce="b", uri="c", response="d"');
    assert.ok(authorization);
    const verdict = bench.authority.verify({
      authorization,
      method: 'REGISTER',
      source: SOURCE,
      secret: SECRET,
    });
    assert.deepEqual(verdict, { ok: false, why: 'malformed' });
  });

  it('for another method are refused', () => {
    const bench = new Bench();
    assert.equal(bench.verdict({ nonce: bench.nonce() }, { method: 'MESSAGE' }), 'wrong-response');
  });

  it('of an algorithm for which no secret is stored are refused', () => {
    const bench = new Bench();
    const secret = { ...SECRET, ha1Sha256: undefined };
    assert.equal(
      bench.verdict({ nonce: bench.nonce(), algorithm: 'SHA-256' }, { secret }),
      'unsupported-algorithm',
    );
  });
});

describe('DigestAuthority: nonces', () => {
  it('are worth nothing a second time without qop: the proof was replayed', () => {
    const bench = new Bench();
    const nonce = bench.nonce();
    assert.deepEqual([bench.verdict({ nonce }), bench.verdict({ nonce })], ['ok', 'replayed']);
  });

  it('serve many requests with rising counts, each count once (RFC 7616 §3.4)', () => {
    const bench = new Bench();
    const nonce = bench.nonce();
    const counts = ['00000001', '00000002', '00000002', '00000001', '0000000a', '00000009', '0000000B'];
    assert.deepEqual(
      counts.map((nc) => bench.verdict({ nonce, nc })),
      ['ok', 'ok', 'replayed', 'replayed', 'ok', 'replayed', 'ok'],
    );
    assert.equal(reading(bench.instruments, 'yimu_sip_digest_nonces'), 1);
  });

  it('cannot be used up by a wrong password', () => {
    const bench = new Bench();
    const nonce = bench.nonce();
    assert.equal(bench.verdict({ nonce, password: 'wrong' }), 'wrong-response');
    assert.equal(bench.verdict({ nonce }), 'ok');
  });

  it('are stale after their life', async () => {
    const bench = new Bench();
    const nonce = bench.nonce();
    await bench.clock.advance(301_000);
    assert.equal(bench.verdict({ nonce, nc: '00000001' }), 'stale');
  });

  it('are judged before the password: behind one that is not ours nobody learns whether it is right', async () => {
    const bench = new Bench();
    const nonce = bench.nonce();
    const elsewhere = { source: '203.0.113.7' };
    assert.equal(bench.verdict({ nonce, password: 'wrong' }, elsewhere), 'stale');
    await bench.clock.advance(301_000);
    assert.equal(bench.verdict({ nonce, password: 'wrong' }), 'stale');
  });

  it('are stale from another network', () => {
    const bench = new Bench();
    const nonce = bench.nonce();
    assert.equal(bench.verdict({ nonce }, { source: '203.0.113.7' }), 'stale');
    assert.equal(bench.verdict({ nonce }, { source: '198.51.100.99' }), 'ok');
  });

  it('of another process are stale: after a restart the device tries again with the same password', () => {
    assert.equal(new Bench().verdict({ nonce: new Bench().nonce() }), 'stale');
  });

  it('are remembered so many and no more, and none is accepted twice for that', () => {
    const bench = new Bench({ maxRememberedNonces: 2 });
    const nonces = Array.from({ length: 5 }, () => bench.nonce());
    const first = nonces.map((nonce) => bench.verdict({ nonce, nc: '00000001' }));
    assert.ok(reading(bench.instruments, 'yimu_sip_digest_nonces') <= 2);
    assert.ok(first.includes('ok'));
    const again = nonces.map((nonce) => bench.verdict({ nonce, nc: '00000001' }));
    assert.ok(!again.includes('ok'), again.join());
  });
});
