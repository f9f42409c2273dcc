import assert from 'node:assert/strict';
import { pictureView } from '../../../../miniprogram/src/models/live-data.ts';
import {
  INITIAL_PLAYER_STATE,
  PLAYER_PHASES,
  type PlayerState,
} from '../../../../miniprogram/src/models/player-fsm.ts';
import { LOADING_STEPS, viewOf } from '../../../../miniprogram/src/models/player-view.ts';

const state = (change: Partial<PlayerState>): PlayerState => ({ ...INITIAL_PLAYER_STATE, ...change });

/** What lies over the picture: layer, title, chip, steps done, whether the button stops, whether the camera can be turned. */
const VIEWS: readonly (readonly [Partial<PlayerState>, string, string, string, number, boolean, boolean])[] =
  [
    [{ phase: 'idle' }, 'idle', '点按播放', '', -1, false, false],
    [{ phase: 'requesting' }, 'loading', '正在获取播放地址', '', 0, true, false],
    [{ phase: 'connecting', progress: 0 }, 'loading', '正在连接设备', '', 1, true, false],
    [{ phase: 'connecting', progress: 1 }, 'loading', '已连接，等待画面', '', 2, true, false],
    [{ phase: 'connecting', progress: 2 }, 'loading', '画面就要来了', '', 3, true, false],
    [{ phase: 'playing' }, 'none', '', '直播', -1, true, true],
    [{ phase: 'buffering' }, 'none', '', '直播', -1, true, true],
    [{ phase: 'buffering', halted: true }, 'loading', '正在缓冲', '缓冲中', -1, true, true],
    [{ phase: 'reconnecting' }, 'loading', '网络断开，正在重连', '重连中', -1, true, true],
    [{ phase: 'waiting', tries: 2 }, 'loading', '正在重新连接', '', -1, true, false],
    [{ phase: 'no-network' }, 'notice', '网络已断开', '', -1, true, false],
    [{ phase: 'background' }, 'loading', '已暂停', '', -1, true, false],
    [{ phase: 'failed' }, 'notice', '视频连接已断开', '', -1, false, false],
  ];

describe('what lies over the picture', () => {
  for (const [change, layer, title, chip, step, wanted, live] of VIEWS) {
    it(`${JSON.stringify(change)}: ${layer} ${title}`, () => {
      const view = viewOf(state(change));
      assert.deepEqual(
        [view.layer, view.title, view.chip, view.step, view.wanted, view.live],
        [layer, title, chip, step, wanted, live],
      );
    });
  }

  it('covers every phase', () => {
    const shown = new Set(VIEWS.map(([{ phase }]) => phase));
    assert.deepEqual(new Set(PLAYER_PHASES), shown);
  });

  it('never claims more steps than there are', () => {
    assert.ok(VIEWS.every(([, , , , step]) => step < LOADING_STEPS));
  });

  it('says against what it tries again, and how often', () => {
    const failure = { kind: 'disconnected', code: '-2301', message: '' } as const;
    assert.equal(
      viewOf(state({ phase: 'waiting', tries: 3, failure })).cause,
      '视频连接已断开，第 3/5 次重试',
    );
  });

  it('a failure has cause, action and code', () => {
    const failure = { kind: 'token-invalid', code: '10002', message: '' } as const;
    const view = viewOf(state({ phase: 'failed', failure }));
    assert.deepEqual(
      [view.title, view.cause, view.action, view.actionText, view.code],
      [
        'AccessToken 异常或已过期',
        '请重新获取 AccessToken 后再填写',
        'refill',
        '填写设备信息',
        '错误码 10002',
      ],
    );
  });

  it('an offline device says since when, others do not', () => {
    const offline = { kind: 'device-offline', code: '20007', message: '' } as const;
    const masked = { kind: 'masked', code: '60026', message: '' } as const;
    const seen = '最后在线 11-25 08:00';
    assert.match(
      pictureView(state({ phase: 'failed', failure: offline }), seen).cause,
      /^最后在线 11-25 08:00，/,
    );
    assert.doesNotMatch(pictureView(state({ phase: 'failed', failure: masked }), seen).cause, /最后在线/);
    assert.doesNotMatch(pictureView(state({ phase: 'failed', failure: offline }), '').cause, /最后在线/);
  });

  it('a weak network is told while there is a picture', () => {
    assert.equal(viewOf(state({ phase: 'playing', weak: true })).weak, true);
    assert.equal(viewOf(state({ phase: 'connecting', weak: true })).weak, false);
  });
});
