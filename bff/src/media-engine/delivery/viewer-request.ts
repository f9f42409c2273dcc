import type { ViewerQuestion } from './viewer-question.ts';

const MAX_URL_LENGTH = 2_048;
const PATH = /^\/([A-Za-z0-9_\-./]{1,256})\.flv$/;

/** What a URL asks for; `undefined` when it is no stream. */
export function readViewerUrl(
  url: string | undefined,
): Pick<ViewerQuestion, 'publicName' | 'query'> | undefined {
  if (url === undefined || url.length > MAX_URL_LENGTH) return undefined;
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const publicName = PATH.exec(path)?.[1];
  if (publicName === undefined || publicName.includes('..')) return undefined;
  return { publicName, query: mark < 0 ? '' : url.slice(mark + 1) };
}
