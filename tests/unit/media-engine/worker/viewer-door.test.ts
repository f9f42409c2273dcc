import assert from 'node:assert/strict';
import type { Admission, Refusal } from '../../../../bff/src/media-engine/delivery/door.ts';
import { LiveStream } from '../../../../bff/src/media-engine/stream/live-stream.ts';
import type { FromWorker, ViewerVerdict } from '../../../../bff/src/media-engine/worker/messages.ts';
import { ViewerDoor } from '../../../../bff/src/media-engine/worker/viewer-door.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { FakePipe } from '../../../support/media/fake-pipe.ts';

const YES: ViewerVerdict = { allow: true, sessionId: 's', tag: 'grant' };

interface Bench {
  readonly clock: FakeClock;
  readonly door: ViewerDoor;
  readonly posts: FromWorker[];
  readonly stream: LiveStream;
  /** Sends a viewer to the door; it waits for a verdict. */
  readonly knock: (address?: string, left?: () => boolean) => Promise<Admission | Refusal>;
  /** As `knock`, and the answer is yes. */
  readonly enter: (address?: string) => Promise<Admission>;
  streamIsThere: boolean;
}

function bench(limits: Partial<{ maxViewers: number; maxViewersPerAddress: number }> = {}): Bench {
  const clock = new FakeClock();
  const posts: FromWorker[] = [];
  const stream = new LiveStream({ onFirstPicture: () => undefined }, { skips: 0, cut: 0 });
  const door = new ViewerDoor({
    limits: { maxViewers: 10, maxViewersPerAddress: 10, viewerWaitMs: 15_000, ...limits },
    clock,
    post: (message) => posts.push(message),
    streamOf: (sessionId) => (sessionId === 's' && running.streamIsThere ? stream : undefined),
  });
  const knock: Bench['knock'] = (remoteAddress = '192.0.2.1', left = () => false) =>
    door.admit({ publicName: 'a/b', query: 'q', protocol: 'http-flv', remoteAddress }, left);
  const running: Bench = {
    clock,
    door,
    posts,
    stream,
    knock,
    enter: async (address) => {
      const knocking = knock(address);
      door.onVerdict(lastQuestion(posts), YES);
      const admission = await knocking;
      assert.ok('start' in admission);
      return admission;
    },
    streamIsThere: true,
  };
  return running;
}

function lastQuestion(posts: readonly FromWorker[]): number {
  const question = posts.findLast((message) => message.kind === 'question');
  assert.ok(question);
  return question.id;
}

const codeOf = (decision: Admission | Refusal): string => ('code' in decision ? decision.code : 'let in');

describe('the door of the media thread', () => {
  it('asks the main thread, and lets in who it allows', async () => {
    const { door, posts, stream, enter } = bench();
    const admission = await enter();
    assert.deepEqual(posts, [
      {
        kind: 'question',
        id: 1,
        question: { publicName: 'a/b', query: 'q', protocol: 'http-flv', remoteAddress: '192.0.2.1' },
      },
    ]);
    admission.start(new FakePipe());
    assert.deepEqual(posts.at(-1), { kind: 'viewer-joined', sessionId: 's', tag: 'grant' });
    assert.deepEqual([door.viewers, door.waiting, stream.viewers], [1, 0, 1]);
    admission.gone();
    admission.gone();
    assert.deepEqual(posts.slice(2), [{ kind: 'viewer-left', sessionId: 's', tag: 'grant' }]);
    assert.deepEqual([door.viewers, stream.viewers], [0, 0]);
  });

  it('refuses with the reason that the main thread gives', async () => {
    const { door, posts, knock } = bench();
    const knocking = knock();
    assert.equal(door.waiting, 1);
    door.onVerdict(lastQuestion(posts), { allow: false, code: 'GRANT_EXPIRED', message: '地址已过期' });
    assert.deepEqual(await knocking, { code: 'GRANT_EXPIRED', message: '地址已过期' });
    assert.deepEqual([door.waiting, door.refused], [0, 1]);
  });

  it('refuses who has waited too long; an answer behind that says nothing', async () => {
    const { clock, door, posts, knock } = bench();
    const knocking = knock();
    await clock.advance(15_000);
    assert.equal(codeOf(await knocking), 'DEVICE_TIMEOUT');
    door.onVerdict(lastQuestion(posts), YES);
    assert.equal(door.viewers, 0);
    assert.equal(clock.pending, 0);
  });

  it('refuses who is let in to a stream that has ended meanwhile', async () => {
    const running = bench();
    const knocking = running.knock();
    running.streamIsThere = false;
    running.door.onVerdict(lastQuestion(running.posts), YES);
    assert.equal(codeOf(await knocking), 'MEDIA_UNAVAILABLE');
  });

  it('starts nothing for who has left meanwhile', async () => {
    const { door, posts, knock } = bench();
    const knocking = knock('192.0.2.1', () => true);
    door.onVerdict(lastQuestion(posts), YES);
    assert.equal(codeOf(await knocking), 'MEDIA_UNAVAILABLE');
    assert.equal(posts.filter(({ kind }) => kind === 'viewer-joined').length, 0);
  });

  it('counts nobody who left before the stream began', async () => {
    const { door, posts, enter } = bench();
    (await enter()).gone();
    assert.equal(door.viewers, 0);
    assert.equal(posts.filter(({ kind }) => kind === 'viewer-left').length, 0);
  });

  it('lets in no more than it may, those who wait included', async () => {
    const { door, posts, knock, enter } = bench({ maxViewers: 2 });
    const first = await enter();
    first.start(new FakePipe());
    const waiting = knock();
    assert.equal(codeOf(await knock()), 'QUOTA_EXCEEDED');
    door.onVerdict(lastQuestion(posts), { allow: false, code: 'FORBIDDEN', message: '' });
    await waiting;
    assert.equal(codeOf(await enter()), 'let in');
  });

  it('lets in of one address no more than it may; others are not touched', async () => {
    const { knock, enter } = bench({ maxViewersPerAddress: 2 });
    const [first] = [await enter('10.0.0.1'), await enter('10.0.0.1')];
    assert.equal(codeOf(await knock('10.0.0.1')), 'QUOTA_EXCEEDED');
    await enter('10.0.0.2');
    first.gone();
    await enter('10.0.0.1');
  });

  it('gives the place of one that was refused back to its address', async () => {
    const { door, posts, knock } = bench({ maxViewersPerAddress: 1 });
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const knocking = knock('10.0.0.1');
      door.onVerdict(lastQuestion(posts), { allow: false, code: 'FORBIDDEN', message: '' });
      assert.equal(codeOf(await knocking), 'FORBIDDEN');
    }
  });

  for (const remoteAddress of [undefined, '127.0.0.1', '::ffff:127.0.0.1', '::1']) {
    it(`sets no limit to ${remoteAddress ?? 'an address that its proxy does not tell'}`, async () => {
      const { door, posts } = bench({ maxViewersPerAddress: 1 });
      for (let attempt = 0; attempt < 3; attempt += 1) {
        const knocking = door.admit(
          { publicName: 'a', query: '', protocol: 'ws-flv', remoteAddress },
          () => false,
        );
        door.onVerdict(lastQuestion(posts), YES);
        const admission = await knocking;
        assert.ok('start' in admission);
        if (attempt === 0) admission.gone();
      }
    });
  }

  it('refuses everybody who waits when it closes', async () => {
    const { clock, door, knock } = bench();
    const knocking = [knock(), knock()];
    door.close();
    assert.deepEqual((await Promise.all(knocking)).map(codeOf), ['MEDIA_UNAVAILABLE', 'MEDIA_UNAVAILABLE']);
    assert.equal(clock.pending, 0);
  });
});
