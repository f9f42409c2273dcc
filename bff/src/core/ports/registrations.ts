/** The last registration of a device, as it is kept. */
export interface RegistrationRecord {
  readonly deviceId: number;
  /** From which it came. */
  readonly address: string;
  /** UTC, ms. */
  readonly endsAtMs: number;
}

/** Registrations at rest. Each call is one transaction and durable when it resolves. */
export interface RegistrationRepository {
  load(): Promise<readonly RegistrationRecord[]>;
  /** Takes the place of what was there. */
  save(registration: RegistrationRecord): Promise<void>;
  /** With the device its registration goes by itself. */
  remove(deviceId: number): Promise<void>;
}
