import assert from 'node:assert/strict';
import type { Engine, EngineEvents, Latency } from '../../../bff/h5/src/player/engine.ts';
import { LivePlayerSession, type StateChange } from '../../../bff/h5/src/player/live-player-session.ts';
import { refusalFrom } from '../../../bff/h5/src/player/refusal.ts';

interface Started {
  readonly url: string;
  readonly latency: Latency;
  readonly events: EngineEvents;
  end: 'running' | 'frozen' | 'stopped';
}

/** A session with an engine and a clock that the test moves. */
class Bench {
  readonly runs: Started[] = [];
  readonly changes: StateChange[] = [];
  readonly timers: { at: number; callback: () => void; gone: boolean }[] = [];
  nowMs = 0;
  failLoading = false;
  readonly session = new LivePlayerSession({
    engine: () => (this.failLoading ? Promise.reject(new Error('no chunk')) : Promise.resolve(this.#engine)),
    timers: {
      nowMs: () => this.nowMs,
      after: (ms, callback) => {
        const timer = { at: this.nowMs + ms, callback, gone: false };
        this.timers.push(timer);
        return () => {
          timer.gone = true;
        };
      },
    },
    output: { stateChange: (change) => this.changes.push(change), figures: () => undefined },
  });
  readonly #engine: Engine = {
    start: (url, latency, events) => {
      const run: Started = { url, latency, events, end: 'running' };
      this.runs.push(run);
      return {
        freeze: () => {
          if (run.end === 'running') run.end = 'frozen';
        },
        stop: () => {
          run.end = 'stopped';
        },
      };
    },
  };

  get codes(): number[] {
    return this.changes.map(({ code }) => code);
  }

  get run(): Started {
    return this.runs.at(-1) ?? assert.fail('nothing was started');
  }

  async play(src = '/a.flv'): Promise<void> {
    this.session.setSource(src);
    assert.equal(this.session.play(), true);
    await this.turn();
  }

  /** Lets promises settle. */
  async turn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }

  async pass(ms: number): Promise<void> {
    this.nowMs += ms;
    for (const timer of this.timers) {
      if (timer.gone || timer.at > this.nowMs) continue;
      timer.gone = true;
      timer.callback();
    }
    await this.turn();
  }
}

const BROKEN = { kind: 'network', message: 'reset' } as const;

describe('a live-player session', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });

  it('refuses to play without an address', () => {
    assert.equal(bench.session.play(), false);
    assert.equal(bench.session.wanted, false);
  });

  it("reports WeChat's codes in the engine's order", async () => {
    await bench.play();
    const { events } = bench.run;
    events.connected();
    events.begun();
    events.resolution(1280, 720);
    events.resolution(1280, 720);
    events.firstFrame();
    events.playing();
    events.waiting();
    events.resolution(1920, 1080);
    events.soundBlocked();
    assert.deepEqual(bench.codes, [2001, 2002, 2009, 2003, 2004, 2007, 2009, 2030]);
    assert.ok(bench.changes.every(({ message }) => message !== ''));
  });

  it('starts once however often it is asked to play', async () => {
    await bench.play();
    bench.session.play();
    await bench.turn();
    assert.equal(bench.runs.length, 1);
  });

  it('lets go at stop and hears nothing more of that run', async () => {
    await bench.play();
    bench.session.stop();
    bench.run.events.playing();
    bench.run.events.failed(BROKEN);
    assert.equal(bench.run.end, 'stopped');
    assert.deepEqual(bench.codes, []);
  });

  it('does not start what was stopped while the player was loading', async () => {
    bench.session.setSource('/a.flv');
    bench.session.play();
    bench.session.stop();
    await bench.turn();
    assert.equal(bench.runs.length, 0);
  });

  it('keeps the last picture at pause and plays a new run after it', async () => {
    await bench.play();
    bench.session.pause();
    assert.equal(bench.run.end, 'frozen');
    bench.session.play();
    await bench.turn();
    assert.deepEqual(
      bench.runs.map(({ end }) => end),
      ['frozen', 'running'],
    );
  });

  it('clears the picture of a paused stream at stop', async () => {
    await bench.play();
    bench.session.pause();
    bench.session.stop();
    assert.equal(bench.run.end, 'stopped');
  });

  it('moves on to a new address, and stops at an empty one', async () => {
    await bench.play();
    bench.session.setSource('/b.flv');
    await bench.turn();
    assert.deepEqual(
      bench.runs.map(({ url, end }) => [url, end]),
      [
        ['/a.flv', 'frozen'],
        ['/b.flv', 'running'],
      ],
    );
    bench.session.setSource('');
    assert.equal(bench.run.end, 'stopped');
    assert.equal(bench.session.wanted, false);
  });

  it('reconnects after 0.5, 1 and 2 s, then gives up with -2301', async () => {
    await bench.play();
    for (const delay of [500, 1000, 2000]) {
      bench.run.events.failed(BROKEN);
      const before = bench.runs.length;
      await bench.pass(delay - 1);
      assert.equal(bench.runs.length, before);
      await bench.pass(1);
      assert.equal(bench.runs.length, before + 1);
    }
    bench.run.events.failed(BROKEN);
    assert.deepEqual(bench.codes, [2103, 2103, 2103, -2301]);
    assert.match(bench.changes.at(-1)?.message ?? '', /reset/);
    assert.equal(bench.session.wanted, false);
    await bench.pass(60_000);
    assert.equal(bench.runs.length, 4);
  });

  it('has its tries again after it played for ten seconds, and not before', async () => {
    await bench.play();
    for (let round = 0; round < 6; round += 1) {
      bench.run.events.playing();
      await bench.pass(10_000);
      bench.run.events.failed(BROKEN);
      await bench.pass(500);
    }
    assert.equal(bench.runs.length, 7);
    for (const delay of [1000, 2000]) {
      bench.run.events.playing();
      await bench.pass(delay);
      bench.run.events.failed(BROKEN);
      await bench.pass(delay);
    }
    bench.run.events.failed(BROKEN);
    assert.equal(bench.codes.at(-1), -2301);
  });

  it('forgets a reconnect when the page stops it', async () => {
    await bench.play();
    bench.run.events.failed(BROKEN);
    bench.session.stop();
    await bench.pass(10_000);
    assert.equal(bench.runs.length, 1);
  });

  it("gives up at once, with the server's words, when the server refuses", async () => {
    await bench.play();
    bench.run.events.failed(refusalFrom(404, '{"code":"DEVICE_OFFLINE","message":"设备不在线"}'));
    assert.deepEqual(bench.changes, [
      {
        code: -2302,
        message: '设备不在线',
        refusal: { status: 404, code: 'DEVICE_OFFLINE', message: '设备不在线' },
      },
    ]);
    await bench.pass(10_000);
    assert.equal(bench.runs.length, 1);
    await bench.play();
    assert.equal(bench.runs.length, 2);
  });

  it('does not try again what the browser cannot play', async () => {
    await bench.play();
    bench.run.events.failed({ kind: 'media', message: 'hvc1' });
    assert.deepEqual(bench.codes, [-2301]);
  });

  it('counts a player that cannot be loaded as a broken connection', async () => {
    bench.failLoading = true;
    await bench.play();
    assert.deepEqual(bench.codes, [2103]);
  });
});

describe("a media server's refusal", () => {
  it('is read from {code, message}, with a number for a code or msg for a text', () => {
    assert.deepEqual(refusalFrom(403, '{"code":403001,"msg":"x"}'), {
      kind: 'refused',
      status: 403,
      code: '403001',
      message: 'x',
    });
  });

  it('has the status for a code when the body says nothing', () => {
    for (const body of ['', '<html>', 'null', '[1]', '7', '{"code":{}}']) {
      assert.deepEqual(refusalFrom(502, body), { kind: 'refused', status: 502, code: '502', message: '' });
    }
  });
});
