import assert from 'node:assert/strict';
import { isSettled } from '../../../../bff/src/core/capabilities/verdict.ts';
import { type CoreOnFakes, coreOnFakes, GB_ID } from '../../../support/core/core-bench.ts';
import { hasCode } from '../../../support/core/has-code.ts';

const DAY_MS = 86_400_000;
const CHANNEL = '34020000001310000001';

async function bench(): Promise<CoreOnFakes> {
  const made = await coreOnFakes();
  await made.addCamera();
  return made;
}

function tell(
  { inquiry }: CoreOnFakes,
  outcome: 'supported' | 'sent' | 'empty' | 'refused' | 'silent',
  over: Partial<Parameters<CoreOnFakes['inquiry']['learning']['tell']>[0]> = {},
): void {
  inquiry.learning.tell({ gbId: GB_ID, command: 'PTZPosition', targetGbId: CHANNEL, outcome, ...over });
}

const asked = ({ core }: CoreOnFakes, force = false): Promise<unknown> =>
  core.inquiry.questions.ptzPosition(core.devices.camera(GB_ID, { no: 1 }), { force });

const verdict = ({ core }: CoreOnFakes): string =>
  core.inquiry.capabilities.verdict(core.devices.get(GB_ID), 'PTZPosition');

describe('what is learnt of devices', () => {
  it('nothing is known of a device that was not asked, whatever edition it claims (Q36)', async () => {
    const made = await bench();
    assert.equal(verdict(made), 'unknown');
    tell(made, 'sent', { gbVersion: '3.0' });
    assert.equal(verdict(made), 'unknown', 'SIP 200 proves nothing');
    assert.equal(made.core.inquiry.capabilities.of(made.core.devices.get(GB_ID)).claimedVersion, '3.0');
  });

  it('an answer is for good: a later refusal is one of the moment', async () => {
    const made = await bench();
    tell(made, 'supported');
    for (let turn = 0; turn < 5; turn += 1) tell(made, 'refused');
    assert.equal(verdict(made), 'supported');
    await asked(made);
  });

  it('empty: it answered, and nothing can be relied on; it is asked again each time (Q41)', async () => {
    const made = await bench();
    for (let turn = 0; turn < 3; turn += 1) {
      await asked(made);
      tell(made, 'empty', { text: 'the device returned nothing' });
    }
    await asked(made);
    const [fact] = made.core.inquiry.capabilities.of(made.core.devices.get(GB_ID)).commands;
    assert.deepEqual(
      [fact?.verdict, fact?.seenAtMs, fact?.settled, fact?.text],
      ['empty', made.clock.nowMs(), false, 'the device returned nothing'],
    );
    tell(made, 'supported');
    tell(made, 'empty');
    assert.equal(verdict(made), 'supported', 'an answer with content is for good');
  });

  it('empty between two refusals: they are not two in a row, and what was seen last is told', async () => {
    const made = await bench();
    tell(made, 'refused');
    await made.clock.advance(1);
    tell(made, 'empty');
    assert.equal(verdict(made), 'empty');
    await made.clock.advance(1);
    tell(made, 'refused');
    assert.equal(verdict(made), 'refused');
    await asked(made);
    tell(made, 'refused');
    await assert.rejects(asked(made), hasCode('NOT_SUPPORTED_BY_DEVICE'));
  });

  for (const outcome of ['refused', 'silent'] as const)
    it(`${outcome} twice in a row: it is not asked again, unless by force (Q36, Q38)`, async () => {
      const made = await bench();
      tell(made, outcome, { text: `Cann't get\nptz position` });
      await asked(made);
      tell(made, outcome, { text: `Cann't get\nptz position` });
      await assert.rejects(asked(made), hasCode('NOT_SUPPORTED_BY_DEVICE'));
      assert.equal(made.inquiry.queries.asked.length, 1);
      await asked(made, true);
      assert.equal(made.inquiry.queries.asked.length, 2);
      const [fact] = made.core.inquiry.capabilities.of(made.core.devices.get(GB_ID)).commands;
      assert.deepEqual(
        [fact?.verdict, fact?.settled, fact?.text],
        [outcome, true, `Cann't get ptz position`],
      );
    });

  it('405 and 501 settle it at once', async () => {
    const made = await bench();
    tell(made, 'refused', { sipStatus: 501 });
    await assert.rejects(asked(made), hasCode('NOT_SUPPORTED_BY_DEVICE'));
  });

  it('refusals of one channel do not count for another', async () => {
    const made = await bench();
    tell(made, 'refused', { targetGbId: '34020000001310000002' });
    tell(made, 'refused', { targetGbId: '34020000001310000002' });
    await asked(made);
  });

  it('errors about values of a section settle nothing, silence does', async () => {
    const made = await bench();
    const camera = made.core.devices.camera(GB_ID, { no: 1 });
    const command = 'DeviceConfig.FrameMirror';
    for (let turn = 0; turn < 3; turn += 1) tell(made, 'refused', { command });
    await made.core.inquiry.config.write(camera, 'FrameMirror', { mirror: 1 });
    await made.clock.advance(1);
    tell(made, 'silent', { command });
    await made.core.inquiry.config.write(camera, 'FrameMirror', { mirror: 1 });
    tell(made, 'silent', { command });
    await assert.rejects(
      made.core.inquiry.config.write(camera, 'FrameMirror', { mirror: 1 }),
      hasCode('NOT_SUPPORTED_BY_DEVICE'),
    );
  });

  it('commands are judged each for itself: silence to those of 2022 says nothing of those of 2016 (Q39)', async () => {
    const made = await bench();
    const camera = made.core.devices.camera(GB_ID, { no: 1 });
    for (const command of ['CruiseTrackListQuery', 'HomePositionQuery'])
      for (let turn = 0; turn < 2; turn += 1) tell(made, 'silent', { command });
    const { questions } = made.core.inquiry;
    await assert.rejects(questions.cruiseTracks(camera), hasCode('NOT_SUPPORTED_BY_DEVICE'));
    await assert.rejects(questions.homePosition(camera), hasCode('NOT_SUPPORTED_BY_DEVICE'));
    assert.equal(verdict(made), 'unknown');
    await asked(made);
    assert.equal(made.inquiry.queries.asked.length, 1);
  });

  it('after a week it is worth asking again', async () => {
    const made = await bench();
    tell(made, 'silent');
    tell(made, 'silent');
    await made.core.stop();
    const [record] = await made.repositories.capabilities.load();
    assert.ok(record);
    const nowMs = record.silentAtMs ?? Number.NaN;
    assert.equal(isSettled(record, CHANNEL, nowMs + 7 * DAY_MS), true);
    assert.equal(isSettled(record, CHANNEL, nowMs + 7 * DAY_MS + 1), false);
  });

  it('with another firmware, with another edition and on demand it is asked anew (Q39)', async () => {
    const made = await bench();
    const settle = async (): Promise<void> => {
      tell(made, 'refused');
      tell(made, 'refused');
      await assert.rejects(asked(made), hasCode('NOT_SUPPORTED_BY_DEVICE'));
    };
    await settle();
    made.signalling.facts = () =>
      Promise.resolve({ name: 'IPC', manufacturer: 'Yimu', model: 'M', firmware: '2' });
    made.signalling.comeOnline(GB_ID);
    await made.clock.advance(1_000);
    assert.equal(verdict(made), 'unknown');
    await asked(made);

    await settle();
    tell(made, 'supported', { command: 'DeviceInfo', gbVersion: '3.0' });
    await asked(made);

    tell(made, 'refused', { gbVersion: '3.0' });
    tell(made, 'refused', { gbVersion: '3.0' });
    await assert.rejects(asked(made), hasCode('NOT_SUPPORTED_BY_DEVICE'));
    await made.core.inquiry.capabilities.retest(made.core.devices.get(GB_ID));
    await asked(made);
    assert.deepEqual(await made.repositories.capabilities.load(), []);
  });

  it('it is kept over a restart, written behind and seldom', async () => {
    const made = await bench();
    let writes = 0;
    const { capabilities } = made.repositories;
    const save = capabilities.save.bind(capabilities);
    const repositories = {
      ...made.repositories,
      capabilities: {
        ...capabilities,
        save: (rows: Parameters<typeof save>[0]) => {
          writes += 1;
          return save(rows);
        },
      },
    };
    await made.core.stop();
    const next = await coreOnFakes({ repositories });
    tell(next, 'supported');
    await next.clock.advance(6_000);
    assert.equal(writes, 1);
    for (let turn = 0; turn < 10; turn += 1) {
      tell(next, 'supported');
      await next.clock.advance(6_000);
    }
    assert.equal(writes, 1, 'what says nothing new is not written');
    tell(next, 'refused', { command: 'SDCardStatus' });
    await next.core.stop();
    assert.equal(writes, 2, 'what waits is written at the end');
    const again = await coreOnFakes({ repositories });
    assert.equal(verdict(again), 'supported');
  });

  it('the edition that was claimed last holds after a restart too, whatever rows of another are left', async () => {
    const made = await bench();
    tell(made, 'supported', { command: 'PTZPosition', gbVersion: '2.0' });
    tell(made, 'supported', { command: 'SDCardStatus', gbVersion: '2.0' });
    await made.clock.advance(6_000);
    tell(made, 'supported', { command: 'PTZPosition', gbVersion: '3.0' });
    await made.core.stop();
    const { core } = await coreOnFakes({ repositories: made.repositories });
    const { claimedVersion, commands } = core.inquiry.capabilities.of(core.devices.get(GB_ID));
    assert.equal(claimedVersion, '3.0');
    assert.deepEqual(
      commands.map(({ command }) => command),
      ['PTZPosition'],
    );
  });

  it('unknown devices, odd commands and too many of them are counted and not kept', async () => {
    const made = await bench();
    tell(made, 'supported', { gbId: '34020000001320000099' });
    tell(made, 'supported', { command: '<script>' });
    for (let at = 0; at < 200; at += 1) tell(made, 'supported', { command: `X${String(at)}` });
    const { commands } = made.core.inquiry.capabilities.of(made.core.devices.get(GB_ID));
    assert.equal(commands.length, 128);
    assert.equal(made.figure('yimu_core_capabilities_refused'), 2 + 200 - 128);
  });

  it('a removed device leaves nothing', async () => {
    const made = await bench();
    const device = made.core.devices.get(GB_ID);
    tell(made, 'supported');
    await made.core.devices.remove(GB_ID);
    assert.deepEqual(made.core.inquiry.capabilities.of(device).commands, []);
  });

  it('a database that does not take it is told later', async () => {
    const made = await bench();
    const { capabilities } = made.repositories;
    const save = capabilities.save.bind(capabilities);
    capabilities.save = () => Promise.reject(new Error('away'));
    tell(made, 'supported');
    await made.clock.advance(6_000);
    assert.equal(made.figure('yimu_core_capabilities_waiting'), 1);
    capabilities.save = save;
    await made.clock.advance(6_000);
    assert.equal(made.figure('yimu_core_capabilities_waiting'), 0);
    assert.equal((await capabilities.load()).length, 1);
  });
});
