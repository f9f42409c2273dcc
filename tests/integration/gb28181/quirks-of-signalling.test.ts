import assert from 'node:assert/strict';
import { until } from '../../support/until.ts';
import { CAMERA, NVR, Stack } from './a-stack.ts';
import { bodyOf, fixture } from './fixtures.ts';
import { keepaliveBody, type RawDevice } from './raw-device.ts';
import { answerUnderSn, anew } from './replay.ts';
import type { Received } from './sip-peer.ts';

const XML = ['Content-Type: Application/MANSCDP+xml'];
const KEEPALIVE = 'gb28181/k1-keepalive.sip';
const PRIVATE_CONTACT = `Contact: <sip:${NVR}@192.168.1.64:5060>`;

function expectOk(answer: Received | undefined): void {
  assert.equal(answer?.start, 'SIP/2.0 200 OK');
}

describe('what real devices do wrong in signalling, and is understood all the same', function () {
  this.timeout(20_000);
  let stack: Stack;

  beforeEach(async () => {
    stack = await Stack.start();
  });

  afterEach(async () => {
    await stack.stop();
  });

  describe('registration', () => {
    it('Contact and Via show a private address behind NAT: commands go to where the packets come from (Q1)', async () => {
      const device = await stack.device(NVR);
      const register = fixture('gb28181/r1-register.sip');
      const challenge = await device.exchange(register);
      assert.match(
        challenge.header('Via') ?? '',
        new RegExp(`rport=${String(device.peer.port)};received=127\\.0\\.0\\.1`),
      );
      const ok = await device.exchange(anew(register, [device.proof(challenge)]));
      expectOk(ok);
      assert.equal(ok.header('Contact'), `<sip:${NVR}@192.168.1.64:5060>;expires=3600`);
      const commandedAt = async (there: RawDevice): Promise<void> => {
        const done = stack.platform.ptz(NVR, CAMERA, { do: 'stop', lens: false });
        const { start } = await there.takeMessage('DeviceControl');
        await done;
        assert.equal(start, `MESSAGE sip:${CAMERA}@127.0.0.1:${String(there.peer.port)} SIP/2.0`);
      };
      await commandedAt(device);
      // The NAT has forgotten its mapping: the device comes from another port, is told to register, and is reached there.
      const rebound = await stack.device(NVR);
      assert.equal((await rebound.keepalive()).status, 403);
      expectOk(await rebound.register({ headers: [PRIVATE_CONTACT] }));
      await commandedAt(rebound);
      assert.equal(stack.platform.registration(NVR)?.remotePort, rebound.peer.port);
    });

    it('no rport in Via: the answer goes to the source port all the same (Q2)', async () => {
      const device = await stack.device(NVR);
      const challenge = await device.exchange(fixture('gb28181/quirks/q02-register-no-rport.sip'));
      assert.equal(challenge.status, 401);
      assert.match(challenge.header('Via') ?? '', /received=127\.0\.0\.1/);
    });

    it('From and To carry the address of the device, the Request-URI that of the server, and Route is there (Dahua)', async () => {
      const device = await stack.device(NVR);
      const { port } = stack.place;
      const own = `sip:${NVR}@127.0.0.1:${String(device.peer.port)}`;
      const odd = (proof: string): Buffer => {
        const text = device
          .request('REGISTER', {
            instead: { From: `From: <${own}>;tag=1`, To: `To: <${own}>` },
            headers: [
              `Route: <sip:${NVR}@127.0.0.1:${String(port)};lr>`,
              `Contact: <${own}>`,
              'Expires: 3600',
              proof,
            ],
          })
          .toString('latin1');
        return Buffer.from(text.replace(/^REGISTER \S+/, `REGISTER sip:127.0.0.1:${String(port)}`), 'latin1');
      };
      const challenge = await device.exchange(odd(''));
      assert.equal(challenge.status, 401);
      expectOk(await device.exchange(odd(device.proof(challenge))));
    });

    it('method in mixed case, compact and folded headers, unknown headers (Q56)', async () => {
      const device = await stack.device(NVR);
      const answer = await device.exchange(fixture('gb28181/quirks/q56-register-compact.sip'));
      assert.equal(answer.status, 401);
    });

    it('no Expires at all: an hour; Expires in Contact only: that', async () => {
      const device = await stack.device(NVR);
      const register = async (contact: string): Promise<Received> => {
        const challenge = await device.ask('REGISTER', { headers: [contact] });
        return await device.ask('REGISTER', { headers: [contact, device.proof(challenge)] });
      };
      assert.equal((await register(PRIVATE_CONTACT)).header('Expires'), '3600');
      assert.equal((await register(`${PRIVATE_CONTACT};expires=120`)).header('Expires'), '120');
      assert.equal((await register(`${PRIVATE_CONTACT};expires=5`)).header('Expires'), '60');
    });

    it('qop is offered and not used, or used: both are proofs', async () => {
      const device = await stack.device(NVR);
      expectOk(await device.register({ qop: false }));
      expectOk(await device.register({ qop: true }));
    });

    it('a refresh without a proof, with the Call-ID of the registration, is challenged again (Hikvision DVR)', async () => {
      const device = await stack.device(NVR);
      const instead = { 'Call-ID': 'Call-ID: 1@192.168.1.64', From: `From: <sip:${NVR}@3402000000>;tag=7` };
      expectOk(await device.register({ instead }));
      const refresh = await device.ask('REGISTER', { instead, headers: ['Expires: 3600'] });
      assert.equal(refresh.status, 401);
      expectOk(await device.register({ instead }));
    });

    it('a camera without a password registers where it is allowed to, and cannot be taken over from elsewhere (Q67)', async () => {
      stack.addDevice(NVR, { passwordless: true, ha1Md5: undefined });
      const device = await stack.device(NVR);
      expectOk(await device.exchange(fixture('gb28181/r1-register.sip')));
      const other = await stack.device(NVR, { address: '127.0.0.8' });
      assert.equal((await other.register()).status, 403);
    });

    it('two devices with one ID, as from the factory, are noticed (Q68)', async () => {
      const here = await stack.device(NVR);
      const there = await stack.device(NVR, { address: '127.0.0.7' });
      for (let round = 0; round < 3; round += 1) {
        expectOk(await here.register());
        expectOk(await there.register());
      }
      assert.ok(stack.figure('yimu_register_flapping') >= 1);
    });

    it('a flood of REGISTER from one address is dropped there and harms nobody else (Q11)', async () => {
      const flood = await stack.device(NVR, { address: '127.0.0.6' });
      for (let count = 0; count < 3_000; count += 1) flood.peer.send(flood.request('REGISTER'));
      const device = await stack.device(CAMERA);
      expectOk(await device.register());
      await until(
        'the flood is dropped',
        () => (stack.figures('yimu_sip_refusals')['source-rate'] ?? 0) > 1_000,
      );
    });
  });

  describe('keepalive', () => {
    it('Status stands inside Info (Hikvision) (Q6)', async () => {
      const device = await stack.online(NVR);
      expectOk(await device.tell(fixture('manscdp/keepalive-status-in-info.xml')));
      assert.equal(stack.figure('yimu_keepalives'), 1);
    });

    it('the body got lost on the way: Content-Length and nothing behind it (Q7)', async () => {
      const device = await stack.online(NVR);
      expectOk(await device.exchange(fixture('gb28181/quirks/q07-keepalive-body-lost.sip')));
      assert.equal(stack.figure('yimu_keepalives'), 1);
    });

    it('no Content-Type, another order of headers, an old Dahua and a Hikvision in UTF-8', async () => {
      const device = await stack.online(NVR);
      expectOk(await device.ask('MESSAGE', { body: keepaliveBody(NVR) }));
      for (const file of ['captured/025-dahua-old-keepalive.sip', 'captured/053-hik-keepalive-utf8.sip'])
        expectOk(await device.tell(bodyOf(fixture(file))));
      assert.equal(stack.figure('yimu_keepalives'), 3);
    });

    const lengths: readonly (readonly [title: string, length: number, file: string])[] = [
      ['0 while a body follows (Hikvision platform)', 0, 'gb28181/quirks/q13-length-zero.sip'],
      ['less than the body has (Hikvision)', 100, 'gb28181/quirks/q12-length-too-small.sip'],
      ['more than the body has', 4_000, 'gb28181/quirks/q12-length-too-large.sip'],
    ];
    for (const [title, length, file] of lengths) {
      it(`Content-Length over UDP says ${title} (Q12, Q13)`, async () => {
        const device = await stack.online(NVR);
        const wrong = { 'Content-Length': `Content-Length: ${String(length)}` };
        expectOk(await device.ask('MESSAGE', { headers: XML, body: keepaliveBody(NVR), instead: wrong }));
        assert.equal(stack.figure('yimu_keepalives'), 1);
        // A keepalive without its body is one too (Q7): what a body says shows whether it was read.
        const asked = stack.platform.queryCatalog(NVR);
        const answer = answerUnderSn(await device.takeMessage('Catalog'), fixture(file));
        assert.match(answer.toString('latin1'), new RegExp(`^Content-Length: ${String(length)}\r$`, 'm'));
        expectOk(await device.exchange(answer));
        const { items: read, complete } = await asked;
        assert.deepEqual([read.map(({ name }) => name), complete], [['gate'], true]);
      });
    }

    it('a branch without the magic cookie, and the same one for ever (RFC 2543) (Q15)', async () => {
      const device = await stack.online(NVR);
      for (const file of [
        'gb28181/quirks/q15-branch-without-cookie.sip',
        'gb28181/quirks/q15-same-branch-again.sip',
      ])
        expectOk(await device.exchange(fixture(file)));
      assert.equal(stack.figure('yimu_keepalives'), 2);
      assert.equal(stack.figure('yimu_sip_absorbed'), 0);
    });

    it('no tag in From', async () => {
      const device = await stack.online(NVR);
      const From = `From: <sip:${NVR}@3402000000>`;
      expectOk(await device.ask('MESSAGE', { headers: XML, body: keepaliveBody(NVR), instead: { From } }));
    });

    const FILLERS = [
      'gb28181/quirks/q08-filler-two-line-ends.bin',
      'gb28181/quirks/q08-filler-nul.bin',
      'gb28181/quirks/q08-filler-four-nul.bin',
      'gb28181/quirks/q08-filler-line-end.bin',
      'gb28181/quirks/q08-filler-control.bin',
      'gb28181/quirks/q08-filler-nul-in-line-ends.bin',
    ].map(fixture);
    const LETTERS = fixture('gb28181/quirks/q08-filler-letters.bin');
    for (const transport of ['udp', 'tcp'] as const) {
      it(`octets between messages over ${transport.toUpperCase()}, to keep a NAT mapping, are passed over (Q8)`, async () => {
        const device = await stack.online(NVR, transport);
        // Letters can be told from the method behind them only where a datagram ends.
        for (const filler of transport === 'udp' ? [...FILLERS, LETTERS] : FILLERS) {
          device.peer.send(filler);
          expectOk(await device.keepalive());
        }
        for (const filler of FILLERS) {
          const keepalive = device.request('MESSAGE', { body: keepaliveBody(NVR) });
          device.peer.send(Buffer.concat([filler, keepalive]));
          await device.peer.next('its 200', ({ status }) => status === 200);
        }
        assert.deepEqual(device.peer.waiting, [], 'nothing else is answered');
        assert.equal(stack.figures('yimu_sip_refusals')['malformed'] ?? 0, 0);
        assert.ok(stack.platform.registration(NVR));
      });
    }

    it('a device that registered once and never refreshes is let in again by a REGISTER only (Huawei) (Q5)', async () => {
      const device = await stack.device(NVR);
      assert.equal((await device.exchange(fixture(KEEPALIVE))).status, 403);
      assert.equal(stack.platform.registeredCount, 0);
      expectOk(await device.register());
      expectOk(await device.exchange(anew(fixture(KEEPALIVE))));
    });
  });

  it('identifiers of requests are long and never the same (Q62)', async () => {
    const device = await stack.online(NVR);
    const seen = new Set<string>();
    for (let count = 0; count < 20; count += 1) {
      const done = stack.platform.ptz(NVR, CAMERA, { do: 'stop', lens: false });
      const request = await device.takeMessage('DeviceControl');
      await done;
      const callId = request.header('Call-ID') ?? '';
      assert.ok(callId.length >= 32);
      seen.add(callId);
      seen.add(/branch=(\w+)/.exec(request.header('Via') ?? '')?.[1] ?? '');
      seen.add(/<SN>(\d+)/.exec(request.text)?.[1] ?? '');
    }
    assert.equal(seen.size, 60);
  });
});
