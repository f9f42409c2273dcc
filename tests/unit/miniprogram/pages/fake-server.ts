import type { MiniProgramOptions, Reply, SentRequest } from '../../../support/mp-dom.ts';

/** What a page sent to one endpoint, as its parameters. */
export type Params = Readonly<Record<string, string>>;

type Answer = (params: Params) => Reply | Promise<Reply>;

export const TOKEN = 'at.'.padEnd(64, '0');
export const SERIAL = 'C78957921';

/** A success of the Ezviz API. */
export function ok(data?: unknown): Reply {
  return { body: { code: '200', msg: '操作成功!', ...(data === undefined ? {} : { data }) } };
}

/** A refusal of the Ezviz API. */
export function refusal(code: string, msg: string): Reply {
  return { body: { code, msg } };
}

const TRIAL_DEVICES = [
  { deviceSerial: SERIAL, name: '试用球机', channels: [{ channelNo: 1, name: '球机', online: true }] },
  {
    deviceSerial: 'D12345678',
    name: '试用录像机',
    channels: [
      { channelNo: 1, name: '大门', online: true },
      { channelNo: 2, name: '车库', online: false },
    ],
  },
];

/** The server's side of the pages: answers by path, and what was asked of each. */
export class FakeServer {
  readonly calls: (readonly [path: string, params: Params])[] = [];
  readonly #answers = new Map<string, Answer>();

  constructor() {
    this.on('/healthz', () => ({ body: { status: 'ok' } }));
    this.on('/yimu/trial', () => ok({ accessToken: TOKEN, devices: TRIAL_DEVICES }));
    this.on('/api/lapp/device/info', () =>
      ok({ deviceName: '大门', status: 1, updateTime: 1_700_000_000_000 }),
    );
    this.on('/api/lapp/device/capacity', () => ok({ support_ptz: '1', ptz_45: '1', ptz_zoom: '1' }));
    this.on('/api/lapp/v2/live/address/get', ({ quality }) =>
      ok({
        id: '1',
        url: `http://media.test/live.flv?quality=${quality ?? ''}&n=${this.of('/api/lapp/v2/live/address/get').length}`,
      }),
    );
    this.on('/api/lapp/device/ptz/start', () => ok());
    this.on('/api/lapp/device/ptz/stop', () => ok());
  }

  /** Answers an endpoint from now on. */
  on(path: string, answer: Answer): this {
    this.#answers.set(path, answer);
    return this;
  }

  /** What was sent to an endpoint, in order. */
  of(path: string): Params[] {
    return this.calls.filter(([called]) => called === path).map(([, params]) => params);
  }

  /** PTZ calls as `start 3 1`, `stop 3`. */
  get steering(): string[] {
    return this.calls.flatMap(([path, { direction = '', speed = '' }]) => {
      const what = /ptz\/(start|stop)$/.exec(path)?.[1];
      return what === undefined ? [] : `${what} ${direction} ${speed}`.trim();
    });
  }

  readonly respond: NonNullable<MiniProgramOptions['respond']> = async ({ url, body }: SentRequest) => {
    const { pathname, searchParams } = new URL(url, 'http://mini.test');
    const params = Object.fromEntries([...searchParams, ...new URLSearchParams(body ?? '')]);
    this.calls.push([pathname, params]);
    const answer = this.#answers.get(pathname);
    return answer === undefined ? { status: 404, body: 'Not Found' } : await answer(params);
  };
}
