/** Who acts. `id` is a decimal number that play addresses carry. */
export interface Principal {
  readonly kind: 'app' | 'system';
  readonly id: number;
  /** gbIds of the devices that it may see; absent: all. */
  readonly devices?: ReadonlySet<string>;
  /** The one channel of these devices that it may see; absent: all. */
  readonly channelNo?: number;
}

/** The platform itself: console, command line. */
export const SYSTEM_PRINCIPAL: Principal = { kind: 'system', id: 0 };

/** Whether a device exists for this principal. */
export function sees(principal: Principal, gbId: string): boolean {
  return principal.devices?.has(gbId) ?? true;
}
