import { parsePageUrl, parseQuery, routeFromHash, type Query, type Route } from './route.ts';

/** WeChat's numbers for the ways into a mini-program. */
export const SCENES = {
  recentlyUsed: 1001,
  scanQrCode: 1011,
  otherMiniProgram: 1037,
  miniProgramCode: 1047,
} as const;

export interface LaunchOptions {
  readonly path: string;
  readonly query: Query;
  readonly scene: number;
  readonly shareTicket: string | undefined;
  readonly referrerInfo: { readonly appId?: string; readonly extraData?: unknown };
}

/** Parameters of the address before the `#`, each standing for one way into a mini-program. */
interface Entry {
  readonly scene: number;
  readonly query: Query;
  readonly referrerInfo: LaunchOptions['referrerInfo'];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function entryOf(search: Query): Entry {
  const { scene, q, extraData, appId } = search;
  if (scene !== undefined && scene !== '')
    return { scene: SCENES.miniProgramCode, query: { scene }, referrerInfo: {} };
  if (q !== undefined && q !== '') return { scene: SCENES.scanQrCode, query: { q }, referrerInfo: {} };
  if (extraData !== undefined) {
    let data: unknown;
    try {
      data = JSON.parse(decode(extraData));
    } catch {
      data = {};
    }
    const from = appId === undefined ? {} : { appId: decode(appId) };
    return { scene: SCENES.otherMiniProgram, query: {}, referrerInfo: { ...from, extraData: data } };
  }
  return { scene: SCENES.recentlyUsed, query: {}, referrerInfo: {} };
}

/**
 * Reads an address as an entry: `#/page?query` or `?path=` names the page, `?scene=` is a mini-program code,
 * `?q=` an ordinary QR link, `?extraData=` a jump from another mini-program. The page may be one that is not there.
 */
export function launchOptions(search: string, hash: string, pages: readonly string[]): LaunchOptions {
  const parameters = parseQuery(search.replace(/^\?/, ''));
  const wanted: Route | undefined =
    routeFromHash(hash) ??
    (parameters['path'] === undefined ? undefined : parsePageUrl(`/${decode(parameters['path'])}`));
  const entry = entryOf(parameters);
  return {
    path: wanted === undefined || wanted.path === '' ? (pages[0] ?? '') : wanted.path,
    query: { ...wanted?.query, ...entry.query },
    scene: entry.scene,
    shareTicket: undefined,
    referrerInfo: entry.referrerInfo,
  };
}
