import assert from 'node:assert/strict';
import { aCredential, CAMERA, NVR, PlatformHarness, proofFor } from '../a-platform.ts';
import { aFlow } from '../fake-sip.ts';

const WRONG = { password: 'not it' };
const UNKNOWN = '34020000001320000099';

async function aHarness(
  options: ConstructorParameters<typeof PlatformHarness>[0] = {},
): Promise<PlatformHarness> {
  return await new PlatformHarness(options).start();
}

describe('registration with a proof', () => {
  it('takes two round trips: a challenge, then 200', async () => {
    const harness = await aHarness();
    const challenge = harness.register(NVR);
    assert.equal(challenge.status, 401);
    assert.match(
      challenge.headers.get('www-authenticate') ?? '',
      /^Digest realm="3402000000", nonce="[0-9a-f]{32,}"/,
    );
    assert.equal(challenge.headers.get('x-gb-ver'), '3.0');
    assert.equal(harness.platform.registeredCount, 0);

    const authorization = proofFor(challenge.headers.get('www-authenticate') ?? '', NVR);
    const ok = harness.register(NVR, {
      authorization,
      headers: [
        { name: 'X-GB-Ver', value: '2.0' },
        { name: 'User-Agent', value: 'IP Camera' },
      ],
    });
    assert.equal(ok.status, 200);
    assert.equal(ok.headers.get('contact'), `<sip:${NVR}@192.168.1.64:5060>;expires=3600`);
    assert.equal(ok.headers.get('expires'), '3600');
    assert.equal(ok.headers.get('x-gb-ver'), '3.0');
    // The clock of the tests stands at 02:00:30.123 UTC: Beijing is eight hours ahead and names no zone.
    assert.equal(ok.headers.get('date'), '2026-01-15T10:00:30.123');

    assert.deepEqual(harness.platform.registration(NVR), {
      gbId: NVR,
      transport: 'udp',
      remoteAddress: '198.51.100.7',
      remotePort: 31_044,
      registeredAtMs: harness.clock.nowMs(),
      expiresAtMs: harness.clock.nowMs() + 3_600_000,
      lastSeenAtMs: harness.clock.nowMs(),
      gbVersion: '2.0',
      userAgent: 'IP Camera',
    });
    assert.deepEqual(
      harness.events.map(([name, , how]) => [name, how]),
      [['online', 'registered']],
    );
    assert.equal(harness.figure('yimu_devices_registered'), 1);
  });

  it('accepts qop with a count, and a second count on the same nonce', async () => {
    const harness = await aHarness();
    const challenge = harness.register(NVR).headers.get('www-authenticate') ?? '';
    const first = harness.register(NVR, { authorization: proofFor(challenge, NVR, { nc: '00000001' }) });
    assert.equal(first.status, 200);
    const second = harness.register(NVR, { authorization: proofFor(challenge, NVR, { nc: '00000002' }) });
    assert.equal(second.status, 200);
    assert.equal(harness.events.at(-1)?.[2], 'refreshed');
  });

  it('accepts SHA-256 from a device that chooses it, and offers it only when told to', async () => {
    const harness = await aHarness();
    assert.equal(harness.attempt(NVR, { algorithm: 'SHA-256' }).status, 200);
    const offering = await aHarness({ sha256Challenge: true });
    assert.equal(offering.register(NVR).status, 401);
    assert.match(offering.register(NVR).headers.get('www-authenticate') ?? '', /SHA-256/);
  });

  it('challenges a refresh and an unregistration as it does a registration', async () => {
    const harness = await aHarness();
    harness.online(NVR);
    assert.equal(harness.register(NVR).status, 401);
    assert.equal(harness.register(NVR, { expires: 0 }).status, 401);
    assert.ok(harness.platform.registration(NVR));
  });

  it('takes a registration back on Expires 0 and on Contact *', async () => {
    const harness = await aHarness();
    for (const contact of [undefined, '*'] as const) {
      harness.online(NVR);
      const gone = harness.attempt(NVR, { expires: 0, ...(contact === undefined ? {} : { contact }) });
      assert.equal(gone.status, 200);
      assert.equal(gone.headers.get('expires'), '0');
      assert.equal(
        gone.headers.get('contact'),
        contact === '*' ? undefined : `<sip:${NVR}@192.168.1.64:5060>;expires=0`,
      );
      assert.deepEqual(harness.events.at(-1), ['offline', NVR, 'unregistered']);
      assert.equal(harness.platform.registration(NVR), undefined);
    }
  });

  it('lets a captured proof prove nothing: not again, not from elsewhere', async () => {
    const harness = await aHarness();
    const challenge = harness.register(NVR).headers.get('www-authenticate') ?? '';
    const authorization = proofFor(challenge, NVR);
    assert.equal(harness.register(NVR, { authorization }).status, 200);
    const again = harness.register(NVR, { authorization, expires: 0 });
    assert.equal(again.status, 401);
    assert.match(again.headers.get('www-authenticate') ?? '', /stale=true/);
    const elsewhere = harness.register(NVR, { authorization, flow: aFlow('203.0.113.99') });
    assert.equal(elsewhere.status, 401);
    assert.equal(harness.platform.registration(NVR)?.remoteAddress, '198.51.100.7');
    // Neither was a guess at the password.
    assert.equal(harness.events.filter(([name]) => name === 'refusedRegistration').length, 0);
  });

  it('asks again, as for a stale nonce, when the nonce is older than its life', async () => {
    const harness = await aHarness();
    const challenge = harness.register(NVR).headers.get('www-authenticate') ?? '';
    await harness.clock.advance(301_000);
    const late = harness.register(NVR, { authorization: proofFor(challenge, NVR) });
    assert.equal(late.status, 401);
    assert.match(late.headers.get('www-authenticate') ?? '', /stale=true/);
    const fresh = proofFor(late.headers.get('www-authenticate') ?? '', NVR);
    assert.equal(harness.register(NVR, { authorization: fresh }).status, 200);
  });

  it('challenges anew what is no proof at all', async () => {
    const harness = await aHarness();
    for (const authorization of [
      'Capability algorithm="A:SHA1;H:SHA1"',
      `Digest username="${NVR}", realm="", nonce="", uri="", response=""`,
      proofFor('Digest realm="elsewhere", nonce="0"', NVR),
    ]) {
      assert.equal(harness.register(NVR, { authorization }).status, 401, authorization);
    }
    assert.deepEqual(harness.events, []);
  });

  it('moves a device to where it proves itself last', async () => {
    const harness = await aHarness();
    harness.online(NVR, aFlow('198.51.100.7', 31_044));
    harness.online(NVR, aFlow('198.51.100.7', 40_000));
    assert.equal(harness.platform.registration(NVR)?.remotePort, 40_000);
    assert.equal(harness.platform.registeredCount, 1);
    assert.equal(harness.events.at(-1)?.[2], 'moved');
  });

  it('notices two devices that fight for one ID', async () => {
    const harness = await aHarness();
    for (let round = 0; round < 4; round += 1) {
      harness.online(NVR, aFlow(round % 2 === 0 ? '198.51.100.7' : '203.0.113.9'));
      await harness.clock.advance(20_000);
    }
    assert.equal(harness.figure('yimu_register_flapping'), 1);
  });
});

describe('time of a registration', () => {
  const rows: readonly (readonly [
    title: string,
    expires: number | string,
    contactExpires: string,
    granted: string,
  ])[] = [
    ['what was asked', 7_200, '', '7200'],
    ['at least a minute', 5, '', '60'],
    ['at most a week', 99_999_999, '', '604800'],
    ['an hour when nothing was asked', '', '', '3600'],
    ['what Contact says when there is no header', '', ';expires=1200', '1200'],
    ['what the header says when Contact says otherwise', 1_800, ';expires=1200', '1800'],
  ];
  for (const [title, expires, contactExpires, granted] of rows) {
    it(`grants ${title}`, async () => {
      const harness = await aHarness();
      const contact = `<sip:${NVR}@192.168.1.64:5060>${contactExpires}`;
      const ok = harness.attempt(NVR, { expires, contact });
      assert.equal(ok.headers.get('expires'), granted);
      assert.match(ok.headers.get('contact') ?? '', new RegExp(`;expires=${granted}$`));
    });
  }

  it('ends when it is not refreshed, though keepalives come', async () => {
    const harness = await aHarness();
    assert.equal(harness.attempt(NVR, { expires: 120 }).status, 200);
    await harness.clock.advance(60_000);
    assert.equal(harness.keepalive(NVR).status, 200);
    await harness.clock.advance(59_000);
    assert.ok(harness.platform.registration(NVR));
    await harness.clock.advance(2_000);
    assert.deepEqual(harness.events.at(-1), ['offline', NVR, 'expired']);
  });

  it('a shorter registration replaces a longer one', async () => {
    const harness = await aHarness();
    harness.attempt(NVR, { expires: 86_400 });
    harness.attempt(NVR, { expires: 60 });
    await harness.clock.advance(62_000);
    assert.deepEqual(harness.events.at(-1), ['offline', NVR, 'expired']);
  });

  it('leaves the time header out when told to', async () => {
    const harness = await aHarness({ dateHeader: false });
    assert.equal(harness.attempt(NVR).headers.has('date'), false);
  });
});

describe('refused registrations', () => {
  it('answers an unknown ID as it answers a known one, and 403 in the end', async () => {
    const harness = await aHarness();
    assert.equal(harness.register(UNKNOWN).status, 401);
    assert.equal(harness.attempt(UNKNOWN).status, 403);
    assert.deepEqual(harness.events, [['refusedRegistration', UNKNOWN, 'unknown-id']]);
    assert.equal(harness.platform.registeredCount, 0);
  });

  it('refuses a wrong password, and another name than its own', async () => {
    const harness = await aHarness();
    assert.equal(harness.attempt(NVR, WRONG).status, 403);
    assert.equal(harness.attempt(NVR, { username: CAMERA }).status, 403);
    assert.deepEqual(
      harness.events.map(([, , why]) => why),
      ['wrong-password', 'wrong-password'],
    );
    assert.equal(harness.figures('yimu_register_results')['wrong-password'], 2);
  });

  it('refuses what is no ID, with the version of the standard all the same', async () => {
    const harness = await aHarness();
    for (const id of ['camera', '3402000000132000000', "1' OR '1'='1"]) {
      const reply = harness.register(id);
      assert.equal(reply.status, 403);
      assert.equal(reply.headers.get('x-gb-ver'), '3.0');
    }
    assert.equal(harness.figures('yimu_register_results')['bad-id'], 3);
  });

  it('names what is no ID a few times only', async () => {
    const harness = await aHarness();
    for (let round = 0; round < 20; round += 1)
      assert.equal(harness.register(`camera${String(round)}`).status, 403);
    assert.deepEqual(harness.figures('yimu_register_results'), { 'bad-id': 5, budget: 15 });
    assert.equal(harness.attempt(NVR).status, 200, 'its neighbours are heard');
  });

  it('looks at no proof for ten minutes after five failures of one source', async () => {
    const harness = await aHarness();
    for (let round = 0; round < 5; round += 1) assert.equal(harness.attempt(NVR, WRONG).status, 403);
    assert.equal(harness.attempt(NVR).status, 403, 'the right password is not looked at either');
    assert.equal(harness.events.at(-1)?.[2], 'budget');
    assert.equal(harness.attempt(CAMERA).status, 200, 'another device behind the same address is heard');
    assert.equal(
      harness.attempt(NVR, { flow: aFlow('203.0.113.9') }).status,
      200,
      'the device elsewhere is heard',
    );
    await harness.clock.advance(601_000);
    assert.equal(harness.attempt(NVR).status, 200);
  });

  it('counts no failure against a source that never heard the challenge, as where the source is forged', async () => {
    const harness = await aHarness();
    harness.online(NVR);
    const challenge =
      harness.register(NVR, { flow: aFlow('203.0.113.9') }).headers.get('www-authenticate') ?? '';
    for (const flow of [aFlow(), aFlow('192.0.2.1')]) {
      for (let round = 0; round < 500; round += 1) {
        const forged = harness.register(NVR, { flow, authorization: proofFor(challenge, NVR, WRONG) });
        assert.equal(forged.status, 401);
      }
      assert.equal(harness.attempt(NVR, { flow }).status, 200);
    }
  });

  it('says nothing of a password to whoever tries it without a nonce of ours', async () => {
    const harness = await aHarness();
    const foreign = 'Digest realm="3402000000", nonce="0123456789abcdef0123456789abcdef"';
    const [right, wrong] = [{}, WRONG].map((password) =>
      harness.register(NVR, { authorization: proofFor(foreign, NVR, password) }),
    );
    const shape = (reply: typeof right): string =>
      `${String(reply?.status)} ${(reply?.headers.get('www-authenticate') ?? '').replace(/nonce="[^"]*"/, '')}`;
    assert.equal(shape(right), shape(wrong));
  });

  it('is not to be had by many sources either', async () => {
    const harness = await aHarness();
    for (let round = 0; round < 20; round += 1) {
      const flow = aFlow(`203.0.${String(round)}.1`);
      assert.equal(harness.attempt(NVR, { ...WRONG, flow }).status, 403);
    }
    assert.equal(harness.register(NVR, { flow: aFlow('192.0.2.200') }).status, 403);
  });

  it('hears no more of a source that guesses at many IDs', async () => {
    const harness = await aHarness();
    for (let round = 0; round < 50; round += 1) {
      const id = `340200000013200${String(10_000 + round)}`;
      assert.equal(harness.attempt(id).status, 403);
    }
    assert.equal(harness.register(CAMERA).status, 403);
    assert.equal(harness.events.at(-1)?.[2], 'budget');
  });

  it('does not let a forger lock out a device that is registered', async () => {
    const harness = await aHarness();
    harness.online(NVR);
    for (let round = 0; round < 20; round += 1)
      harness.attempt(NVR, { ...WRONG, flow: aFlow('203.0.113.9') });
    for (let round = 0; round < 6; round += 1) harness.attempt(NVR, WRONG);
    assert.equal(harness.attempt(NVR).status, 200);
  });

  it('starts anew when the device is forgotten, as for a new password', async () => {
    const harness = await aHarness();
    for (let round = 0; round < 5; round += 1) harness.attempt(NVR, WRONG);
    harness.platform.forget(NVR);
    assert.equal(harness.attempt(NVR).status, 200);
    harness.platform.forget(NVR);
    assert.deepEqual(harness.events.at(-1), ['offline', NVR, 'forgotten']);
  });

  it('answers 503 when it holds as many devices as it may', async () => {
    const harness = await aHarness({ limits: { maxDevices: 1 } });
    harness.online(NVR);
    assert.equal(harness.attempt(CAMERA).status, 503);
    assert.equal(harness.attempt(NVR).status, 200);
  });
});

describe('a device without a password', () => {
  it('registers in one round trip where it is flagged for that, and only there', async () => {
    const harness = await aHarness();
    harness.credentials.set(CAMERA, aCredential(CAMERA, { passwordless: true, ha1Md5: undefined }));
    assert.equal(harness.register(CAMERA).status, 200);
    assert.equal(harness.register(NVR).status, 401);
  });

  it('cannot be taken over from another address while it is there', async () => {
    const harness = await aHarness();
    harness.credentials.set(CAMERA, aCredential(CAMERA, { passwordless: true, ha1Md5: undefined }));
    assert.equal(harness.register(CAMERA).status, 200);
    assert.equal(harness.register(CAMERA, { flow: aFlow('203.0.113.9') }).status, 403);
    assert.equal(harness.register(CAMERA, { flow: aFlow('203.0.113.9'), expires: 0 }).status, 403);
    assert.equal(
      harness.register(CAMERA, { flow: aFlow('198.51.100.7', 40_000) }).status,
      200,
      'a new port is a new map of its router',
    );
    await harness.clock.advance(190_000);
    assert.equal(harness.register(CAMERA, { flow: aFlow('203.0.113.9') }).status, 200);
  });
});
