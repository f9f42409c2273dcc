import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { TracedMessage } from '../../../../bff/src/core/index.ts';
import { addressOctets } from '../../../../bff/src/core/trace/ip-address.ts';
import { pcapOf } from '../../../../bff/src/core/trace/pcap.ts';
import { packetsOf } from '../../../support/pcap-reader.ts';

let seq = 0;
function aTracedMessage(over: Partial<TracedMessage> & { readonly text?: string } = {}): TracedMessage {
  seq += 1;
  const text = over.text ?? 'OPTIONS sip:1@2 SIP/2.0\r\n\r\n';
  const bytes = over.bytes ?? Buffer.from(text);
  return {
    ...{ seq, atMs: 1_768_442_430_123, direction: 'in', transport: 'udp' },
    ...{ remoteAddress: '198.51.100.7', remotePort: 31_044 },
    ...{ localAddress: '203.0.113.10', localPort: 5_060 },
    octets: bytes.length,
    ...over,
    bytes,
    text,
  };
}

describe('trace as a capture file', () => {
  it('is a file without packets for a trace without messages', () => {
    assert.deepEqual(packetsOf(pcapOf([])), []);
  });

  it('holds each message as a packet between the real addresses, at its time, with right checksums', () => {
    const [one, other] = packetsOf(
      pcapOf([aTracedMessage(), aTracedMessage({ direction: 'out', text: 'ab' })]),
    );
    assert.deepEqual(
      { ...one, payload: one?.payload.toString() },
      {
        ...{ atMs: 1_768_442_430_123, protocol: 'udp', checksumsOk: true, isCut: false, tcp: undefined },
        ...{ from: '198.51.100.7', fromPort: 31_044, to: '203.0.113.10', toPort: 5_060 },
        payload: 'OPTIONS sip:1@2 SIP/2.0\r\n\r\n',
      },
    );
    assert.deepEqual([other?.from, other?.toPort, other?.payload.toString()], ['203.0.113.10', 31_044, 'ab']);
  });

  it('numbers the octets of a TCP connection in both directions without gaps', () => {
    const tcp = { transport: 'tcp' } as const;
    const packets = packetsOf(
      pcapOf([
        aTracedMessage({ ...tcp, text: 'abc' }),
        aTracedMessage({ ...tcp, text: 'de', direction: 'out' }),
        aTracedMessage({ ...tcp, text: 'fghi' }),
        aTracedMessage({ ...tcp, text: 'j', remotePort: 4 }),
      ]),
    );
    assert.deepEqual(
      packets.map(({ tcp: numbers }) => numbers),
      [
        { sequence: 1_000, acknowledged: 1_000 },
        { sequence: 1_000, acknowledged: 1_003 },
        { sequence: 1_003, acknowledged: 1_002 },
        { sequence: 1_000, acknowledged: 1_000 },
      ],
    );
    assert.ok(packets.every(({ checksumsOk }) => checksumsOk));
  });

  it('numbers on behind a message that is too long for one packet as if it ended where the packet does', () => {
    const tcp = { transport: 'tcp' } as const;
    const [long, next] = packetsOf(
      pcapOf([aTracedMessage({ ...tcp, bytes: Buffer.from('abc'), octets: 70_000 }), aTracedMessage(tcp)]),
    );
    assert.equal(long?.tcp?.sequence, 1_000);
    assert.equal(next?.tcp?.sequence, 66_000);
  });

  it('writes IPv6 when one end has such an address', () => {
    const [packet] = packetsOf(pcapOf([aTracedMessage({ remoteAddress: '2001:db8::7' })]));
    assert.deepEqual(
      [packet?.from, packet?.to, packet?.checksumsOk],
      ['2001:db8:0:0:0:0:0:7', '0:0:0:0:0:ffff:cb00:710a', true],
    );
  });

  it('says of a message that was not kept whole how long it was', () => {
    const [packet] = packetsOf(pcapOf([aTracedMessage({ bytes: Buffer.from('abc'), octets: 900 })]));
    assert.deepEqual([packet?.isCut, packet?.payload.length], [true, 3]);
  });

  it('can be read whatever the messages are', () => {
    const message = fc.record({
      direction: fc.constantFrom('in' as const, 'out' as const),
      transport: fc.constantFrom('udp' as const, 'tcp' as const),
      bytes: fc.uint8Array({ maxLength: 300 }),
      remoteAddress: fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()),
      remotePort: fc.integer({ min: 0, max: 65_535 }),
    });
    fc.assert(
      fc.property(fc.array(message), (messages) => {
        const packets = packetsOf(pcapOf(messages.map((one) => aTracedMessage(one))));
        assert.equal(packets.length, messages.length);
        for (const [index, packet] of packets.entries()) {
          assert.ok(packet.checksumsOk);
          assert.deepEqual(new Uint8Array(packet.payload), messages[index]?.bytes);
        }
      }),
    );
  });
});

describe('octets of an address', () => {
  const CASES: readonly (readonly [string, string])[] = [
    ['192.0.2.1', 'c0000201'],
    ['::ffff:192.0.2.1', 'c0000201'],
    ['::', '0'.repeat(32)],
    ['::1', `${'0'.repeat(31)}1`],
    ['fe80::1%eth0', `fe80${'0'.repeat(27)}1`],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['64:ff9b::192.0.2.33', `0064ff9b${'0'.repeat(16)}c0000221`],
    ['host', '00000000'],
  ];
  for (const [text, hex] of CASES)
    it(`of ${text} are ${hex}`, () => {
      assert.equal(Buffer.from(addressOctets(text)).toString('hex'), hex);
    });
});
