import assert from 'node:assert/strict';
import { BAR_HIDES_AFTER_MS, barMayHide } from '../../../../miniprogram/src/models/bar-visibility.ts';
import { changedPaths } from '../../../../miniprogram/src/models/changed-paths.ts';
import { cardOf, hintOf, limitOf, withPresence } from '../../../../miniprogram/src/models/live-data.ts';
import { newUrlOf } from '../../../../miniprogram/src/models/old-paths.ts';
import { INITIAL_PLAYER_STATE, type PlayerPhase } from '../../../../miniprogram/src/models/player-fsm.ts';
import { viewOf } from '../../../../miniprogram/src/models/player-view.ts';
import { itemsOf, lookUp, membersOf, textOf } from '../../../../miniprogram/src/models/read-json.ts';
import { MAX_RECENT, readRecent, withRecent } from '../../../../miniprogram/src/models/recent.ts';
import { readServerUrl } from '../../../../miniprogram/src/models/server-url.ts';
import { steerView } from '../../../../miniprogram/src/models/steer-view.ts';

const view = (phase: PlayerPhase, weak = false): ReturnType<typeof viewOf> =>
  viewOf({ ...INITIAL_PLAYER_STATE, phase, weak });

describe('the bar over the picture', () => {
  it('leaves after 5 s, from a picture that runs and without an open menu only', () => {
    assert.equal(BAR_HIDES_AFTER_MS, 5000);
    assert.equal(barMayHide(view('playing'), false), true);
    assert.equal(barMayHide(view('playing'), true), false);
    for (const phase of ['idle', 'connecting', 'failed', 'no-network'] as const)
      assert.equal(barMayHide(view(phase), false), false);
  });
});

describe('the steering panel', () => {
  const eight = { sectors: 8, zoom: true } as const;

  it('waits for the device’s word and for the picture', () => {
    assert.deepEqual(steerView(undefined, true), {
      able: true,
      sectors: 8,
      enabled: false,
      zoom: false,
      hint: '按住方向转动，松开即停',
    });
    assert.equal(steerView(eight, false).enabled, false);
    assert.equal(steerView(eight, false).hint, '播放后可以转动镜头');
  });

  it('offers what the device can', () => {
    assert.deepEqual(steerView(eight, true), {
      able: true,
      sectors: 8,
      enabled: true,
      zoom: true,
      hint: '按住方向转动，松开即停',
    });
    assert.deepEqual(
      [
        steerView({ sectors: 4, zoom: false }, true).sectors,
        steerView({ sectors: 4, zoom: false }, true).zoom,
      ],
      [4, false],
    );
  });

  it('says when the device cannot turn', () => {
    const steer = steerView({ sectors: 0, zoom: false }, true);
    assert.deepEqual([steer.able, steer.enabled, steer.hint], [false, false, '这台设备不支持云台控制']);
  });
});

describe('the live page’s data', () => {
  it('the card shows what the entry knows', () => {
    assert.deepEqual(cardOf({ from: 'trial', deviceSerial: 'C78957921', channelNo: 2, name: '门' }), {
      name: '门',
      code: 'C78957921 · 通道 2',
      presence: '',
      presenceText: '',
      trial: true,
    });
    assert.equal(cardOf({ from: 'ticket', ticket: 'x' }).code, '');
    assert.equal(withPresence(cardOf({ from: 'nowhere' }), false).presenceText, '离线');
  });

  it('the hint of a weak network offers the lower quality while there is one, until it is dismissed', () => {
    assert.equal(hintOf(view('playing'), 1, false), '');
    assert.equal(hintOf(view('playing', true), 1, false), '网络不佳，切到标清更流畅');
    assert.equal(hintOf(view('playing', true), 2, false), '网络不佳，画面可能卡顿');
    assert.equal(hintOf(view('playing', true), 1, true), '');
  });

  it('the limit has words for its edge', () => {
    assert.deepEqual(limitOf('left'), { limit: 'left', limitText: '已转到最左侧' });
    assert.deepEqual(limitOf(''), { limit: '', limitText: '' });
  });

  it('changes are told by path, and only those', () => {
    assert.deepEqual(changedPaths('view', { a: 1, b: 2 }, { a: 1, b: 3 }), { 'view.b': 3 });
    assert.deepEqual(changedPaths('', { a: 1 }, { a: 2 }), { a: 2 });
    assert.deepEqual(changedPaths('view', { a: 1 }, { a: 1 }), {});
  });
});

describe('cameras that were watched lately', () => {
  const camera = (
    channelNo: number,
  ): { deviceSerial: string; channelNo: number; name: string; trial: boolean } => ({
    deviceSerial: 'C78957921',
    channelNo,
    name: `门${channelNo}`,
    trial: false,
  });

  it('the last one stands first, each once, three at most', () => {
    let list = withRecent([], camera(1));
    for (const no of [2, 3, 1, 4]) list = withRecent(list, camera(no));
    assert.equal(list.length, MAX_RECENT);
    assert.deepEqual(
      list.map(({ channelNo }) => channelNo),
      [4, 1, 3],
    );
  });

  it('come back from storage; rubbish there is no list', () => {
    assert.deepEqual(readRecent(JSON.stringify([camera(1)])), [camera(1)]);
    for (const text of ['', '{', '5', '{"a":1}', '[null,5,{"deviceSerial":"x","channelNo":1}]'])
      assert.deepEqual(readRecent(text), []);
  });

  it('a token that somebody stored among them does not come back', () => {
    const text = JSON.stringify([{ ...camera(1), accessToken: 'at.secret' }]);
    assert.doesNotMatch(JSON.stringify(readRecent(text)), /secret/);
  });
});

describe('a server address', () => {
  const GOOD: readonly (readonly [string, string])[] = [
    ['https://a.example.com', 'https://a.example.com'],
    [' HTTPS://A.Example.com:8443/ ', 'https://a.example.com:8443'],
    ['http://192.168.1.5:8080', 'http://192.168.1.5:8080'],
    ['http://[fe80::1]:8080', 'http://[fe80::1]:8080'],
    ['http://localhost', 'http://localhost'],
  ];
  for (const [text, url] of GOOD) {
    it(`${JSON.stringify(text)} is one`, () => {
      assert.equal(readServerUrl(text), url);
    });
  }
  for (const text of [
    '',
    'a.example.com',
    'ftp://a.example.com',
    'https://',
    'https://a b',
    'https://a.example.com/path',
    'https://a.example.com?x=1',
    'https://user@a.example.com',
    'https://a.example.com:0',
    'https://a.example.com:70000',
    `https://${'a'.repeat(300)}`,
    'javascript:alert(1)',
  ]) {
    it(`${JSON.stringify(text.slice(0, 40))} is none`, () => {
      assert.equal(readServerUrl(text), undefined);
    });
  }
});

describe('pages of the Ezviz demo', () => {
  it('have ours in their place; the query goes on as it came', () => {
    assert.equal(
      newUrlOf('pages/live/live', { deviceSerial: 'C78957921', name: '%E9%97%A8' }),
      '/pages/live/index?deviceSerial=C78957921&name=%E9%97%A8',
    );
    assert.equal(newUrlOf('pages/experienceDevice/experienceDevice', {}), '/pages/trial/index');
    assert.equal(newUrlOf('pages/customDevice/customDevice', {}), '/pages/own/index');
    assert.equal(newUrlOf('pages/home/home', { scene: undefined }), '/pages/home/index?scene=');
  });

  it('that are not here yet, or never were, have none', () => {
    for (const path of ['pages/playback/playback', 'constructor', ''])
      assert.equal(newUrlOf(path, {}), undefined);
  });
});

describe('values from outside', () => {
  it('members, items and texts of what has none are none', () => {
    for (const value of [null, undefined, 5, 'text', true]) {
      assert.deepEqual(membersOf(value), {});
      assert.deepEqual(itemsOf(value), []);
    }
    assert.deepEqual([textOf('a'), textOf(5), textOf(null), textOf({})], ['a', '5', '', '']);
  });

  it('a table answers for its own names only', () => {
    assert.equal(lookUp({ a: 1 }, 'a'), 1);
    for (const name of ['b', 'constructor', 'toString', '__proto__'])
      assert.equal(lookUp({ a: 1 }, name), undefined);
  });
});
