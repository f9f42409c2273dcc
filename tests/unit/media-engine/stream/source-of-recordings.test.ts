import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RtpListener, RtpReceiver } from '../../../../bff/src/media-engine/receive/rtp-receiver.ts';
import { type Receivers, Source } from '../../../../bff/src/media-engine/stream/source.ts';
import type { SourceOrder } from '../../../../bff/src/media-engine/worker/messages.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { clipPackets, clipPictures } from '../../../support/media/clip-packets.ts';
import { FakePipe } from '../../../support/media/fake-pipe.ts';
import { until } from '../../../support/until.ts';
import { readTags } from '../../../support/media/flv-tags.ts';

const SSRC = 0x0102_0304;
const ORDER: SourceOrder = {
  sessionId: 's',
  transport: 'udp',
  ssrc: SSRC,
  firstPacketTimeoutMs: 10_000,
  silenceTimeoutMs: 15_000,
  isHistory: true,
};
const FRAME_MS = 40;

interface Bench {
  readonly clock: FakeClock;
  readonly source: Source;
  readonly events: string[];
  readonly receivers: { readonly listener: RtpListener; closed: boolean }[];
  readonly send: (packets: readonly Uint8Array[]) => void;
  readonly pass: (ms: number) => Promise<void>;
}

async function bench(order: Partial<SourceOrder> = {}): Promise<Bench> {
  const clock = new FakeClock();
  const events: string[] = [];
  const receivers: { readonly listener: RtpListener; closed: boolean }[] = [];
  const receive = (listener: RtpListener): RtpReceiver => {
    const receiver = { listener, closed: false };
    receivers.push(receiver);
    return { port: 31_000, bufferBytes: undefined, close: () => void (receiver.closed = true) };
  };
  const listen: Receivers['udp'] = (_host, _port, listener) => Promise.resolve(receive(listener));
  const source = new Source(
    { ...ORDER, ...order },
    {
      onUp: () => events.push('up'),
      onEnd: (why) => events.push(`end ${why}`),
      onFault: (error) => events.push(`fault ${String(error)}`),
    },
    {
      clock,
      counts: { skips: 0, cut: 0 },
      receivers: { udp: listen, tcpPassive: listen, tcpActive: (_a, _p, listener) => receive(listener) },
    },
  );
  await source.listen('0.0.0.0', 31_000);
  return {
    clock,
    source,
    events,
    receivers,
    send: (packets) => {
      for (const packet of packets) receivers.at(-1)?.listener.onPacket(packet);
    },
    pass: async (ms) => {
      await clock.advance(ms);
      source.tick(clock.monotonicMs());
    },
  };
}

/** Sends pictures with so much time between them. */
async function play(
  { clock, send }: Bench,
  pictures: ReturnType<typeof clipPictures>,
  everyMs = FRAME_MS,
): Promise<void> {
  for (const { packets } of pictures) {
    await clock.advance(everyMs);
    send(packets);
  }
}

/** The same pictures with sequence numbers in the order in which they stand. */
function renumbered(pictures: ReturnType<typeof clipPictures>): ReturnType<typeof clipPictures> {
  let sequence = 9_000;
  for (const packet of pictures.flatMap(({ packets }) => packets)) {
    packet.writeUInt16BE(sequence & 0xffff, 2);
    sequence += 1;
  }
  return pictures;
}

/** Times of the pictures that a viewer got, ms. */
function times(pipe: FakePipe): readonly number[] {
  return pipe.tags
    .filter((name) => /^(?:key|picture)@/.test(name))
    .map((name) => Number(/@(\d+)/.exec(name)?.[1]));
}

function steps(pipe: FakePipe): readonly number[] {
  const all = times(pipe);
  return all.slice(1).map((time, index) => time - (all[index] ?? 0));
}

describe('a source of a recording', () => {
  it('that is paused is silent as long as it likes, and goes on without a gap', async () => {
    const of = await bench();
    const pictures = clipPictures(80);
    await play(of, pictures.slice(0, 40));
    const pipe = new FakePipe();
    of.source.stream.join('v', pipe, 0);
    of.source.steer({ paused: true, byArrival: false, jumps: false });
    await of.pass(600_000);
    assert.deepEqual(of.events, ['up']);
    of.source.steer({ paused: false, byArrival: false, jumps: false });
    await of.pass(14_000);
    await play(of, pictures.slice(25));
    assert.ok(
      steps(pipe).every((step) => step <= 2 * FRAME_MS),
      String(steps(pipe)),
    );
    await of.pass(15_001);
    assert.deepEqual(of.events, ['up', 'end rtp-timeout']);
  });

  it('that plays faster, slower or backwards shows its pictures as they arrive', async () => {
    for (const [everyMs, order] of [
      [10, 1],
      [160, 1],
      [40, -1],
    ] as const) {
      const of = await bench();
      await play(of, clipPictures(40));
      const pipe = new FakePipe();
      of.source.stream.join('v', pipe, 0);
      const before = times(pipe).length;
      of.source.steer({ paused: false, byArrival: true, jumps: false });
      const all = clipPictures(order === 1 ? 240 : 900, { firstSequence: 9_000 }).slice(40);
      // Backwards a recorder sends its key frames alone.
      const sent = order === 1 ? all : renumbered(all.filter(({ key }) => key).reverse());
      await play(of, sent, everyMs);
      const own = steps(pipe).slice(before + 1);
      assert.ok(own.length >= 8, `${String(everyMs)}: ${String(own)}`);
      assert.ok(
        own.every((step) => step > 0 && Math.abs(step - everyMs) <= 1),
        `${String(everyMs)}: ${String(own)}`,
      );
    }
  });

  it('that is sought shows the next key frame right behind the last picture, ahead or behind', async () => {
    for (const [from, to] of [
      [50, 100],
      [150, 50],
    ] as const) {
      const of = await bench();
      const pictures = clipPictures(200, { firstSequence: 0 });
      await play(of, pictures.slice(from - 50, from));
      const pipe = new FakePipe();
      of.source.stream.join('v', pipe, 0);
      of.source.steer({ paused: false, byArrival: false, jumps: true });
      const elsewhere = clipPictures(200, { firstSequence: 9_000 });
      await play(of, elsewhere.slice(to, to + 50));
      const all = steps(pipe);
      assert.ok(all.length > 60, String(all.length));
      assert.ok(
        all.every((step) => step > 0 && step <= 2 * FRAME_MS),
        String(all),
      );
    }
  });

  it('tells how much of the recording has come, by its stamps, whatever the pace', async () => {
    const of = await bench();
    of.source.steer({ paused: false, byArrival: true, jumps: false });
    await play(of, clipPictures(101), 1);
    assert.ok(Math.abs(of.source.stats.mediaMs - 4_000) <= 2 * FRAME_MS, String(of.source.stats.mediaMs));
  });

  it('goes on with another call for the same viewers: other port, other SSRC, other stamps', async () => {
    const of = await bench();
    await play(of, clipPictures(50));
    const pipe = new FakePipe();
    of.source.stream.join('v', pipe, 0);
    const before = times(pipe).length;
    await of.source.reopen({ ...ORDER, ssrc: 77 }, '0.0.0.0', 31_002);
    assert.equal(of.receivers[0]?.closed, true);
    of.receivers[0].listener.onPacket(clipPackets(1)[0] ?? new Uint8Array());
    await play(of, clipPictures(120, { ssrc: 77 }).slice(50));
    assert.ok(times(pipe).length > before + 20);
    assert.ok(
      steps(pipe).every((step) => step > 0 && step <= 1_000),
      String(steps(pipe)),
    );
    assert.equal(pipe.ended, false);
    assert.deepEqual(of.events, ['up']);
  });

  it('whose next call sends nothing is over', async () => {
    const of = await bench();
    await play(of, clipPictures(50));
    await of.source.reopen({ ...ORDER, ssrc: 77 }, '0.0.0.0', 31_002);
    await of.pass(10_001);
    assert.deepEqual(of.events, ['up', 'end no-rtp']);
  });

  it('is drained when nothing comes any more, or is not, after so long', async () => {
    const of = await bench();
    await play(of, clipPictures(50));
    let quiet: boolean | undefined;
    void of.source.drain(1_000, 30_000).then((is) => (quiet = is));
    await of.pass(900);
    assert.equal(quiet, undefined);
    await of.pass(200);
    await of.clock.advance(0);
    assert.equal(quiet, true);
    void of.source.drain(1_000, 3_000).then((is) => (quiet = is));
    for (let index = 0; index < 8; index += 1) {
      of.send(clipPackets(1, { firstSequence: 5_000 + index * 100 }));
      await of.pass(500);
    }
    assert.equal(quiet, false);
  });

  it('bears that its sender closes the connection: the end of a file is told elsewhere', async () => {
    const of = await bench({ transport: 'tcp-passive' });
    await play(of, clipPictures(50));
    of.receivers[0]?.listener.onGone();
    assert.deepEqual(of.events, ['up']);
    await of.pass(15_001);
    assert.deepEqual(of.events, ['up', 'end rtp-timeout']);
  });

  describe('that is written to a file', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'yimu-flv-'));
    });
    afterEach(() => {
      rmSync(folder, { recursive: true });
    });

    it('has all its pictures there, as FLV', async () => {
      const recordTo = join(folder, 'a.flv');
      const of = await bench({ recordTo });
      await play(of, clipPictures(60));
      of.source.close();
      await of.source.filed();
      const file = readFileSync(recordTo);
      assert.equal(file.toString('latin1', 0, 3), 'FLV');
      assert.equal(file.length, of.source.stats.fileBytes);
      const names = readTags(file.subarray(13));
      // The last picture has no end yet.
      assert.ok(names.filter((name) => /^(?:key|picture)@/.test(name)).length >= 59);
    });

    it('is over when the disk does not take it', async () => {
      const of = await bench({ recordTo: join(folder, 'nowhere', 'a.flv') });
      await play(of, clipPictures(50));
      await until('the end', () => of.events.includes('end storage'));
    });
  });
});
