import { lookUp } from './read-json.ts';

/** An edge of the picture. */
export type Edge = 'top' | 'bottom' | 'left' | 'right';

const EDGES: Readonly<Record<string, Edge>> = {
  '60002': 'top',
  '60003': 'bottom',
  '60004': 'left',
  '60005': 'right',
};

/** The edge that a code of `ptz/start` speaks of: the camera can turn no further that way. */
export function edgeOf(code: string): Edge | undefined {
  return lookUp(EDGES, code);
}
