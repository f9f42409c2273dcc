import type { DialectRoute } from '../../dialect-kit/index.ts';
import type { EzvizCore } from './ezviz-core.ts';
import { refusalOf, refusing } from './refusals.ts';

const MAX_UUID_LENGTH = 64;

/** What a mini-program code stands for, in an envelope of its own, of which clients read `data` alone. */
export function wxaRoutes({ tickets }: EzvizCore): readonly DialectRoute[] {
  return [
    {
      method: 'POST',
      path: '/device/getWxaInfo',
      answer: async (params) => {
        const uuid = params.required('uuid', MAX_UUID_LENGTH);
        const data = await refusing({ GRANT_INVALID: 'NO_SUCH_CODE', GRANT_EXPIRED: 'CODE_EXPIRED' }, () =>
          tickets.redeem(uuid),
        );
        return { data, msg: '成功', retcode: 0 };
      },
      renderFault: (error) => {
        const { status, code, message } = refusalOf(error);
        return { status, body: { data: null, msg: message, retcode: Number(code) } };
      },
    },
  ];
}
