import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RtpStreamFramer } from '../../../../bff/src/media-engine/rtp/rtp-stream-framer.ts';
import { interleaved, lengthFramed, rtpBytes } from '../../../support/media/rtp-bytes.ts';

const SSRC = 0x0102_0304;
const HOLD_LIMIT_BYTES = 2 * (65_535 + 8 + 12);

function rtp(sequence: number, payloadBytes = 20): Buffer {
  return rtpBytes({ sequence, ssrc: SSRC, payload: Buffer.alloc(payloadBytes, sequence & 0xff) });
}

/** An RTCP receiver report without blocks (RFC 3550 §6.4.2). */
const RECEIVER_REPORT = Buffer.from([0x80, 201, 0, 1, 1, 2, 3, 4]);
const EHOME_PREFIX = Buffer.concat([Buffer.from([1, 0, 1]), Buffer.alloc(253, 0xee)]);

/** Pushes the stream in pieces that end at `cuts` and gives the packets, each as hexadecimal digits. */
function framesOf(
  stream: Uint8Array,
  cuts: readonly number[] = [],
): { readonly packets: readonly string[]; readonly framer: RtpStreamFramer } {
  const framer = new RtpStreamFramer();
  const packets: string[] = [];
  let from = 0;
  for (const to of [...cuts, stream.length]) {
    // A copy that is destroyed afterwards: what the framer keeps it must have copied.
    const piece = Uint8Array.from(stream.subarray(from, to));
    framer.push(piece, (packet) => packets.push(Buffer.from(packet).toString('hex')));
    piece.fill(0xaa);
    from = to;
  }
  return { packets, framer };
}

const hex = (packets: readonly Buffer[]): string[] => packets.map((packet) => packet.toString('hex'));

describe('RTP over TCP', () => {
  const one = rtp(1);
  const two = rtp(2, 1_400);
  const three = rtp(3, 65_535 - 12);
  const four = rtp(4, 0);
  const long = rtp(5, 9_216 - 12);

  const streams: readonly [title: string, stream: Buffer, packets: readonly Buffer[]][] = [
    [
      'packets behind their length (RFC 4571 §2)',
      Buffer.concat([one, two, three, four].map(lengthFramed)),
      [one, two, three, four],
    ],
    [
      'packets behind `$`, channel and length (RFC 2326 §10.12)',
      Buffer.concat([interleaved(one), interleaved(two, 2), interleaved(three)]),
      [one, two, three],
    ],
    [
      'empty frames between packets',
      Buffer.concat([Buffer.alloc(4), lengthFramed(one), Buffer.alloc(2), lengthFramed(two)]),
      [one, two],
    ],
    [
      'RTCP between RTP is left out (RFC 5761 §4)',
      Buffer.concat([
        lengthFramed(RECEIVER_REPORT),
        lengthFramed(one),
        lengthFramed(Buffer.concat([Buffer.from([0x81, 200]), Buffer.alloc(26)])),
        lengthFramed(two),
      ]),
      [one, two],
    ],
    [
      'an Ehome prefix of 256 bytes is left out',
      Buffer.concat([EHOME_PREFIX, lengthFramed(one), lengthFramed(two)]),
      [one, two],
    ],
    [
      'a first packet whose length reads like `$` and a channel',
      Buffer.concat([lengthFramed(long), lengthFramed(one)]),
      [long, one],
    ],
    [
      'a later packet whose length reads like `$` and a channel',
      Buffer.concat([lengthFramed(one), lengthFramed(long), lengthFramed(two)]),
      [one, long, two],
    ],
  ];
  for (const [title, stream, packets] of streams) {
    describe(title, () => {
      it('come out whole', () => {
        const { packets: found, framer } = framesOf(stream);
        assert.deepEqual(found, hex(packets));
        assert.equal(framer.resyncs, 0);
        assert.equal(framer.broken, false);
      });

      it('come out the same however the stream is cut', () => {
        fc.assert(
          fc.property(fc.array(fc.integer({ min: 0, max: stream.length }), { maxLength: 40 }), (cuts) => {
            const sorted = [...cuts].sort((a, b) => a - b);
            assert.deepEqual(framesOf(stream, sorted).packets, hex(packets));
          }),
          { numRuns: 30 },
        );
      });
    });
  }

  it('come out the same when every byte comes alone', () => {
    const stream = Buffer.concat([EHOME_PREFIX, ...[one, two, long, four].map(lengthFramed)]);
    const cuts = Array.from({ length: stream.length }, (_, index) => index);
    assert.deepEqual(framesOf(stream, cuts).packets, hex([one, two, long, four]));
  });

  const damages: readonly [title: string, stream: Buffer, packets: readonly Buffer[]][] = [
    [
      'a length that names too much',
      Buffer.concat([
        lengthFramed(one),
        Buffer.from([0x03, 0xe8, 0x00]),
        rtp(2).subarray(3),
        ...[rtp(3), rtp(4)].map(lengthFramed),
      ]),
      [one, rtp(3), rtp(4)],
    ],
    [
      'bytes that the device lost from its buffer',
      Buffer.concat([
        lengthFramed(one),
        lengthFramed(rtp(2)).subarray(0, 9),
        ...[rtp(3), rtp(4), rtp(5)].map(lengthFramed),
      ]),
      // The packet that was cut takes the next one into itself: its head is right, so it cannot be told.
      [one, Buffer.concat([rtp(2).subarray(0, 7), lengthFramed(rtp(3)).subarray(0, 25)]), rtp(4), rtp(5)],
    ],
    [
      'noise between `$` frames',
      Buffer.concat([
        interleaved(one),
        Buffer.from('not a frame at all, but $ and $$ in it'),
        ...[rtp(3), rtp(4), rtp(5)].map((packet) => interleaved(packet)),
      ]),
      [one, rtp(3), rtp(4), rtp(5)],
    ],
  ];
  for (const [title, stream, packets] of damages) {
    it(`after ${title} the framing is found again by two packets of one SSRC, a length apart`, () => {
      const { packets: found, framer } = framesOf(stream);
      assert.deepEqual(found, hex(packets));
      assert.equal(framer.resyncs, 1);
      assert.equal(framer.broken, false);
    });

    it(`after ${title} any cut gives the same`, () => {
      const whole = framesOf(stream).packets;
      fc.assert(
        fc.property(fc.array(fc.integer({ min: 0, max: stream.length }), { maxLength: 60 }), (cuts) => {
          assert.deepEqual(
            framesOf(
              stream,
              [...cuts].sort((a, b) => a - b),
            ).packets,
            whole,
          );
        }),
        { numRuns: 50 },
      );
    });
  }

  it('is not found again in packets of a stranger once the SSRC is known', () => {
    const stranger = (sequence: number): Buffer => lengthFramed(rtpBytes({ sequence, ssrc: 99 }));
    const stream = Buffer.concat([
      lengthFramed(one),
      Buffer.from([0xff]),
      stranger(1),
      stranger(2),
      stranger(3),
      ...[rtp(3), rtp(4)].map(lengthFramed),
    ]);
    assert.deepEqual(framesOf(stream).packets, hex([one, rtp(3), rtp(4)]));
  });

  it('is given up when a megabyte holds no packet', () => {
    const framer = new RtpStreamFramer();
    const junk = Buffer.alloc(65_536, 0x55);
    let pushed = 0;
    while (!framer.broken && pushed < 2 << 20) {
      framer.push(junk, () => assert.fail('there is no packet in this'));
      pushed += junk.length;
    }
    assert.equal(framer.broken, true);
    assert.ok(pushed <= (1 << 20) + 2 * junk.length);
    framer.push(lengthFramed(one), () => assert.fail('a broken framer gives nothing'));
  });

  it('is given up when a megabyte of empty frames comes', () => {
    const framer = new RtpStreamFramer();
    framer.push(new Uint8Array((1 << 20) + 64), () => assert.fail('there is no packet in this'));
    assert.equal(framer.broken, true);
  });

  it('holds two of the largest packets at most, whatever every single position claims', () => {
    // Each position claims a long packet of the known SSRC and is refuted only at its far end.
    const run = Buffer.alloc(32_890, 0x80);
    const hostile = Buffer.concat([
      lengthFramed(rtpBytes({ sequence: 1, ssrc: 0x8080_8080 })),
      ...Array.from({ length: 12 }, () => Buffer.concat([Buffer.from([0]), run, Buffer.from([7])])),
    ]);
    const framer = new RtpStreamFramer();
    for (let at = 0; at < hostile.length; at += 7) framer.push(hostile.subarray(at, at + 7), () => undefined);
    assert.ok(framer.heldCapacity <= HOLD_LIMIT_BYTES);
  });

  it('never throws and never holds more than its limit, whatever comes in whatever cut', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.constantFrom(
        lengthFramed(one),
        lengthFramed(four),
        interleaved(two),
        lengthFramed(RECEIVER_REPORT),
        Buffer.from([0x24, 0x00, 0xff, 0xff, 0x80]),
        Buffer.from([0xff, 0xff, 0x80, 0x60]),
        Buffer.alloc(64),
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const framer = new RtpStreamFramer();
        let given = 0;
        let came = 0;
        for (const bytes of pieces) {
          came += bytes.length;
          framer.push(bytes, (packet) => {
            given += packet.length;
            assert.ok(packet.length >= 12);
          });
          assert.ok(framer.heldCapacity <= HOLD_LIMIT_BYTES);
        }
        assert.ok(given <= came);
      }),
      { numRuns: 300 },
    );
  });

  it('random bytes give the same packets in any cut', () => {
    const stream = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 30 }),
        fc.integer({ min: 0, max: 9 }).map((sequence) => lengthFramed(rtp(sequence, sequence))),
        fc.integer({ min: 0, max: 9 }).map((sequence) => interleaved(rtp(sequence, sequence))),
      ),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(stream, fc.array(fc.nat({ max: 600 }), { maxLength: 30 }), (pieces, cuts) => {
        const bytes = Buffer.concat(pieces);
        const inside = cuts.filter((cut) => cut <= bytes.length).sort((a, b) => a - b);
        assert.deepEqual(framesOf(bytes, inside).packets, framesOf(bytes).packets);
      }),
      { numRuns: 500 },
    );
  });
});
