/** A quoted string that nothing inside can leave: quotes and backslashes are escaped (RFC 3261 §25.1). */
export function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
