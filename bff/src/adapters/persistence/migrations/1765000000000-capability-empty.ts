import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When a device answered a command without content; it was taken for a refusal before. */
export class CapabilityEmpty1765000000000 implements MigrationInterface {
  readonly name = 'CapabilityEmpty1765000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE device_capability ADD COLUMN empty_at_ms bigint NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE device_capability DROP COLUMN empty_at_ms');
  }
}
