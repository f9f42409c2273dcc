import assert from 'node:assert/strict';
import { attributeOf, mediaAddress, type Sdp, ssrcOf } from '../../../../bff/src/sip/index.ts';

const MEDIUM = {
  kind: 'video',
  port: 1,
  protocol: 'RTP/AVP',
  formats: [],
  address: undefined,
  attributes: [],
};
const SDP: Sdp = {
  origin: undefined,
  sessionName: undefined,
  uri: undefined,
  address: '192.0.2.1',
  timing: undefined,
  attributes: [],
  media: [MEDIUM],
  y: undefined,
  f: undefined,
};

describe('ssrcOf (GB/T 28181-2016 annex F)', () => {
  const rows: readonly (readonly [string | undefined, number | undefined])[] = [
    ['0200000001', 200_000_001],
    ['200000001', 200_000_001],
    ['0000000000', 0],
    ['4294967295', 4_294_967_295],
    ['4294967296', undefined],
    ['12345678901', undefined],
    ['0x10', undefined],
    ['-1', undefined],
    ['', undefined],
    [undefined, undefined],
  ];
  for (const [y, expected] of rows) {
    it(`y=${y ?? '–'} is ${String(expected ?? 'none')}`, () => {
      assert.equal(ssrcOf({ ...SDP, y }), expected);
    });
  }
});

describe('mediaAddress', () => {
  it('is that of the medium, else that of the session', () => {
    assert.equal(mediaAddress(SDP, MEDIUM), '192.0.2.1');
    assert.equal(mediaAddress(SDP, { ...MEDIUM, address: '192.0.2.2' }), '192.0.2.2');
    assert.equal(mediaAddress({ ...SDP, address: undefined }, MEDIUM), undefined);
    for (const nowhere of ['', '0.0.0.0', '::'])
      assert.equal(mediaAddress({ ...SDP, address: nowhere }, MEDIUM), undefined, 'held, or not known');
  });
});

describe('attributeOf', () => {
  it('is the first of its name, empty for one without value', () => {
    const attributes = [
      { name: 'setup', value: 'active' },
      { name: 'setup', value: 'passive' },
      { name: 'recvonly', value: undefined },
    ];
    assert.deepEqual(
      ['setup', 'recvonly', 'connection'].map((name) => attributeOf(attributes, name)),
      ['active', '', undefined],
    );
  });
});
