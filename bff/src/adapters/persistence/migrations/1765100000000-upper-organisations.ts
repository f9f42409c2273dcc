import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether an upper platform is shown cameras in virtual organisations. */
export class UpperOrganisations1765100000000 implements MigrationInterface {
  readonly name = 'UpperOrganisations1765100000000';

  async up(runner: QueryRunner): Promise<void> {
    // In place: a table made anew would take along what refers to it.
    await runner.query('ALTER TABLE upper_platform ADD COLUMN organisations tinyint NOT NULL DEFAULT 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE upper_platform DROP COLUMN organisations');
  }
}
