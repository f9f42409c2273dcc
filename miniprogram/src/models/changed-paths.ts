/**
 * The members of `next` that differ from `before`, keyed as `setData` wants them: `view.title`, or `title` under the
 * empty path. Members are compared by identity.
 */
export function changedPaths<T extends object>(path: string, before: T, next: T): Record<string, unknown> {
  const changed: Record<string, unknown> = {};
  const old = new Map<string, unknown>(Object.entries(before));
  for (const [name, value] of Object.entries(next)) {
    if (old.get(name) !== value) changed[path === '' ? name : `${path}.${name}`] = value;
  }
  return changed;
}
