import Router from '@koa/router';

/** What the mini-program needs for its trial page: a token and the trial cameras. */
export interface TrialOffer {
  readonly accessToken: string;
  readonly devices: readonly {
    readonly deviceSerial: string;
    readonly name: string;
    readonly channels: readonly {
      readonly channelNo: number;
      readonly name: string;
      readonly online: boolean;
    }[];
  }[];
}

/**
 * `GET /yimu/trial`, in the envelope of the Ezviz API that the mini-program reads everywhere else.
 * `offer` gives `undefined` while there are no trial cameras: then the answer is 404.
 */
export function trialRouter(offer: () => Promise<TrialOffer | undefined>): Router {
  const router = new Router();
  router.get('/yimu/trial', async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    ctx.set('Access-Control-Allow-Origin', '*');
    const data = await offer();
    ctx.status = data ? 200 : 404;
    ctx.body = data
      ? { code: '200', msg: '操作成功!', data }
      : { code: '20002', msg: '试用设备未开启', data: null };
  });
  return router;
}
