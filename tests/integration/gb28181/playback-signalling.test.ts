import assert from 'node:assert/strict';
import type { GbFailure, MediaDialog, PlayOrder } from '../../../bff/src/gb28181/index.ts';
import { until } from '../../support/until.ts';
import { CAMERA, NVR, Stack } from './a-stack.ts';
import { asAnswer, bodyOf, fixture } from './fixtures.ts';
import type { RawDevice } from './raw-device.ts';
import type { Received } from './sip-peer.ts';

const ANSWER = bodyOf(fixture('gb28181/i3-200.sip'));
const DOWNLOAD_ANSWER = bodyOf(fixture('gb28181/i12-200-download.sip'));
const MEDIA_OVER = bodyOf(fixture('gb28181/m7-mediastatus.sip'));
const SDP = ['Content-Type: application/sdp'];
const HISTORY = {
  session: 'playback',
  beginMs: 1_768_320_000_000,
  endMs: 1_768_323_600_000,
  kind: 'all',
} as const;

/** The lines of an offer that do not differ from one call to the next. */
function lasting(text: string): readonly string[] {
  return text.split(/\r?\n/).filter((line) => line !== '' && !/^(?:y|f)=/.test(line));
}

describe('recordings over real sockets (GB/T 28181-2016 §9.8, §9.9, annex B)', function () {
  this.timeout(20_000);
  let stack: Stack;
  let device: RawDevice;

  beforeEach(async () => {
    stack = await Stack.start();
    device = await stack.online(NVR);
  });

  afterEach(async () => {
    await stack.stop();
  });

  function order(overrides: Partial<PlayOrder> = {}): PlayOrder {
    return {
      deviceGbId: NVR,
      channelGbId: CAMERA,
      transport: 'udp',
      streamNumber: 0,
      ssrc: stack.platform.reserveSsrc('history'),
      receiver: { address: '203.0.113.20', port: 30_006 },
      timeoutMs: 5_000,
      history: HISTORY,
      ...overrides,
    };
  }

  async function playing(
    overrides: Partial<PlayOrder> = {},
    body = ANSWER,
  ): Promise<{ readonly dialog: MediaDialog; readonly invite: Received; readonly ack: Received }> {
    const play = stack.platform.play(order(overrides));
    const invite = await device.peer.nextRequest('INVITE');
    device.answer(invite, '200 OK', { headers: SDP, body });
    const ack = await device.peer.nextRequest('ACK');
    return { dialog: await play, invite, ack };
  }

  it('are asked for by s=Playback, u=, t= and an SSRC that begins with 1 (Q53)', async () => {
    const { invite } = await playing();
    const form = lasting(bodyOf(fixture('gb28181/i10-invite-playback.sip')).toString('latin1'));
    assert.deepEqual(lasting(invite.text), form);
    assert.match(invite.text, /\r\ny=120000\d{4}\r\n/);
    assert.match(
      invite.header('Subject') ?? '',
      /^34020000001320000001:1200\d{6},34020000002000000001:\d{4}$/,
      'a window of its own, or the device ends the live stream (Q53)',
    );
  });

  it('of one kind are asked for by the digit of u=', async () => {
    const { invite } = await playing({ history: { ...HISTORY, kind: 'alarm' } });
    assert.match(invite.text, new RegExp(`u=${CAMERA}:2\r\n`));
  });

  it('of the sub stream are asked for in each way that devices know, or in the one that the profile names', async () => {
    const lines = async (): Promise<readonly string[]> => {
      const { dialog, invite } = await playing({ streamNumber: 1 });
      void dialog.close();
      return invite.text.split('\r\n').filter((line) => line.startsWith('a=stream'));
    };
    assert.deepEqual(await lines(), ['a=streamnumber:1', 'a=streamprofile:1', 'a=streamMode:SUB']);
    for (const [subStream, line] of [
      ['streamnumber', 'a=streamnumber:1'],
      ['streamprofile', 'a=streamprofile:1'],
      ['streamMode', 'a=streamMode:SUB'],
      ['stream', 'a=stream:1'],
    ] as const) {
      stack.profiles.set(NVR, { subStream });
      stack.platform.profiles.refresh(NVR);
      assert.deepEqual(await lines(), [line]);
    }
  });

  it('each have a stream number and a window of their own in Subject, by which none ends another', async () => {
    const [one, two] = [await playing(), await playing()];
    assert.notEqual(one.invite.header('Subject'), two.invite.header('Subject'));
  });

  it('are downloaded by s=Download with a speed; the answer says how large the file is', async () => {
    const { dialog, invite } = await playing(
      {
        history: { ...HISTORY, session: 'download', speed: 4 },
        receiver: { address: '203.0.113.20', port: 30_008 },
      },
      DOWNLOAD_ANSWER,
    );
    assert.deepEqual(
      lasting(invite.text),
      lasting(bodyOf(fixture('gb28181/i11-invite-download.sip')).toString('latin1')),
    );
    assert.equal(dialog.fileSize, 104_857_600);
  });

  it('are paused, resumed, sped up and sought by INFOs in the dialog, which count for themselves', async () => {
    const { dialog, invite } = await playing();
    const asked: string[] = [];
    const commands = [
      { do: 'pause' },
      { do: 'resume' },
      { do: 'scale', scale: 4 },
      { do: 'seek', atS: 100 },
      { do: 'scale', scale: -1, fromS: 120 },
    ] as const;
    const all = Promise.all(commands.map(async (command) => dialog.control(command)));
    for (const file of ['', '', '', 'gb28181/m4-info-seek-200.sip', '']) {
      const info = await device.peer.nextRequest('INFO');
      assert.equal(info.header('Call-ID'), invite.header('Call-ID'));
      assert.match(info.header('To') ?? '', /;tag=dev$/);
      assert.equal(info.header('Content-Type'), 'Application/MANSRTSP');
      asked.push(info.text.split('\r\n').slice(0, 4).join('|'));
      device.answer(info, '200 OK', file === '' ? {} : { body: bodyOf(fixture(file)) });
    }
    await all;
    assert.deepEqual(asked, [
      'PAUSE RTSP/1.0|CSeq: 1|PauseTime: now|',
      'PLAY RTSP/1.0|CSeq: 2|Range: npt=now-|',
      'PLAY RTSP/1.0|CSeq: 3|Scale: 4.0|',
      'PLAY RTSP/1.0|CSeq: 4|Range: npt=100-|',
      'PLAY RTSP/1.0|CSeq: 5|Scale: -1.0|Range: npt=120-0',
    ]);
  });

  it('are commanded again in the form of the 2016 sample when a device answers 400 (Q52)', async () => {
    const { dialog } = await playing();
    const control = dialog.control({ do: 'scale', scale: 2 });
    const refused = await device.peer.nextRequest('INFO');
    device.peer.send(asAnswer(fixture('gb28181/quirks/q52-400-to-info.sip'), refused));
    const again = await device.peer.nextRequest('INFO');
    assert.match(again.text, /^PLAY MANSRTSP\/1\.0\r\n/);
    device.answer(again, '200 OK');
    await control;
  });

  it('that refuse a command say so: by status, and by the body of a 200', async () => {
    const { dialog } = await playing();
    const refusal = async (control: Promise<void>): Promise<number | undefined> =>
      await control.then(
        () => 0,
        (error: unknown) => (error as GbFailure).status,
      );
    const first = refusal(dialog.control({ do: 'pause' }));
    device.answer(await device.peer.nextRequest('INFO'), '405 Method Not Allowed');
    assert.equal(await first, 405);
    const second = refusal(dialog.control({ do: 'seek', atS: 9_999 }));
    device.answer(await device.peer.nextRequest('INFO'), '200 OK', {
      body: 'RTSP/1.0 457 Invalid Range\r\nCSeq: 2\r\n\r\n',
    });
    assert.equal(await second, 457);
  });

  it('are sent to their end: MediaStatus 121 in the dialog is told, and the call stays until it has come (Q51)', async () => {
    const { dialog, invite, ack } = await playing();
    let over = 0;
    const ends: string[] = [];
    dialog.onFileEnd(() => (over += 1));
    dialog.onEnded((by) => ends.push(by));
    const told = await device.tell(MEDIA_OVER, {
      instead: {
        From: `From: ${ack.header('To') ?? ''}`,
        To: `To: ${invite.header('From') ?? ''}`,
        'Call-ID': `Call-ID: ${invite.header('Call-ID') ?? ''}`,
        CSeq: 'CSeq: 2 MESSAGE',
      },
    });
    assert.equal(told.status, 200);
    await until('the end of the file', () => over === 1);
    assert.deepEqual(ends, []);
    const closed = dialog.close();
    device.answer(await device.peer.nextRequest('BYE'), '200 OK');
    await closed;
    assert.deepEqual(ends, ['local']);
  });

  it('end by a MediaStatus that names the channel alone, and the live picture beside them goes on (Q50)', async () => {
    const live = stack.platform.play({
      deviceGbId: NVR,
      channelGbId: CAMERA,
      transport: 'udp',
      streamNumber: 0,
      ssrc: stack.platform.reserveSsrc('live'),
      receiver: { address: '203.0.113.20', port: 30_000 },
      timeoutMs: 5_000,
    });
    device.answer(await device.peer.nextRequest('INVITE'), '200 OK', { headers: SDP, body: ANSWER });
    await device.peer.nextRequest('ACK');
    const liveEnds: string[] = [];
    (await live).onEnded((by) => liveEnds.push(by));
    const { dialog } = await playing();
    let over = 0;
    dialog.onFileEnd(() => (over += 1));
    assert.equal((await device.tell(MEDIA_OVER)).status, 200);
    await until('the end of the file', () => over === 1);
    assert.deepEqual(liveEnds, []);
  });

  it('teach what the device can', async () => {
    const learned: unknown[] = [];
    stack.platform.on('learned', ({ command, outcome }) => learned.push([command, outcome]));
    const { dialog } = await playing();
    const control = dialog.control({ do: 'scale', scale: 2 });
    device.answer(await device.peer.nextRequest('INFO'), '200 OK');
    await control;
    assert.deepEqual(learned, [
      ['INVITE.Playback', 'supported'],
      ['MANSRTSP.scale', 'supported'],
    ]);
  });
});
