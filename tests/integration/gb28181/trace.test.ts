import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pcapOf } from '../../../bff/src/core/trace/pcap.ts';
import { packetsOf } from '../../support/pcap-reader.ts';
import { NO_TSHARK, skipSuite, tsharkPath } from '../../support/skip.ts';
import { CAMERA, NVR, PASSWORD, Stack } from './a-stack.ts';
import { keepaliveBody } from './raw-device.ts';

const STRANGER = '34020000001320000099';
const CHANNEL = '34020000001310000077';

describe('signal trace', function () {
  this.timeout(30_000);
  let stack: Stack;

  beforeEach(async () => {
    stack = await Stack.start();
  });

  afterEach(async () => {
    await stack.stop();
  });

  /** First lines of what is kept, with the way it went. */
  function linesOf(gbId: string): readonly string[] {
    return stack.platform.trace
      .list(gbId, { limit: 1_000 })
      .map(
        ({ direction, text }) => `${direction} ${text.split('\r\n', 1)[0]?.replace(/ sip:\S+ /, ' ') ?? ''}`,
      );
  }

  for (const transport of ['udp', 'tcp'] as const) {
    it(`keeps what went between the platform and a device over ${transport.toUpperCase()}, without secrets`, async () => {
      const device = await stack.online(NVR, transport);
      const done = stack.platform.ptz(NVR, CAMERA, { do: 'stop', lens: false });
      await device.takeMessage('DeviceControl');
      await done;
      assert.deepEqual(linesOf(NVR), [
        'in REGISTER SIP/2.0',
        'out SIP/2.0 401 Unauthorized',
        'in REGISTER SIP/2.0',
        'out SIP/2.0 200 OK',
        'out MESSAGE SIP/2.0',
        'in SIP/2.0 200 OK',
      ]);
      const texts = stack.platform.trace.list(NVR, { limit: 10 }).map(({ text }) => text);
      assert.match(texts[2] ?? '', /Authorization: Digest .*response="\*\*\*"/);
      assert.ok(texts.every((text) => !/nonce="[^*]/.test(text)));
    });
  }

  it('keeps no keepalive that was answered, unless the device is watched, and then the last few', async () => {
    const device = await stack.online(NVR);
    const before = linesOf(NVR).length;
    for (let count = 0; count < 30; count += 1) await device.keepalive();
    assert.equal(linesOf(NVR).length, before);
    assert.equal(stack.platform.trace.watch(NVR), true);
    for (let count = 0; count < 30; count += 1) await device.keepalive();
    const kept = linesOf(NVR).slice(before);
    assert.equal(kept.length, 32);
    assert.deepEqual(kept.slice(-2), ['in MESSAGE SIP/2.0', 'out SIP/2.0 200 OK']);
  });

  it('shows keepalives of a device that has to register first, and its 403', async () => {
    const device = await stack.device(NVR);
    await device.tell(keepaliveBody(NVR));
    assert.deepEqual(linesOf(NVR), ['in MESSAGE SIP/2.0', 'out SIP/2.0 403 Forbidden']);
  });

  it('shows refused registrations: a wrong password, and an ID that nobody admitted', async () => {
    const wrong = await stack.device(NVR, { password: `${PASSWORD}!` });
    await wrong.register();
    const stranger = await stack.device(STRANGER);
    await stranger.register();
    for (const gbId of [NVR, STRANGER]) assert.equal(linesOf(gbId).at(-1), 'out SIP/2.0 403 Forbidden');
    assert.deepEqual(
      stack.platform.trace.peers(10).map(({ gbId }) => gbId),
      [STRANGER, NVR],
    );
  });

  it('is not driven out by somebody who sends in the name of the device', async () => {
    await stack.online(NVR);
    const own = linesOf(NVR).slice(2);
    assert.deepEqual(own, ['in REGISTER SIP/2.0', 'out SIP/2.0 200 OK']);
    const liar = await stack.device(NVR, { address: '127.0.0.9', password: 'guess' });
    for (let count = 0; count < 40; count += 1) await liar.ask('REGISTER');
    assert.deepEqual(linesOf(NVR).slice(0, own.length), own);
    assert.equal(linesOf(NVR).length, own.length + 16);
  });

  it('holds what belongs to a device that signs as a channel, and what comes after it left', async () => {
    const device = await stack.online(NVR);
    await device.as(CHANNEL).tell(keepaliveBody(NVR).replace('Keepalive', 'MediaStatus'));
    const headers = ['Expires: 0'];
    const challenge = await device.ask('REGISTER', { headers });
    await device.ask('REGISTER', { headers: [...headers, device.proof(challenge)] });
    assert.deepEqual(linesOf(NVR).slice(4), [
      'in MESSAGE SIP/2.0',
      'out SIP/2.0 200 OK',
      'in REGISTER SIP/2.0',
      'out SIP/2.0 401 Unauthorized',
      'in REGISTER SIP/2.0',
      'out SIP/2.0 200 OK',
    ]);
  });

  for (const transport of ['udp', 'tcp'] as const)
    it(`tells devices behind one socket apart over ${transport.toUpperCase()}, and keeps what names a channel under its ID`, async () => {
      const nvr = await stack.online(NVR, transport);
      const camera = nvr.as(CAMERA);
      await camera.register();
      const before = [NVR, CAMERA].map((gbId) => linesOf(gbId).length);
      assert.deepEqual(before, [4, 4]);
      assert.equal(stack.platform.trace.watch(NVR), true);
      await nvr.keepalive();
      await camera.keepalive();
      const done = stack.platform.ptz(NVR, CHANNEL, { do: 'stop', lens: false });
      await nvr.takeMessage('DeviceControl');
      await done;
      assert.deepEqual(linesOf(NVR).slice(4), ['in MESSAGE SIP/2.0', 'out SIP/2.0 200 OK']);
      assert.deepEqual(linesOf(CAMERA).slice(4), []);
      assert.deepEqual(linesOf(CHANNEL), ['out MESSAGE SIP/2.0', 'in SIP/2.0 200 OK']);
    });

  it('goes on after a message that is known, and gives the newest when there are more', async () => {
    await stack.online(NVR);
    const all = stack.platform.trace.list(NVR, { limit: 10 });
    const after = all[1]?.seq;
    assert.deepEqual(stack.platform.trace.list(NVR, { after, limit: 10 }), all.slice(2));
    assert.deepEqual(stack.platform.trace.list(NVR, { limit: 1 }), all.slice(-1));
  });

  it('is a capture file with the messages as they went', async () => {
    await stack.online(NVR, 'tcp');
    const messages = stack.platform.trace.list(NVR, { limit: 10 });
    const packets = packetsOf(pcapOf(messages));
    assert.deepEqual(
      packets.map(({ payload, checksumsOk }) => [payload.toString('latin1').split(' ', 1)[0], checksumsOk]),
      [
        ['REGISTER', true],
        ['SIP/2.0', true],
        ['REGISTER', true],
        ['SIP/2.0', true],
      ],
    );
    assert.equal(packets[0]?.toPort, stack.place.port);
  });

  describe('in tshark', () => {
    before(function () {
      if (tsharkPath() === undefined) skipSuite(this, NO_TSHARK);
    });

    for (const transport of ['udp', 'tcp'] as const) {
      it(`is read as SIP over ${transport.toUpperCase()}, with right checksums and sequence numbers`, async () => {
        const device = await stack.online(NVR, transport);
        const done = stack.platform.ptz(NVR, CAMERA, { do: 'stop', lens: false });
        await device.takeMessage('DeviceControl');
        await done;
        const folder = mkdtempSync(join(tmpdir(), 'yimu-trace-'));
        const path = join(folder, 'trace.pcap');
        writeFileSync(path, pcapOf(stack.platform.trace.list(NVR, { limit: 10 })));
        const checks = ['ip.check_checksum', 'udp.check_checksum', 'tcp.check_checksum'].flatMap((check) => [
          '-o',
          `${check}:TRUE`,
        ]);
        const fields = ['sip.Method', 'sip.Status-Code', 'sip.CSeq', '_ws.expert.message'].flatMap(
          (field) => ['-e', field],
        );
        const port = String(stack.place.port);
        const read = execFileSync(
          tsharkPath() ?? '',
          [
            '-r',
            path,
            '-d',
            `${transport}.port==${port},sip`,
            ...checks,
            '-T',
            'fields',
            '-E',
            'separator=;',
            ...fields,
          ],
          { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
        );
        rmSync(folder, { recursive: true });
        const rows = read
          .trimEnd()
          .split('\n')
          .map((row) => row.split(';'));
        assert.deepEqual(
          rows.map(([method, status]) => `${method ?? ''}${status ?? ''}`),
          ['REGISTER', '401', 'REGISTER', '200', 'MESSAGE', '200'],
        );
        const complaints = rows.map((row) => row[3] ?? '').join(' ');
        assert.ok(!/checksum|retransmission|out-of-order|malformed|unseen/i.test(complaints), complaints);
      });
    }
  });
});
