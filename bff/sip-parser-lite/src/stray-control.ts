const BACKSLASH = 0x5c;

/**
 * The first NUL in `[from, to)` that is not escaped by a backslash, -1 when there is none. RFC 3261 §25.1 allows NUL as a quoted-pair
 * and nowhere else.
 */
export function strayNul(text: string, from: number, to: number): number {
  for (let at = text.indexOf('\0', from); at >= 0 && at < to; at = text.indexOf('\0', at + 1)) {
    let slashes = 0;
    while (at - slashes > from && text.charCodeAt(at - slashes - 1) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return at;
  }
  return -1;
}

/** The first CR in `[from, to)` that is not followed by LF, -1 when there is none. */
export function strayCr(text: string, from: number, to: number): number {
  for (let at = text.indexOf('\r', from); at >= 0 && at < to; at = text.indexOf('\r', at + 1)) {
    if (text.charCodeAt(at + 1) !== 0x0a) return at;
  }
  return -1;
}
