import type Router from '@koa/router';
import type { Context } from 'koa';
import type { Camera, Devices, Voice } from '../../../core/index.ts';
import { type Clock, CoreError } from '../../../kernel/index.ts';
import { arriving } from '../arriving.ts';

const CAMERA = '/devices/:ref/channels/:no';
const DEFAULT_RATE_HZ = 8_000;
/** A clip that has not come in this time is not waited for. */
const CLIP_WITHIN_MS = 120_000;
/** A live voice that is silent for so long is over. */
const LIVE_SILENCE_MS = 10_000;

/** What the routes stand on. */
export interface VoiceRoutesOptions {
  readonly devices: Pick<Devices, 'camera'>;
  readonly voice: Pick<Voice, 'takeClip' | 'playClip' | 'startTalk' | 'state' | 'stop'>;
  readonly clock: Clock;
}

/**
 * A camera's loudspeaker. `POST …/voice` with a clip as the body (audio/mpeg, audio/wav, audio/aac, audio/mp4, or
 * audio/pcm with `;rate=`), 202 when the device listens; `GET` and `DELETE …/voice`; `POST …/talk` says raw PCM while
 * it arrives, and answers how the talk ended.
 */
export function voiceRoutes(router: Router, { devices, voice, clock }: VoiceRoutesOptions): void {
  const cameraOf = ({ params }: { readonly params: Readonly<Record<string, string>> }): Camera =>
    devices.camera(params['ref'] ?? '', { no: Number(params['no']) });

  router.post(`${CAMERA}/voice`, async (ctx) => {
    const camera = cameraOf(ctx);
    const type = soundTypeOf(ctx);
    const clip = await voice.takeClip(arriving(ctx.req, clock, { withinMs: CLIP_WITHIN_MS }));
    ctx.body = await voice.playClip(camera, clip, type);
    ctx.status = 202;
  });
  router.get(`${CAMERA}/voice`, async (ctx) => {
    ctx.body = { talk: (await voice.state(cameraOf(ctx))) ?? null };
  });
  router.delete(`${CAMERA}/voice`, async (ctx) => {
    await voice.stop(cameraOf(ctx));
    ctx.status = 204;
  });
  router.post(`${CAMERA}/talk`, async (ctx) => {
    const { rateHz } = soundTypeOf(ctx);
    const live = await voice.startTalk(cameraOf(ctx), rateHz);
    try {
      for await (const chunk of arriving(ctx.req, clock, { silenceMs: LIVE_SILENCE_MS })) {
        if (live.isOver()) break;
        await live.feed(chunk);
      }
      await live.finish();
    } catch (error) {
      await live.stop();
      throw error;
    }
    ctx.body = { outcome: await live.over };
  });
}

/** The media type, and the rate that it names (RFC 4856 §2.1.1 calls it `rate`). */
function soundTypeOf(ctx: Context): { readonly mediaType: string | undefined; readonly rateHz: number } {
  const [mediaType = '', ...parameters] = ctx
    .get('content-type')
    .split(';')
    .map((part) => part.trim());
  const rate = parameters.find((parameter) => /^rate=/i.test(parameter))?.slice('rate='.length);
  if (rate !== undefined && !/^\d{4,6}$/.test(rate))
    throw new CoreError('INVALID_ARGUMENT', '参数错误：rate');
  return {
    mediaType: mediaType === '' ? undefined : mediaType,
    rateHz: rate === undefined ? DEFAULT_RATE_HZ : Number(rate),
  };
}
