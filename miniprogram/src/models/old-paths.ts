import type { PageQuery } from './camera-entry.ts';

/** Pages of the Ezviz demo, which jumps from other mini-programs and old share cards name, and ours in their place. */
const PAGES = new Map([
  ['pages/live/live', '/pages/live/index'],
  ['pages/home/home', '/pages/home/index'],
  ['pages/experienceDevice/experienceDevice', '/pages/trial/index'],
  ['pages/customDevice/customDevice', '/pages/own/index'],
]);

/** The page in the place of one that is not here, with its query as it came; undefined when there is none. */
export function newUrlOf(path: string, query: PageQuery): string | undefined {
  const page = PAGES.get(path);
  if (page === undefined) return undefined;
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${value ?? ''}`);
  return pairs.length === 0 ? page : `${page}?${pairs.join('&')}`;
}
