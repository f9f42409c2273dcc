import assert from 'node:assert/strict';
import { type OfferTraits, playOffer, subjectOf } from '../../../../bff/src/gb28181/media/play-offer.ts';
import { GbFailure, type PlayOrder } from '../../../../bff/src/gb28181/types.ts';
import { anOrder, SSRC } from '../an-order.ts';
import { bodyOf, fixture } from '../fixture.ts';

const offer = (
  overrides: Partial<PlayOrder> = {},
  gbVersion = '2.0',
  plain = false,
  subStream: OfferTraits['subStream'] = 'auto',
): string => text(overrides, { gbVersion, form: plain ? 'plain' : 'normal', subStream });

function text(overrides: Partial<PlayOrder>, traits: OfferTraits): string {
  return Buffer.from(playOffer(anOrder(overrides), traits)).toString('latin1');
}

const formOf = (file: string): string => bodyOf(fixture(`gb28181/${file}`)).toString('latin1');

describe('the offer for live media', () => {
  const ssrc = (text: string): PlayOrder['ssrc'] => ({ ...SSRC, text });
  const rows: readonly (readonly [
    title: string,
    file: string,
    overrides: Partial<PlayOrder>,
    gbVersion: string,
  ])[] = [
    ['UDP', 'i1-invite-play-udp.sip', {}, '2.0'],
    [
      'TCP, the camera dials',
      'i7-invite-play-tcp-passive.sip',
      {
        transport: 'tcp-passive',
        ssrc: ssrc('0200000002'),
        receiver: { address: '203.0.113.20', port: 30_002 },
      },
      '3.0',
    ],
    [
      'TCP, we dial',
      'i9-invite-play-tcp-active.sip',
      {
        transport: 'tcp-active',
        ssrc: ssrc('0200000003'),
        receiver: { address: '203.0.113.20', port: 30_004 },
      },
      '2.0',
    ],
  ];
  for (const [title, file, overrides, gbVersion] of rows) {
    it(`over ${title} is that of the message forms, with f= behind it`, () => {
      assert.equal(offer(overrides, gbVersion), `${formOf(file).trimEnd()}\r\nf=v/////a///\r\n`);
    });
  }

  it('ends with y= and f=, as strict devices want', () => {
    assert.deepEqual(offer().trimEnd().split('\r\n').slice(-2), ['y=0200000001', 'f=v/////a///']);
  });

  it('spares devices before 2022 the stream number, unless a sub stream is asked for', () => {
    assert.doesNotMatch(offer(), /streamnumber/);
    assert.match(offer({}, '3.0'), /a=streamnumber:0\r\n/);
    assert.match(offer({ streamNumber: 1 }), /a=streamnumber:1\r\na=streamprofile:1\r\na=streamMode:SUB\r\n/);
  });

  const FORMS: readonly (readonly [form: OfferTraits['subStream'], main: RegExp, sub: RegExp])[] = [
    ['streamnumber', /a=streamnumber:0\r\ny=/, /a=rtpmap:99 H265\/90000\r\na=streamnumber:1\r\ny=/],
    ['streamprofile', /a=streamprofile:0\r\ny=/, /a=rtpmap:99 H265\/90000\r\na=streamprofile:1\r\ny=/],
    ['streamMode', /a=streamMode:MAIN\r\ny=/, /a=rtpmap:99 H265\/90000\r\na=streamMode:SUB\r\ny=/],
    ['stream', /a=stream:0\r\ny=/, /a=rtpmap:99 H265\/90000\r\na=stream:1\r\ny=/],
    ['resolution', /f=v\/2\/6\/\/\/a\/\/\/\r\n$/, /f=v\/2\/2\/\/\/a\/\/\/\r\n$/],
  ];
  for (const [form, main, sub] of FORMS)
    it(`names the stream in one way alone where the profile says so: ${form}`, () => {
      assert.match(offer({ streamNumber: 0 }, '3.0', false, form), main);
      assert.match(offer({ streamNumber: 1 }, '3.0', false, form), sub);
    });

  it('lists what platforms list beside, where the profile says so', () => {
    const extended = text({}, { gbVersion: '2.0', form: 'extended', subStream: 'auto' });
    assert.match(extended, /^m=video \d+ RTP\/AVP 96 126 125 99 34 98 97\r$/m);
    assert.match(extended, /a=rtpmap:126 H264\/90000\r\na=fmtp:126 profile-level-id=42e01e\r\n/);
  });

  it('is PS and nothing that an odd device need not know, where it has to be plain', () => {
    assert.equal(
      offer({ transport: 'tcp-passive' }, '3.0', true),
      'v=0\r\no=34020000001320000001 0 0 IN IP4 203.0.113.20\r\ns=Play\r\nc=IN IP4 203.0.113.20\r\nt=0 0\r\n' +
        'm=video 30000 TCP/RTP/AVP 96\r\na=recvonly\r\na=rtpmap:96 PS/90000\r\na=setup:passive\r\n' +
        'a=connection:new\r\ny=0200000001\r\n',
    );
  });

  describe('names in Subject, by the kind of session', () => {
    const PLATFORM = '34020000002000000001';
    const subject = (text: string, overrides: Partial<PlayOrder> = {}): string =>
      subjectOf(anOrder({ ssrc: ssrc(text), ...overrides }), PLATFORM);
    const history = (session: 'playback' | 'download'): Partial<PlayOrder> => ({
      history: { session, beginMs: 0, endMs: 60_000, kind: 'all' },
    });

    it('the sender and the receiver', () => {
      assert.equal(subject('0200000001'), '34020000001320000001:0200000000,34020000002000000001:0');
    });

    it('the same stream of the sender for a live stream each time, whatever its SSRC and way of media: what an earlier run left over gives way (Q20)', () => {
      assert.equal(subject('0200000002'), subject('0200009999', { transport: 'tcp-passive' }));
    });

    it('another stream and another window for the sub stream, which may be watched beside the main one', () => {
      assert.equal(
        subject('0200000002', { streamNumber: 1 }),
        '34020000001320000001:0200000001,34020000002000000001:1',
      );
    });

    it('a fresh stream and a fresh window for each playback and each download', () => {
      for (const session of ['playback', 'download'] as const) {
        assert.equal(
          subject('1200000007', history(session)),
          '34020000001320000001:1200000007,34020000002000000001:0007',
        );
        assert.notEqual(subject('1200000007', history(session)), subject('1200000008', history(session)));
      }
    });

    it('a stream of at most 20 characters whose first says live or recorded', () => {
      const streamOf = (text: string): string => /:(\d+),/.exec(text)?.[1] ?? '';
      assert.match(streamOf(subject('0200000002')), /^0\d{1,19}$/);
      assert.match(streamOf(subject('1200000002', history('playback'))), /^1\d{1,19}$/);
    });
  });

  it('cannot be made of an address that would break its lines', () => {
    assert.throws(
      () => offer({ receiver: { address: '1.2.3.4\r\na=x', port: 1 } }),
      (error) => error instanceof GbFailure,
    );
  });
});
