import assert from 'node:assert/strict';
import type { SipRequest } from 'sip-parser-lite';
import { APlatform } from '../a-platform.ts';

const CHALLENGE = '401 Unauthorized\r\nWWW-Authenticate: Digest realm="3402000000", nonce="n1"';

/** Challenges what has no proof, and grants the rest. */
function digest(granted = '200 OK'): (request: SipRequest) => string {
  return (request) => (request.authorization || request.method !== 'REGISTER' ? granted : CHALLENGE);
}

function expiresOf(platform: APlatform): readonly (number | undefined)[] {
  return platform.requests('REGISTER').map(({ expires }) => expires);
}

describe('a simulated device keeps itself registered', () => {
  it('proves its password when it is challenged (GB/T 28181 §9.1.2.1)', async () => {
    const platform = new APlatform();
    platform.answer = digest();
    await platform.registered();
    const [bare, proved] = platform.requests('REGISTER');
    assert.equal(bare?.authorization, undefined);
    assert.equal(proved?.authorization?.params.get('username'), platform.device.gbId);
    assert.equal((proved.cSeq?.sequence ?? 0) - (bare?.cSeq?.sequence ?? 0), 1);
    assert.equal(proved.callId, bare?.callId);
    assert.deepEqual(platform.events, [{ event: 'registered', how: 'digest', expiresS: 3_600 }]);
  });

  it('tries once more at once when only its nonce was too old', async () => {
    const platform = new APlatform();
    const nonces: (string | undefined)[] = [];
    platform.answer = (request) => {
      nonces.push(request.authorization?.params.get('nonce'));
      if (nonces.length === 1) return CHALLENGE;
      return nonces.length === 2 ? CHALLENGE.replace('n1', 'n2').concat(', stale=true') : '200 OK';
    };
    await platform.registered();
    assert.deepEqual(nonces, [undefined, 'n1', 'n2']);
  });

  it('does not try a wrong password again at once', async () => {
    const platform = new APlatform();
    platform.answer = () => CHALLENGE;
    await platform.device.start();
    assert.equal(platform.requests('REGISTER').length, 2);
    assert.deepEqual(platform.events, [{ event: 'register-refused', status: 401 }]);
  });

  it('waits longer after each failure, up to twenty times as long', async () => {
    const platform = new APlatform({ retryMs: 1_000 });
    platform.answer = () => '403 Forbidden';
    await platform.device.start();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 7; attempt += 1) {
      const before = platform.requests('REGISTER').length;
      let waitedMs = 0;
      while (platform.requests('REGISTER').length === before) {
        await platform.clock.advance(50);
        waitedMs += 50;
      }
      waits.push(waitedMs / 1_000);
    }
    for (const [index, expected] of [1, 2, 4, 8, 16, 20, 20].entries()) {
      const waited = waits[index] ?? 0;
      assert.ok(waited >= expected * 0.8 && waited <= expected * 1.2 + 0.1, `${index}: ${waits.join(' ')}`);
    }
    platform.answer = () => '200 OK';
    await platform.clock.advance(30_000);
    assert.equal(platform.device.registered, true);
  });

  it('refreshes at half of the expiry that the platform grants (RFC 3261 §10.2.4)', async () => {
    for (const granted of ['200 OK\r\nExpires: 100', '200 OK\r\nContact: <sip:a@192.0.2.64>;expires=100']) {
      const platform = new APlatform({ keepaliveS: 1_000 });
      platform.answer = () => granted;
      await platform.registered();
      await platform.clock.advance(49_900);
      assert.equal(platform.requests('REGISTER').length, 1);
      await platform.clock.advance(200);
      assert.deepEqual(expiresOf(platform), [3_600, 3_600]);
      assert.equal(platform.opened, 1);
    }
  });

  it('is not frightened by an expiry of a century, or of nothing', async () => {
    const long = new APlatform({ keepaliveS: 3_000_000 });
    long.answer = () => '200 OK\r\nExpires: 4294967295';
    await long.registered();
    await long.clock.advance(3_600_000);
    assert.equal(long.requests('REGISTER').length, 1);
    const none = new APlatform();
    none.answer = () => '200 OK\r\nExpires: 0';
    await none.device.start();
    assert.equal(none.device.registered, false);
    await none.clock.advance(10_000);
    assert.ok(none.requests('REGISTER').length <= 12);
  });

  it('sends keepalives in their period, and keeps the refreshes beside them (§9.6)', async () => {
    const platform = await new APlatform({ keepaliveS: 60, expiresS: 600 }).registered();
    await platform.clock.advance(600_500);
    assert.equal(platform.bodies().length, 10);
    assert.match(platform.bodies()[0] ?? '', /<CmdType>Keepalive<\/CmdType>[\s\S]*<Status>OK<\/Status>/);
    assert.equal(platform.requests('REGISTER').length, 3);
  });

  it('registers anew at once when a keepalive is refused', async () => {
    const platform = await new APlatform().registered();
    platform.answer = (request) => (request.method === 'MESSAGE' ? '403 Forbidden' : '200 OK');
    await platform.clock.advance(60_100);
    assert.equal(platform.requests('REGISTER').length, 2);
    assert.deepEqual(
      platform.events.map(({ event }) => event),
      ['registered', 'keepalive', 'registered'],
    );
  });

  it('registers anew when three keepalives found no answer, and again until somebody answers', async () => {
    const platform = await new APlatform().registered();
    platform.answer = () => undefined;
    await platform.clock.advance(153_000);
    assert.equal(platform.named('keepalive').length, 2);
    assert.equal(platform.device.registered, true);
    await platform.clock.advance(60_000);
    assert.equal(platform.named('keepalive').length, 3);
    assert.equal(platform.device.registered, false);
    platform.answer = digest();
    await platform.clock.advance(40_000);
    assert.equal(platform.device.registered, true);
    await platform.device.stop();
    assert.equal(platform.clock.pending, 0);
  });

  it('repeats a request at 0.5, 1.5, 3.5, 7.5 s and then each 4 s, 32 s long (§17.1.2.2)', async () => {
    const platform = new APlatform();
    platform.answer = () => undefined;
    const starting = platform.device.start();
    const at: number[] = [];
    for (let ms = 0; ms <= 32_000; ms += 100) {
      while (at.length < platform.requests('REGISTER').length) at.push(ms);
      await platform.clock.advance(100);
    }
    assert.deepEqual(
      at.map((ms) => Math.floor(ms / 500) * 500),
      [0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500],
    );
    await starting;
    assert.deepEqual(platform.events, [{ event: 'register-refused', status: undefined }]);
  });

  it('comes back when its link breaks, also in the middle of a keepalive', async () => {
    for (const busy of [false, true]) {
      const platform = await new APlatform({ retryMs: 1_000 }).registered();
      if (busy) {
        platform.answer = () => undefined;
        await platform.clock.advance(60_100);
      }
      platform.loseLink();
      assert.equal(platform.device.registered, false);
      platform.answer = digest();
      await platform.clock.advance(1_500);
      assert.equal(platform.device.registered, true);
      assert.equal(platform.opened, 2);
      assert.equal(platform.links, 1);
    }
  });

  it('comes back after a restart on a link of its own, as after a power cut', async () => {
    const platform = await new APlatform().registered();
    await platform.device.restart();
    assert.equal(platform.device.registered, true);
    assert.deepEqual([platform.opened, platform.links], [2, 1]);
    assert.deepEqual(expiresOf(platform), [3_600, 3_600]);
  });

  it('takes its registration back when it stops, and leaves nothing behind (§9.1.2.2)', async () => {
    const platform = new APlatform();
    platform.answer = digest();
    await platform.registered();
    await platform.device.stop();
    assert.deepEqual(expiresOf(platform).slice(-2), [0, 0]);
    assert.deepEqual(platform.events.at(-1), { event: 'unregistered', status: 200 });
    assert.deepEqual([platform.links, platform.clock.pending], [0, 0]);
    await platform.device.stop();
    assert.equal(platform.named('unregistered').length, 1);
  });

  it('stops soon when the platform is away, and without a word when it is cut off', async () => {
    const away = await new APlatform().registered();
    away.answer = () => undefined;
    const stopping = away.device.stop();
    await away.clock.advance(3_100);
    await stopping;
    assert.deepEqual(away.events.at(-1), { event: 'unregistered', status: undefined });
    const cut = await new APlatform().registered();
    await cut.device.stop(true);
    assert.equal(cut.requests('REGISTER').length, 1);
    assert.deepEqual([cut.links, cut.clock.pending], [0, 0]);
  });

  it('stops while it registers', async () => {
    const platform = new APlatform();
    platform.answer = () => undefined;
    const starting = platform.device.start();
    await platform.clock.advance(100);
    await platform.device.stop();
    await starting;
    await platform.clock.advance(60_000);
    assert.deepEqual([platform.links, platform.clock.pending, platform.events.length], [0, 0, 0]);
  });

  it('with the fault no-keepalive only refreshes', async () => {
    const platform = await new APlatform({ faults: ['no-keepalive'], expiresS: 600 }).registered();
    await platform.clock.advance(600_500);
    assert.equal(platform.requests('MESSAGE').length, 0);
    assert.equal(platform.requests('REGISTER').length, 3);
  });
});
