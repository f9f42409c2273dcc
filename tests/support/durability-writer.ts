// Inserts devices one after another and says each that was acknowledged, until it is killed.
import { openDatabase } from '../../bff/src/adapters/persistence/index.ts';
import { silentLogger, SystemClock } from '../../bff/src/kernel/index.ts';

const { repositories } = await openDatabase({
  sqlitePath: process.argv[2] ?? '',
  clock: new SystemClock(),
  logger: silentLogger,
});
for (let index = 0; ; index += 1) {
  const gbId = `3402000000132${String(index).padStart(7, '0')}`;
  await repositories.devices.insert({
    gbId,
    serial: `S${String(index).padStart(8, '0')}`,
    name: undefined,
    reportedName: undefined,
    credential: undefined,
    passwordless: true,
    mediaTransport: undefined,
    manufacturer: undefined,
    model: undefined,
    firmware: undefined,
    nextChannelNo: 1,
    lastSeenAtMs: undefined,
    createdAtMs: index,
  });
  process.stdout.write(`${gbId}\n`);
}
