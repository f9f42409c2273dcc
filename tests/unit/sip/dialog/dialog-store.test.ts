import assert from 'node:assert/strict';
import { DialogStore } from '../../../../bff/src/sip/dialog/dialog-store.ts';
import type { SipDialog } from '../../../../bff/src/sip/dialog/dialog.ts';
import type { Flow } from '../../../../bff/src/sip/index.ts';
import { aFlow, aRequest } from '../../../support/sip/messages.ts';

/** What the store sees of a dialog. */
interface Stored {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  flow: Flow;
  readonly ends: string[];
  end(by: string): void;
}

function aDialog(store: DialogStore, over: Partial<Stored> = {}): SipDialog & Stored {
  const dialog: Stored = {
    callId: 'c1',
    localTag: 'us',
    remoteTag: 'them',
    flow: aFlow(),
    ends: [],
    end(by) {
      this.ends.push(by);
      store.remove(this as unknown as SipDialog);
    },
    ...over,
  };
  return dialog as unknown as SipDialog & Stored;
}

/** A request of the peer within a dialog. */
function within(
  to: string,
  from: string,
  method = 'BYE',
  flow: Flow = aFlow(),
): Parameters<DialogStore['of']> {
  const request = aRequest({ method, callId: 'c1', from: `<sip:them@x>${from}`, to: `<sip:us@x>${to}` });
  return [request, flow];
}

describe('DialogStore (RFC 3261 §12)', () => {
  it('finds a dialog by Call-ID and both tags', () => {
    const store = new DialogStore(10);
    const dialog = aDialog(store);
    store.add(dialog);
    assert.equal(store.of(...within(';tag=us', ';tag=them')), dialog);
    assert.equal(store.of(...within(';tag=other', ';tag=them')), undefined);
    assert.equal(store.of(...within(';tag=us', ';tag=other')), undefined);
    assert.equal(
      store.of(aRequest({ method: 'BYE', callId: 'c2', to: '<sip:us@x>;tag=us' }), aFlow()),
      undefined,
    );
    store.remove(dialog);
    assert.deepEqual([store.of(...within(';tag=us', ';tag=them')), store.size], [undefined, 0]);
  });

  it('tells dialogs of one Call-ID apart', () => {
    const store = new DialogStore(10);
    const [first, second] = [aDialog(store), aDialog(store, { remoteTag: 'them2' })];
    store.add(first);
    store.add(second);
    assert.equal(store.of(...within(';tag=us', ';tag=them2')), second);
    store.remove(first);
    store.remove(first);
    assert.deepEqual([store.size, store.of(...within(';tag=us', ';tag=them2'))], [1, second]);
  });

  const TAGLESS: readonly (readonly [string, string, string, string])[] = [
    // what is missing, tag of the peer in the dialog, To tag, From tag
    ['the From tag', 'them', ';tag=us', ''],
    ['the To tag', 'them', '', ';tag=them'],
    ['both tags', 'them', '', ''],
    ['the tag that the 2xx lacked, which is there now', '', ';tag=us', ';tag=late'],
  ];
  for (const [what, remoteTag, to, from] of TAGLESS) {
    it(`understands BYE, INFO and ACK without ${what}, from the address of the peer only`, () => {
      const store = new DialogStore(10);
      const dialog = aDialog(store, { remoteTag });
      store.add(dialog);
      for (const method of ['BYE', 'INFO', 'ACK'])
        assert.equal(store.of(...within(to, from, method)), dialog, method);
      const stranger = aFlow({ remoteAddress: '203.0.113.66' });
      assert.equal(store.of(...within(to, from, 'BYE', stranger)), undefined);
    });
  }

  it('takes an INVITE or a MESSAGE without To tag for none of a dialog', () => {
    const store = new DialogStore(10);
    store.add(aDialog(store));
    for (const method of ['INVITE', 'MESSAGE'])
      assert.equal(store.of(...within('', ';tag=them', method)), undefined, method);
  });

  it('does not understand a tag that is another', () => {
    const store = new DialogStore(10);
    store.add(aDialog(store));
    assert.equal(store.of(...within('', ';tag=other')), undefined);
    assert.equal(store.of(...within(';tag=other', '')), undefined);
  });

  it('is full with those that are asked for, until their places are given back, each once', () => {
    const store = new DialogStore(2);
    store.add(aDialog(store));
    const release = store.reserve();
    assert.ok(release);
    assert.deepEqual([store.full, store.reserve(), store.size], [true, undefined, 1]);
    release();
    release();
    assert.equal(store.full, false);
    assert.ok(store.reserve());
    assert.equal(store.reserve(), undefined);
  });

  it('ends the dialogs of a connection with it, also of one to which the peer has moved', () => {
    const store = new DialogStore(10);
    const [connection, other] = [
      aFlow({ transport: 'tcp', remotePort: 1 }),
      aFlow({ transport: 'tcp', remotePort: 2 }),
    ];
    const stays = aDialog(store, { callId: 'c2', flow: other });
    const goes = aDialog(store, { callId: 'c3', flow: connection });
    const moved = aDialog(store, { callId: 'c4', flow: other });
    const left = aDialog(store, { callId: 'c5', flow: connection });
    for (const dialog of [stays, goes, moved, left]) store.add(dialog);
    moved.flow = connection;
    store.moved(moved, other);
    left.flow = aFlow();
    store.moved(left, connection);
    store.endOn(connection);
    assert.deepEqual(
      [stays, goes, moved, left].map(({ ends }) => ends),
      [[], ['error'], ['error'], []],
    );
    store.endOn(connection);
    assert.equal(store.size, 2);
  });

  it('ends all', () => {
    const store = new DialogStore(10);
    const dialogs = [aDialog(store), aDialog(store, { remoteTag: 'x' }), aDialog(store, { callId: 'c2' })];
    for (const dialog of dialogs) store.add(dialog);
    store.endAll();
    assert.deepEqual([store.size, dialogs.map(({ ends }) => ends)], [0, [['error'], ['error'], ['error']]]);
  });
});
