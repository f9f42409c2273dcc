import assert from 'node:assert/strict';
import type { RtpReceiver } from '../../../../bff/src/media-engine/receive/rtp-receiver.ts';
import { REBIND_AFTER_MS } from '../../../../bff/src/media-engine/receive/source-lock.ts';
import { receiveUdp } from '../../../../bff/src/media-engine/receive/udp-receiver.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { type Camera, udpCamera } from '../../../support/media/camera.ts';
import { RecordingListener } from '../../../support/media/recording-listener.ts';
import { rtpBytes } from '../../../support/media/rtp-bytes.ts';
import { until } from '../../../support/until.ts';

const SSRC = 7;
const packet = (sequence: number, ssrc = SSRC): Buffer => rtpBytes({ sequence, ssrc });

describe('RTP as datagrams', () => {
  let clock: FakeClock;
  let listener: RecordingListener;
  let receiver: RtpReceiver;
  const cameras: Camera[] = [];

  const camera = (): Camera => {
    const made = udpCamera(receiver.port);
    cameras.push(made);
    return made;
  };

  beforeEach(async () => {
    clock = new FakeClock();
    listener = new RecordingListener(SSRC);
    receiver = await receiveUdp('127.0.0.1', 0, listener, clock);
  });

  afterEach(() => {
    for (const made of cameras.splice(0)) made.close();
    receiver.close();
    receiver.close();
  });

  it('is handed on packet by packet', async () => {
    await camera().send([packet(1), packet(2), packet(3)]);
    await until('three packets', () => listener.taken.length === 3, 5_000);
    assert.deepEqual(listener.taken, [1, 2, 3]);
  });

  it('has asked for a large receive buffer, and tells what it got', () => {
    assert.ok((receiver.bufferBytes ?? 0) > 200_000, String(receiver.bufferBytes));
  });

  it('from somebody else who knows the SSRC is dropped and counted while the camera sends', async () => {
    const [first, other] = [camera(), camera()];
    await first.send([packet(1)]);
    await until('a packet', () => listener.taken.length === 1, 5_000);
    await other.send([packet(100)]);
    await until('a stranger', () => listener.strangers === 1, 5_000);
    await first.send([packet(2)]);
    await until('a packet', () => listener.taken.length === 2, 5_000);
    assert.deepEqual(listener.taken, [1, 2]);
  });

  it('from somebody else who does not know the SSRC does not take the place of the camera', async () => {
    const [first, other] = [camera(), camera()];
    await other.send([packet(1, 8)]);
    await until('a foreign packet', () => listener.foreign === 1, 5_000);
    await first.send([packet(1)]);
    await until('a packet', () => listener.taken.length === 1, 5_000);
  });

  it('from the awaited source displaces who sends so far, an earlier stream that was left over (Q20)', async () => {
    const [old, own] = [camera(), camera()];
    listener.awaited = 8;
    await old.send([packet(1)]);
    await until('a packet', () => listener.taken.length === 1, 5_000);
    await own.send([packet(50, 8)]);
    await until('the awaited packet', () => listener.taken.length === 2, 5_000);
    listener.awaited = undefined;
    await old.send([packet(2)]);
    await until('a stranger', () => listener.strangers === 1, 5_000);
    assert.deepEqual(listener.taken, [1, 50]);
  });

  it('from a new port is taken when the old one is silent: a NAT has rebound', async () => {
    const [before, after] = [camera(), camera()];
    await before.send([packet(1)]);
    await until('a packet', () => listener.taken.length === 1, 5_000);
    await clock.advance(REBIND_AFTER_MS + 1);
    await after.send([packet(2)]);
    await until('a packet', () => listener.taken.length === 2, 5_000);
    await before.send([packet(3)]);
    await until('a stranger', () => listener.strangers === 1, 5_000);
  });

  it('is refused on a port that is taken', async () => {
    await assert.rejects(receiveUdp('127.0.0.1', receiver.port, listener, clock), /EADDRINUSE/);
  });

  it('is heard over IPv6 too', async function () {
    const six = await receiveUdp('::1', 0, listener, clock).catch(() => undefined);
    if (!six) {
      this.skip();
    }
    assert.ok(six.port > 0);
    six.close();
  });
});
