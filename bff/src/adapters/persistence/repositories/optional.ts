/** Database NULL for what is absent in memory. */
export function toNull<T>(value: T | undefined): T | null {
  return value ?? null;
}

/** Absent in memory for database NULL. */
export function fromNull<T>(value: T | null): T | undefined {
  return value ?? undefined;
}
