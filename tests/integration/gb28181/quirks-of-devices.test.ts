import assert from 'node:assert/strict';
import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import type { DeviceProfileChange } from '../../../shared/src/index.ts';
import { readSnapshotsFinished } from '../../../bff/src/gb28181/manscdp/snapshot-finished.ts';
import type { MediaDialog } from '../../../bff/src/gb28181/index.ts';
import { Instruments, silentLogger, SystemRandom } from '../../../bff/src/kernel/index.ts';
import { createSipUserAgent } from '../../../bff/src/sip/index.ts';
import { readDocument } from '../../unit/gb28181/fixture.ts';
import { CAMERA, NVR, Stack } from './a-stack.ts';
import { asAnswer, bodyOf, fixture } from './fixtures.ts';
import { type RawDevice, snOf } from './raw-device.ts';
import { anew, answerUnderSn } from './replay.ts';

const SDP = ['Content-Type: APPLICATION/SDP'];
const KEEPALIVE = 'gb28181/k1-keepalive.sip';
const ANSWER = bodyOf(fixture('gb28181/i3-200.sip')).toString('latin1');

describe('what the habits of devices ask of the platform', function () {
  this.timeout(20_000);
  let stack: Stack;
  let change: DeviceProfileChange = {};
  let last: { readonly address: string; readonly endsAtMs: number } | undefined;

  beforeEach(async () => {
    change = {};
    last = undefined;
    stack = await Stack.start({ keepaliveIntervalS: 60 }, () => ({
      ...{ manufacturer: undefined, change, lastRegistration: last },
    }));
  });

  afterEach(async () => {
    await stack.stop();
  });

  function play(): Promise<MediaDialog> {
    const ssrc = stack.platform.reserveSsrc('live');
    return stack.platform.play({
      deviceGbId: NVR,
      channelGbId: CAMERA,
      transport: 'udp',
      streamNumber: 0,
      ssrc,
      receiver: { address: '203.0.113.20', port: 30_000 },
      timeoutMs: 5_000,
    });
  }

  async function answered(device: RawDevice, body: string): Promise<string> {
    const invite = await device.peer.nextRequest('INVITE');
    device.answer(invite, '200 OK', { headers: SDP, body });
    return invite.text;
  }

  it('answers leave from the address on which SIP listens, however many the machine has (Q3)', async () => {
    const agent = createSipUserAgent({
      ...{ clock: stack.clock, instruments: new Instruments(), random: new SystemRandom() },
      ...{ logger: silentLogger, host: '127.0.0.2', port: 0, advertisedHost: '127.0.0.2' },
    });
    await agent.start();
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const answer = once(socket, 'message') as Promise<[Buffer, RemoteInfo]>;
    const via = `Via: SIP/2.0/UDP 127.0.0.1:${String(socket.address().port)};rport;branch=z9hG4bKq3`;
    const rest = `From: <sip:${NVR}@1>;tag=1\r\nTo: <sip:1@1>\r\nCall-ID: q3\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0`;
    const { port } = agent;
    socket.send(`OPTIONS sip:1@127.0.0.2 SIP/2.0\r\n${via}\r\n${rest}\r\n\r\n`, port, '127.0.0.2');
    const [, from] = await answer.finally(async () => {
      socket.close();
      await agent.close();
    });
    assert.deepEqual([from.address, from.port], ['127.0.0.2', port]);
  });

  it('a device that registers once comes back by a keepalive, from its address, while its registration would hold (Q4)', async () => {
    change = { keepaliveRevives: true };
    const keepalive = fixture(KEEPALIVE);
    const device = await stack.device(NVR);
    const refused = async (): Promise<number> => (await device.exchange(anew(keepalive))).status;
    assert.equal(await refused(), 403, 'it never registered');
    last = { address: '127.0.0.9', endsAtMs: stack.clock.nowMs() + 60_000 };
    assert.equal(await refused(), 403, 'it registered from elsewhere');
    last = { address: '127.0.0.1', endsAtMs: stack.clock.nowMs() - 1 };
    assert.equal(await refused(), 403, 'its registration is over');
    last = { address: '127.0.0.1', endsAtMs: stack.clock.nowMs() + 60_000 };
    assert.equal((await device.as(CAMERA).tell(bodyOf(keepalive))).status, 403, 'somebody else signs');
    change = {};
    assert.equal(await refused(), 403, 'its profile does not say so');
    change = { keepaliveRevives: true };
    assert.equal((await device.exchange(anew(keepalive))).status, 200);
    const { expiresAtMs = 0 } = stack.platform.registration(NVR) ?? {};
    assert.ok(Math.abs(expiresAtMs - last.endsAtMs) < 2_000);
    assert.equal((await device.keepalive()).status, 200);
  });

  it('heartbeat parameters of zero or less in its own configuration take no device offline (Q9)', async () => {
    const device = await stack.online(NVR);
    const reading = stack.platform.config.read(NVR, NVR, 'BasicParam');
    const question = await device.takeMessage('ConfigDownload');
    const answer = fixture('gb28181/quirks/q09-basicparam-zero.sip');
    assert.equal((await device.exchange(answerUnderSn(question, answer))).status, 200);
    const read = await reading;
    assert.deepEqual(read.state === 'value' && [read.value.heartBeatIntervalS, read.value.heartBeatCount], [
      5,
      undefined,
    ]);
    assert.ok(stack.platform.registration(NVR));
    assert.equal((await device.keepalive()).status, 200);
  });

  it('a device behind a NAT of short memory is given a short interval, told by BasicParam, and counted by it (Q10)', async () => {
    change = { keepaliveIntervalS: 20, keepaliveMisses: 2 };
    const device = await stack.online(NVR);
    assert.equal(stack.platform.profiles.of(NVR).profile.keepaliveIntervalS, 20);
    const writing = stack.platform.config.write(NVR, NVR, 'BasicParam', { heartBeatIntervalS: 20 });
    const order = await device.takeMessage('DeviceConfig');
    assert.match(order.text, /<HeartBeatInterval>20<\/HeartBeatInterval>/);
    await device.tell(
      `<?xml version="1.0"?>\r\n<Response><CmdType>DeviceConfig</CmdType><SN>${snOf(order)}</SN><DeviceID>${NVR}</DeviceID><Result>OK</Result></Response>`,
    );
    assert.equal(await writing, 'done');
  });

  it('a request of ours bears a branch with the cookie and a From tag, and no To tag (Q16)', async () => {
    const device = await stack.online(NVR);
    const done = stack.platform.ptz(NVR, CAMERA, { do: 'stop', lens: false });
    const request = await device.takeMessage('DeviceControl');
    await done;
    assert.match(request.header('Via') ?? '', /;branch=z9hG4bK\w{16,}/);
    assert.match(request.header('From') ?? '', /;tag=\w{8,}/);
    assert.doesNotMatch(request.header('To') ?? '', /tag=/);
  });

  it('a device that is busy, as after a BYE that it missed, is asked once more two seconds later (Q17)', async () => {
    const busy = fixture('gb28181/e486.sip');
    const device = await stack.online(NVR);
    const playing = play();
    device.peer.send(asAnswer(busy, await device.peer.nextRequest('INVITE')));
    const at = performance.now();
    await answered(device, ANSWER);
    const waitedMs = performance.now() - at;
    assert.ok(waitedMs > 1_900, String(waitedMs));
    await playing;
    const again = play();
    for (let time = 0; time < 2; time += 1)
      device.peer.send(asAnswer(busy, await device.peer.nextRequest('INVITE')));
    await assert.rejects(again, { reason: 'busy', status: 486 });
  });

  it('a platform streams with the y= of its answer, unless its profile says that it lies (Q18)', async () => {
    const device = await stack.online(NVR);
    const answer = async (): Promise<string> => {
      const invite = await device.peer.nextRequest('INVITE');
      device.peer.send(asAnswer(fixture('gb28181/quirks/q18-200-own-ssrc.sip'), invite));
      return invite.text;
    };
    const first = play();
    await answer();
    assert.equal((await first).ssrc, 703_036_487);
    change = { ssrc: 'offer' };
    stack.platform.profiles.refresh(NVR);
    const second = play();
    const invite = await answer();
    assert.equal((await second).ssrc, Number(/y=(\d+)/.exec(invite)?.[1]));
  });

  for (const file of ['gb28181/quirks/q21-415.sip', 'gb28181/e488.sip'])
    it(`an offer that is refused by ${file} is followed by a plain one (Q21)`, async () => {
      const device = await stack.online(NVR);
      const playing = play();
      const first = await device.peer.nextRequest('INVITE');
      assert.match(first.text, /^m=video \d+ RTP\/AVP 96 97 98 99\r$/m);
      device.peer.send(asAnswer(fixture(file), first));
      assert.match(await answered(device, ANSWER), /^m=video \d+ RTP\/AVP 96\r$/m);
      await playing;
    });

  it('a device that unregisters instead of answering BasicParam has restarted (Uniview) (Q22)', async () => {
    const device = await stack.online(NVR);
    const writing = stack.platform.config.write(NVR, NVR, 'BasicParam', { heartBeatIntervalS: 30 });
    await device.takeMessage('DeviceConfig');
    const unregister = fixture('gb28181/r7-unregister.sip');
    const challenge = await device.exchange(unregister);
    assert.equal(challenge.status, 401, 'its nonce is none of ours');
    const bare = Buffer.from(unregister.toString('latin1').replace(/^Authorization: .*\r\n/m, ''), 'latin1');
    assert.equal((await device.exchange(anew(bare, [device.proof(challenge)]))).status, 200);
    assert.equal(await writing, 'restarted');
    assert.equal(stack.platform.registration(NVR), undefined);
  });

  it('the offer is as long or as short as the profile says, at once and without a registration between (Q21)', async () => {
    const device = await stack.online(NVR);
    for (const [offer, formats] of [
      ['plain', '96'],
      ['extended', '96 126 125 99 34 98 97'],
      ['auto', '96 97 98 99'],
    ] as const) {
      change = { offer };
      stack.platform.profiles.refresh(NVR);
      const playing = play();
      assert.match(await answered(device, ANSWER), new RegExp(`^m=video \\d+ RTP/AVP ${formats}\\r$`, 'm'));
      await playing;
    }
  });

  it('uploaded pictures are listed in several SnapShotList elements of one ID each (Q43)', () => {
    const finished = readSnapshotsFinished(
      readDocument(bodyOf(fixture('gb28181/quirks/q43-several-snapshotlists.sip'))),
    );
    assert.deepEqual(finished?.fileIds, [
      '34020000001320000001022026011510334012301',
      '34020000001320000001022026011510334112302',
    ]);
  });

  it('where routers meddle with SIP over UDP or mappings are short, the connection of the device carries all of it (Q44, Q65)', async () => {
    const device = await stack.online(NVR, 'tcp');
    const playing = play();
    await answered(device, ANSWER);
    await playing;
    assert.equal(stack.platform.registration(NVR)?.transport, 'tcp');
    device.peer.close();
  });

  it('OFF in catalogue notifications of a platform that lies is not believed, and ADD is (Q58)', async () => {
    change = { ignoreNotifiedStatus: true, ignoreCatalogDeletions: true };
    const changes: unknown[] = [];
    stack.platform.on('catalogChanged', (_gbId, told) => changes.push(...told.map(({ event }) => event)));
    const device = await stack.online(NVR);
    await device.tell(bodyOf(fixture('gb28181/quirks/q58-notify-off-on-del-add.sip')));
    assert.deepEqual(changes, ['ADD']);
  });

  it('nor is the OFF in an entry that such a platform tells anew (Q58)', async () => {
    const online: unknown[] = [];
    stack.platform.on('catalogChanged', (_gbId, told) => online.push(...told.map(({ item }) => item.online)));
    const device = await stack.online(NVR);
    const notify = async (): Promise<void> => {
      await device.tell(bodyOf(fixture('gb28181/quirks/q58-notify-update-off.sip')));
    };
    await notify();
    change = { ignoreNotifiedStatus: true };
    stack.platform.profiles.refresh(NVR);
    await notify();
    assert.deepEqual(online, [false, true]);
  });

  it('a refusal names the status of the device and stands in its trace, where wrong IDs show (Q61)', async () => {
    const device = await stack.online(NVR);
    const playing = play();
    for (let time = 0; time < 2; time += 1)
      device.peer.send(
        asAnswer(fixture('gb28181/quirks/q61-400-to-invite.sip'), await device.peer.nextRequest('INVITE')),
      );
    await assert.rejects(playing, { reason: 'rejected', status: 400 });
    const texts = stack.platform.trace.list(NVR, { limit: 100 }).map(({ text }) => text.split('\r\n', 1)[0]);
    assert.ok(texts.some((line) => line?.startsWith(`INVITE sip:${CAMERA}@`)));
    assert.ok(texts.includes('SIP/2.0 400 Bad Request'));
  });

  it('a device that mis-handles the time is told none (profile)', async () => {
    change = { tellTime: false };
    const device = await stack.device(NVR);
    assert.equal((await device.register()).header('Date'), undefined);
    change = {};
    stack.platform.profiles.refresh(NVR);
    assert.match((await device.register()).header('Date') ?? '', /^\d{4}-/);
  });
});
