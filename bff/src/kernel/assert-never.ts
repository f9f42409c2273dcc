/** Proves to the compiler that a switch is exhaustive; throws if it was not. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
