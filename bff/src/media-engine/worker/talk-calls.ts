import type { TalkBook } from '../talk/talk-book.ts';
import type { TalkCall } from './messages.ts';

const TALK_CALLS: ReadonlySet<string> = new Set<TalkCall['do']>([
  'open-talk',
  'bind-talk',
  'start-talk',
  'feed-talk',
  'finish-talk',
  'talk-state',
  'close-talk',
]);

/** Whether a call to the worker is about a talk. */
export function isTalkCall(call: { readonly do: string }): call is TalkCall {
  return TALK_CALLS.has(call.do);
}

/** Does what a call says, and gives its result. Rejects with TalkRefusal. */
export async function doTalkCall(talks: TalkBook, call: TalkCall): Promise<unknown> {
  const { talkId } = call;
  switch (call.do) {
    case 'open-talk':
      await talks.open(talkId, call.source);
      return undefined;
    case 'bind-talk':
      return { port: await talks.bind(talkId, call.way) };
    case 'start-talk':
      talks.start(talkId, call.remote);
      return undefined;
    case 'feed-talk':
      talks.feed(talkId, call.pcm);
      return undefined;
    case 'finish-talk':
      talks.finish(talkId);
      return undefined;
    case 'talk-state':
      return talks.state(talkId);
    case 'close-talk':
      talks.close(talkId);
      return undefined;
  }
}
