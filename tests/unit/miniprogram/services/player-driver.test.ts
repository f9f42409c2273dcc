import assert from 'node:assert/strict';
import type { Outcome } from '../../../../miniprogram/src/models/failure.ts';
import type { PlayerState } from '../../../../miniprogram/src/models/player-fsm.ts';
import { PlayerDriver } from '../../../../miniprogram/src/services/player-driver.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

/** A driver whose world the test plays. */
class Bench {
  readonly clock = new FakeClock();
  readonly did: string[] = [];
  readonly states: PlayerState[] = [];
  readonly asked: ((outcome: Outcome<string>) => void)[] = [];
  readonly driver = new PlayerDriver({
    askAddress: () =>
      new Promise((resolve) => {
        this.did.push('ask');
        this.asked.push(resolve);
      }),
    startPlayer: (url) => this.did.push(`start ${url}`),
    nudgePlayer: () => this.did.push('nudge'),
    stopPlayer: () => this.did.push('stop'),
    keepAwake: (on) => this.did.push(on ? 'awake' : 'asleep'),
    after: (delayMs, callback) => this.clock.after(delayMs, callback),
    changed: (state) => this.states.push(state),
  });

  get phase(): string {
    return this.driver.state.phase;
  }

  async answer(url: string, which = this.asked.length - 1): Promise<void> {
    this.asked[which]?.({ ok: true, value: url });
    await this.clock.advance(0);
  }

  async playing(): Promise<void> {
    this.driver.dispatch({ type: 'play' });
    await this.answer('http://a/1.flv');
    this.driver.heard(2003, undefined);
  }
}

describe('the driver of the player', () => {
  it('starts the player with the address that was asked for', async () => {
    const bench = new Bench();
    await bench.playing();
    assert.deepEqual(bench.did, ['stop', 'awake', 'ask', 'start http://a/1.flv']);
    assert.equal(bench.phase, 'playing');
    assert.equal(bench.states.at(-1), bench.driver.state);
  });

  it('drops the answer to a question that was overtaken', async () => {
    const bench = new Bench();
    bench.driver.dispatch({ type: 'play' });
    bench.driver.dispatch({ type: 'reload' });
    await bench.answer('http://a/old.flv', 0);
    assert.equal(bench.phase, 'requesting');
    await bench.answer('http://a/new.flv', 1);
    assert.deepEqual(bench.did.at(-1), 'start http://a/new.flv');
  });

  it('drops the answer that comes after the viewer has stopped', async () => {
    const bench = new Bench();
    bench.driver.dispatch({ type: 'play' });
    bench.driver.dispatch({ type: 'stop' });
    await bench.answer('http://a/1.flv');
    assert.equal(bench.phase, 'idle');
    assert.ok(!bench.did.some((what) => what.startsWith('start')));
  });

  it('asks again after a pause when the player breaks, with the code that it broke with', async () => {
    const bench = new Bench();
    await bench.playing();
    bench.driver.heard(-2301, undefined);
    assert.equal(bench.phase, 'waiting');
    assert.equal(bench.driver.state.failure?.code, '-2301');
    await bench.clock.advance(499);
    assert.equal(bench.asked.length, 1);
    await bench.clock.advance(1);
    assert.equal(bench.asked.length, 2);
  });

  it("hears the media server's own words where the host can hand them over", async () => {
    const bench = new Bench();
    bench.driver.dispatch({ type: 'play' });
    await bench.answer('http://a/1.flv');
    bench.driver.heard(-2302, { code: 'MEDIA_NO_RTP', message: '未收到设备码流' });
    assert.deepEqual(bench.driver.state.failure, {
      kind: 'no-media',
      code: 'MEDIA_NO_RTP',
      message: '未收到设备码流',
    });
  });

  it('without them a refused address is tried again: the API will say why', async () => {
    const bench = new Bench();
    bench.driver.dispatch({ type: 'play' });
    await bench.answer('http://a/1.flv');
    bench.driver.heard(-2302, undefined);
    assert.equal(bench.phase, 'waiting');
    await bench.clock.advance(500);
    bench.asked[1]?.({ ok: false, failure: { kind: 'device-offline', code: '20007', message: '' } });
    await bench.clock.advance(0);
    assert.deepEqual([bench.phase, bench.driver.state.failure?.code], ['failed', '20007']);
  });

  it('a device that sends nothing is given up after two tries of 16 s', async () => {
    const bench = new Bench();
    bench.driver.dispatch({ type: 'play' });
    await bench.answer('http://a/1.flv');
    await bench.clock.advance(16_000);
    assert.equal(bench.phase, 'waiting');
    await bench.clock.advance(500);
    await bench.answer('http://a/2.flv');
    await bench.clock.advance(16_000);
    assert.deepEqual([bench.phase, bench.driver.state.failure?.kind], ['failed', 'no-media']);
  });

  it('a picture that stands still for 10 s is given up', async () => {
    const bench = new Bench();
    await bench.playing();
    bench.driver.heard(2007, undefined);
    await bench.clock.advance(9_999);
    assert.equal(bench.phase, 'buffering');
    await bench.clock.advance(1);
    assert.equal(bench.phase, 'waiting');
  });

  it('a change of size gives the player a nudge', async () => {
    const bench = new Bench();
    await bench.playing();
    bench.driver.heard(2009, undefined);
    assert.equal(bench.did.at(-1), 'nudge');
  });

  it('leaves nothing behind when the page goes: no timer, no late word', async () => {
    for (const state of ['requesting', 'connecting', 'playing', 'waiting'] as const) {
      const bench = new Bench();
      if (state === 'playing' || state === 'waiting') await bench.playing();
      else bench.driver.dispatch({ type: 'play' });
      if (state === 'connecting') await bench.answer('http://a/1.flv');
      if (state === 'waiting') bench.driver.heard(3002, undefined);
      assert.equal(bench.phase, state);
      bench.driver.dispose();
      assert.equal(bench.clock.pending, 0);
      assert.deepEqual(bench.did.slice(-2), ['stop', 'asleep']);
      const before = bench.did.length;
      bench.driver.dispatch({ type: 'play' });
      bench.driver.heard(2003, undefined);
      await bench.answer('http://a/late.flv');
      assert.equal(bench.did.length, before);
    }
  });
});
