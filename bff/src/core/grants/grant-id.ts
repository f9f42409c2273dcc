/** What the id of a play address tells of it. All of it is covered by the signature. */
export interface GrantId {
  /** UTC seconds. */
  readonly issuedAtS: number;
  /** The address has expired by then, and at most one life time before. */
  readonly goneByS: number;
}

const FORM = /^(\d{10})(\d{2})\d{6}$/;
/** Serial numbers start again here; an id is one of a kind among so many of one second. */
export const GRANT_SERIALS = 1_000_000;

/**
 * Eighteen digits, so that clients may keep it in 64 bits: the second of issue, the life as a power of two,
 * and a serial number.
 */
export function formatGrantId(issuedAtS: number, ttlS: number, serial: number): string {
  const life = Math.ceil(Math.log2(ttlS));
  return pad(issuedAtS, 10) + pad(life, 2) + pad(serial % GRANT_SERIALS, 6);
}

/** `undefined` when the text is no id of ours. */
export function parseGrantId(text: string): GrantId | undefined {
  const [, issuedAtS, life] = FORM.exec(text) ?? [];
  if (issuedAtS === undefined) return undefined;
  return { issuedAtS: Number(issuedAtS), goneByS: Number(issuedAtS) + 2 ** Number(life) };
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
