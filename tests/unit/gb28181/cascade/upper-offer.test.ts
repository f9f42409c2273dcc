import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readUpperOffer, upperAnswer } from '../../../../bff/src/gb28181/cascade/upper-offer.ts';
import { parseSdp } from '../../../../bff/src/sip/index.ts';
import { bodyOf, fixture } from '../fixture.ts';

const OWN = '34020000001320000911';

function offerOf(file: string): ReturnType<typeof readUpperOffer> {
  return readUpperOffer(bodyOf(fixture(`gb28181/${file}`)));
}

function read(text: string): ReturnType<typeof readUpperOffer> {
  return readUpperOffer(Buffer.from(text.replaceAll('\n', '\r\n')));
}

const PLAIN = 'v=0\ns=Play\nc=IN IP4 203.0.113.20\nt=0 0\nm=video 30000 RTP/AVP 96\na=rtpmap:96 PS/90000\n';

describe('offers of upper platforms (GB/T 28181-2016 annex F)', () => {
  const ways = [
    ['i1-invite-play-udp.sip', 'udp', 'play', 200000001],
    ['i7-invite-play-tcp-passive.sip', 'tcp-active', 'play', 200000002],
    ['i9-invite-play-tcp-active.sip', 'tcp-passive', 'play', 200000003],
    ['i10-invite-playback.sip', 'udp', 'playback', 1200000004],
    ['i11-invite-download.sip', 'udp', 'download', 1200000005],
  ] as const;
  for (const [file, transport, kind, ssrc] of ways)
    it(`${file}: ${kind}, our side of it ${transport}`, () => {
      const result = offerOf(file);
      assert.ok(result.ok);
      const { offer } = result;
      assert.deepEqual([offer.transport, offer.kind, offer.ssrc], [transport, kind, ssrc]);
      assert.deepEqual([offer.address, offer.payloadType], ['203.0.113.20', 96]);
      if (kind !== 'play') assert.deepEqual([offer.startS, offer.endS], [1768320000, 1768323600]);
      if (kind === 'download') assert.equal(offer.downloadSpeed, 4);
    });

  it('takes the number that stands for PS, whichever it is', () => {
    const result = read(PLAIN.replace('AVP 96', 'AVP 98 110').replace('rtpmap:96', 'rtpmap:110'));
    assert.ok(result.ok);
    assert.equal(result.offer.payloadType, 110);
    assert.equal(result.offer.ssrc, undefined, 'the choice is ours');
  });

  const refused = [
    ['no PS', PLAIN.replace('96\n', '98\n').replace('96 PS', '98 H264'), 488],
    ['a name instead of an address', PLAIN.replace('203.0.113.20', 'media.example'), 488],
    ['a session of another name', PLAIN.replace('Play', 'Talk'), 488],
    ['a medium that is refused', PLAIN.replace('30000', '0'), 488],
    ['a recording without a period', PLAIN.replace('Play', 'Playback'), 488],
    ['no description', '<xml/>', 400],
  ] as const;
  for (const [what, text, status] of refused)
    it(`refuses ${what} by ${String(status)}`, () => {
      assert.deepEqual(read(text), { ok: false, status });
    });

  it('is answered by a description that says what is sent, from where, with whose SSRC', () => {
    const result = offerOf('i7-invite-play-tcp-passive.sip');
    assert.ok(result.ok);
    const media = { address: '198.51.100.9', port: 9, fileSize: 1_000 };
    const body = upperAnswer(OWN, result.offer, media, '0200000002');
    assert.ok(body);
    const parsed = parseSdp(body);
    assert.ok(parsed.ok);
    assert.equal(parsed.sdp.y, '0200000002');
    const text = Buffer.from(body).toString('latin1');
    for (const line of [
      `o=${OWN} `,
      's=Play',
      'a=sendonly',
      'a=setup:active',
      'a=filesize:1000',
      'm=video 9 TCP',
    ])
      assert.ok(text.includes(line), line);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
        readUpperOffer(octets);
      }),
    );
  });
});
