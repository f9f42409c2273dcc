import assert from 'node:assert/strict';
import {
  NavigationRefusal,
  PageStack,
  type HistoryPort,
  type StackPage,
} from '../../../bff/h5/src/runtime/page-stack.ts';
import type { Route } from '../../../bff/h5/src/runtime/route.ts';

interface Entry {
  position: number | undefined;
  hash: string;
}

/** A browser's history, with the user's buttons. */
class FakeHistory implements HistoryPort {
  entries: Entry[] = [{ position: undefined, hash: '' }];
  at = 0;

  get entry(): Entry {
    return this.entries[this.at] ?? assert.fail('beyond the history');
  }

  position(): number | undefined {
    return this.entry.position;
  }

  hash(): string {
    return this.entry.hash;
  }

  push(position: number, hash: string): void {
    this.entries = [...this.entries.slice(0, this.at + 1), { position, hash }];
    this.at += 1;
  }

  replace(position: number, hash: string): void {
    this.entries[this.at] = { position, hash };
  }

  go(delta: number): void {
    this.at += delta;
    assert.ok(this.entries[this.at]);
  }
}

const PAGES = ['a', 'b', 'c'];

describe('the page stack', () => {
  let life: string[];
  let history: FakeHistory;
  let stack: PageStack<StackPage>;
  let entering: ((route: Route) => void) | undefined;

  beforeEach(() => {
    life = [];
    history = new FakeHistory();
    entering = undefined;
    stack = new PageStack<StackPage>({
      history,
      pages: PAGES,
      create: (route) => ({
        route,
        enter: () => {
          life.push(`enter ${route.path}`);
          entering?.(route);
        },
        show: () => life.push(`show ${route.path}`),
        hide: () => life.push(`hide ${route.path}`),
        unload: () => life.push(`unload ${route.path}`),
      }),
      changed: () => undefined,
      notFound: ({ path }) => life.push(`not found ${path}`),
    });
    stack.start({ path: 'a', query: {} });
    life.length = 0;
  });

  const open = (): string[] => stack.pages.map(({ route }) => route.path);
  const hashes = (): string[] => history.entries.map(({ hash }) => hash);

  it('opens pages on top and writes each into the history', () => {
    stack.navigateTo('b?x=1');
    stack.navigateTo('/c');
    assert.deepEqual(open(), ['a', 'b', 'c']);
    assert.deepEqual(hashes(), ['#/a', '#/b?x=1', '#/c']);
    assert.deepEqual(life, ['hide a', 'enter b', 'hide b', 'enter c']);
  });

  it('replaces the top, and everything', () => {
    stack.navigateTo('b');
    stack.redirectTo('c');
    assert.deepEqual(hashes(), ['#/a', '#/c']);
    stack.reLaunch('b');
    assert.deepEqual(open(), ['b']);
    assert.deepEqual(life, ['hide a', 'enter b', 'unload b', 'enter c', 'unload c', 'unload a', 'enter b']);
  });

  it('goes back several pages at once, never beyond the first', () => {
    stack.navigateTo('b');
    stack.navigateTo('c');
    stack.navigateBack(9);
    assert.deepEqual(open(), ['a']);
    assert.equal(history.at, 0);
    assert.deepEqual(life.slice(-3), ['unload c', 'unload b', 'show a']);
    assert.throws(() => {
      stack.navigateBack(1);
    }, NavigationRefusal);
  });

  it("closes pages on the browser's Back and opens them anew on Forward", () => {
    stack.navigateTo('b?x=1');
    stack.navigateTo('c');
    history.at = 0;
    stack.moved();
    assert.deepEqual(open(), ['a']);
    history.at = 1;
    stack.moved();
    assert.deepEqual(open(), ['a', 'b']);
    assert.deepEqual(stack.top?.route.query, { x: '1' });
  });

  it('opens a page that is not in the stack any more, after a reload', () => {
    stack.navigateTo('b');
    stack.reLaunch('c');
    history.at = 0;
    stack.moved();
    assert.deepEqual(open(), ['a']);
  });

  it('follows an address that was typed, and reports one that does not exist', () => {
    history.push(0, '');
    history.entries[history.at] = { position: undefined, hash: '#/b?y=2' };
    stack.moved();
    assert.deepEqual(open(), ['b']);
    history.entries[history.at] = { position: undefined, hash: '#/nowhere' };
    stack.moved();
    assert.deepEqual(open(), ['b']);
    assert.equal(life.at(-1), 'not found nowhere');
  });

  it('lets a page leave for another while it begins', () => {
    entering = ({ path }) => {
      if (path === 'b') stack.redirectTo('c');
    };
    stack.navigateTo('b');
    assert.deepEqual(open(), ['a', 'c']);
    assert.deepEqual(hashes(), ['#/a', '#/c']);
  });

  it('refuses unknown pages and an eleventh, and changes nothing', () => {
    for (let page = 2; page <= 10; page += 1) stack.navigateTo('b');
    assert.throws(() => stack.navigateTo('b'), /webview count limit exceed/);
    assert.throws(() => stack.redirectTo('nowhere'), /page "nowhere" is not found/);
    assert.equal(stack.pages.length, 10);
    assert.equal(history.entries.length, 10);
  });
});
