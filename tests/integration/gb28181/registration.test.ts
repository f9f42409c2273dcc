import assert from 'node:assert/strict';
import { until } from '../../support/until.ts';
import { CAMERA, NVR, Stack } from './a-stack.ts';
import { keepaliveBody } from './raw-device.ts';
import type { Received } from './sip-peer.ts';

/** Limits in which hours become seconds. */
const SHORT = { minExpiresS: 1, keepaliveIntervalS: 1, keepaliveMisses: 3 } as const;

const eventsOf = (stack: Stack): readonly string[] => stack.events.map(([name]) => name);

function expectOk(answer: Received): void {
  assert.equal(answer.start, 'SIP/2.0 200 OK');
}

for (const transport of ['udp', 'tcp'] as const) {
  describe(`registration over ${transport.toUpperCase()}, on the wire (GB/T 28181-2016 §9.1)`, function () {
    this.timeout(20_000);
    let stack: Stack;

    beforeEach(async () => {
      stack = await Stack.start(SHORT);
    });

    afterEach(async () => {
      await stack.stop();
    });

    it('takes two round trips: 401 with a fresh nonce, then 200 with the time of Beijing', async () => {
      const device = await stack.device(NVR, { transport });
      const { address, port } = device.peer;
      const challenge = await device.ask('REGISTER', { headers: ['Expires: 3600'] });
      assert.equal(challenge.start, 'SIP/2.0 401 Unauthorized');
      assert.match(
        challenge.header('WWW-Authenticate') ?? '',
        /^Digest realm="3402000000", nonce="[0-9a-f]{32,}", algorithm=MD5/,
      );
      assert.equal(challenge.header('X-GB-Ver'), '3.0');
      // RFC 3581 §4: the source of the packet, also where it is what the device wrote.
      const via = challenge.header('Via') ?? '';
      assert.match(via, new RegExp(`;rport=${String(port)}(;|$)`));
      assert.match(via, new RegExp(`;received=${address}(;|$)`));
      assert.match(challenge.header('To') ?? '', /;tag=\w+/);

      const before = Date.now();
      const ok = await device.register({ headers: ['X-GB-Ver: 2.0', 'User-Agent: IP Camera'] });
      expectOk(ok);
      assert.equal(ok.header('Expires'), '3600');
      assert.equal(ok.header('Contact'), `<sip:${NVR}@${address}:${String(port)}>;expires=3600`);
      assert.equal(ok.header('X-GB-Ver'), '3.0');
      assert.equal(ok.body.length, 0);
      const date = ok.header('Date') ?? '';
      assert.match(date, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/);
      assert.ok(Math.abs(Date.parse(`${date}+08:00`) - before) < 5_000, `${date} is the time of Beijing`);

      const registration = stack.platform.registration(NVR);
      assert.deepEqual(
        [registration?.transport, registration?.remoteAddress, registration?.remotePort],
        [transport, address, port],
      );
      assert.deepEqual([registration?.gbVersion, registration?.userAgent], ['2.0', 'IP Camera']);
    });

    it('is refreshed by a proof, and by nothing less', async () => {
      const device = await stack.online(NVR, transport);
      const unproven = await device.ask('REGISTER', { headers: ['Expires: 0'] });
      assert.equal(unproven.status, 401);
      assert.ok(stack.platform.registration(NVR));
      expectOk(await device.register({ qop: true }));
      assert.deepEqual(
        stack.events.map(([, , how]) => how),
        ['registered', 'refreshed'],
      );
    });

    it('is taken back by Expires 0', async () => {
      const device = await stack.online(NVR, transport);
      const gone = await device.register({ expires: 0 });
      expectOk(gone);
      assert.equal(gone.header('Expires'), '0');
      assert.deepEqual(stack.events.at(-1), ['offline', NVR, 'unregistered']);
      assert.equal((await device.keepalive()).status, 403);
    });

    it('runs out when it is not refreshed, whatever keepalives come', async () => {
      const device = await stack.device(NVR, { transport });
      const ok = await device.register({ expires: 2 });
      assert.equal(ok.header('Expires'), '2');
      const registeredAt = performance.now();
      await until('the registration runs out', async () => {
        const { status } = await device.keepalive();
        return status === 403;
      });
      assert.deepEqual(stack.events.at(-1), ['offline', NVR, 'expired']);
      const lastedMs = performance.now() - registeredAt;
      assert.ok(lastedMs > 1_900 && lastedMs < 4_500, `${String(lastedMs)} ms`);
    });

    it('goes offline after three missed keepalives, and not while they come', async () => {
      const device = await stack.online(NVR, transport);
      const startedAt = performance.now();
      await until('four seconds of keepalives', async () => {
        expectOk(await device.keepalive());
        return performance.now() - startedAt > 4_000;
      });
      assert.deepEqual(eventsOf(stack), ['online']);
      const lastAt = performance.now();
      await until('three missed', () => eventsOf(stack).includes('offline'));
      assert.deepEqual(stack.events.at(-1), ['offline', NVR, 'keepalive-lost']);
      const silenceMs = performance.now() - lastAt;
      assert.ok(silenceMs > 2_900 && silenceMs < 5_500, `${String(silenceMs)} ms`);
      assert.equal((await device.keepalive()).status, 403, 'a keepalive alone does not bring it back');
      expectOk(await device.register());
      expectOk(await device.keepalive());
    });

    it('answers a repeated request with the very same octets and counts it once', async () => {
      const device = await stack.online(NVR, transport);
      const keepalive = device.request('MESSAGE', { body: keepaliveBody(NVR) });
      const first = await device.exchange(keepalive);
      const again = await device.exchange(keepalive);
      if (transport === 'udp') {
        assert.equal(again.head, first.head);
        assert.equal(stack.figure('yimu_keepalives'), 1);
        assert.equal(stack.figure('yimu_sip_absorbed'), 1);
      } else {
        // RFC 3261 §17.2.2: over a reliable transport Timer J is zero, and no repetition is expected.
        expectOk(again);
      }
    });
  });
}

describe('who may register and who may speak', function () {
  this.timeout(20_000);
  let stack: Stack;

  beforeEach(async () => {
    stack = await Stack.start();
  });

  afterEach(async () => {
    await stack.stop();
  });

  it('an unknown ID is challenged like a known one and refused like a wrong password', async () => {
    const unknown = await stack.device('34020000001320000099');
    const wrong = await stack.device(NVR, { password: 'not it' });
    for (const device of [unknown, wrong]) {
      const challenge = await device.ask('REGISTER');
      assert.equal(challenge.status, 401);
      const refused = await device.ask('REGISTER', { headers: [device.proof(challenge)] });
      assert.equal(refused.start, 'SIP/2.0 403 Forbidden');
      assert.equal(refused.header('X-GB-Ver'), '3.0');
    }
    assert.equal(stack.platform.registeredCount, 0);
    assert.deepEqual(
      stack.events.map(([, , why]) => why),
      ['unknown-id', 'wrong-password'],
    );
  });

  it('five wrong passwords close the door for that ID from that address, and for nobody else', async () => {
    const guesser = await stack.device(NVR, { password: 'not it' });
    for (let guess = 0; guess < 5; guess += 1) assert.equal((await guesser.register()).status, 403);
    const rightFromThere = await stack.device(NVR);
    assert.equal((await rightFromThere.register()).status, 403);
    assert.equal(stack.events.at(-1)?.[2], 'budget');
    const elsewhere = await stack.device(NVR, { address: '127.0.0.2' });
    expectOk(await elsewhere.register());
    const neighbour = await stack.device(CAMERA);
    expectOk(await neighbour.register());
  });

  it('a captured proof is worth nothing, from the same place or from another', async () => {
    const device = await stack.device(NVR);
    const challenge = await device.ask('REGISTER');
    const proof = device.proof(challenge);
    const thief = await stack.device(NVR, { address: '127.0.0.3' });
    // The first to use it: the nonce is for the network of the one who was challenged, here the same /24.
    expectOk(await device.ask('REGISTER', { headers: [proof] }));
    for (const who of [device, thief]) {
      const again = await who.ask('REGISTER', { headers: [proof, 'Expires: 0'] });
      assert.equal(again.status, 401);
      assert.match(again.header('WWW-Authenticate') ?? '', /stale=true/);
    }
    assert.equal(stack.platform.registration(NVR)?.remotePort, device.peer.port);
  });

  it('a keepalive of a stranger is refused, so that it registers', async () => {
    const device = await stack.device(NVR);
    assert.equal((await device.keepalive()).start, 'SIP/2.0 403 Forbidden');
    assert.equal(stack.platform.registration(NVR), undefined);
    expectOk(await device.register());
    expectOk(await device.keepalive());
  });

  for (const [what, address] of [
    ['port', '127.0.0.1'],
    ['address', '127.0.0.2'],
  ] as const) {
    it(`a device that speaks from another ${what} is refused until it has registered from there`, async () => {
      const before = await stack.online(NVR);
      const after = await stack.device(NVR, { address });
      assert.equal((await after.keepalive()).status, 403);
      assert.equal(stack.platform.registration(NVR)?.remotePort, before.peer.port);
      expectOk(await before.keepalive());
      expectOk(await after.register());
      assert.equal(stack.platform.registration(NVR)?.remotePort, after.peer.port);
      expectOk(await after.keepalive());
      assert.equal((await before.keepalive()).status, 403, 'it has one place at a time');
      assert.equal(stack.events.at(-1)?.[2], 'moved');
    });
  }

  it('a device whose connection closes is offline at once, and back on a new one', async () => {
    const device = await stack.online(NVR, 'tcp');
    device.peer.close();
    await until('offline', () => eventsOf(stack).includes('offline'));
    assert.deepEqual(stack.events.at(-1), ['offline', NVR, 'flow-closed']);
    const again = await stack.online(NVR, 'tcp');
    expectOk(await again.keepalive());
  });

  it('a hundred devices behind one port are told apart', async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `340200000013200${String(10_000 + index)}`);
    for (const id of ids) stack.addDevice(id);
    const gateway = await stack.device(NVR);
    const devices = await Promise.all(
      ids.map(async (id) => {
        const device = gateway.as(id);
        expectOk(await device.register());
        return device;
      }),
    );
    assert.equal(stack.platform.registeredCount, 100);
    for (const device of devices) expectOk(await device.keepalive());
    assert.equal(stack.figure('yimu_keepalives'), 100);
    expectOk((await devices[7]?.register({ expires: 0 }))!);
    assert.equal((await devices[7]?.keepalive())?.status, 403);
    expectOk((await devices[8]?.keepalive())!);
    assert.equal(stack.platform.registeredCount, 99);
  });
});
