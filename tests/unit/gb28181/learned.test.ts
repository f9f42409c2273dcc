import assert from 'node:assert/strict';
import { factOf, learning } from '../../../bff/src/gb28181/learned.ts';
import { type CommandOutcome, GbFailure, type LearnedCommand } from '../../../bff/src/gb28181/types.ts';
import { CAMERA, NVR } from './a-platform.ts';

const command = { gbId: NVR, command: 'PTZPosition', targetGbId: CAMERA };
const seen = (outcome: CommandOutcome): string | undefined => factOf(command, outcome, '3.0')?.outcome;

describe('what an outcome teaches about a device', () => {
  it('an answer: it knows the command', () => {
    assert.deepEqual(factOf(command, 'supported', '3.0'), {
      gbId: NVR,
      command: 'PTZPosition',
      targetGbId: CAMERA,
      outcome: 'supported',
      sipStatus: undefined,
      text: undefined,
      gbVersion: '3.0',
    });
    assert.equal(factOf({ gbId: NVR, command: 'DeviceStatus' }, 'sent', undefined)?.targetGbId, NVR);
    assert.equal(seen('sent'), 'sent');
  });

  it('a refusal: with the SIP status or the device’s own words (Q36)', () => {
    const refused = factOf(command, new GbFailure('rejected', 'it said 405', 405), '2.0');
    assert.deepEqual([refused?.outcome, refused?.sipStatus, refused?.text], ['refused', 405, 'it said 405']);
    assert.equal(seen(new GbFailure('rejected', `Cann't get ptz position`)), 'refused');
    assert.equal(seen(new GbFailure('bad-answer', 'an answer without the section')), 'refused');
  });

  it('an answer that holds nothing: neither that it knows the command nor that it does not (Q41)', () => {
    assert.equal(seen('empty'), 'empty');
    const empty = factOf(command, new GbFailure('empty', 'the device returned nothing'), '3.0');
    assert.deepEqual(
      [empty?.outcome, empty?.sipStatus, empty?.text],
      ['empty', undefined, 'the device returned nothing'],
    );
  });

  it('silence behind a SIP 200 counts, silence of the network does not (Q38)', () => {
    assert.equal(seen(new GbFailure('timeout', 'no answer')), 'silent');
    assert.equal(seen(new GbFailure('timeout', 'no SIP answer', undefined, new Error('timer F'))), undefined);
    assert.equal(seen(new GbFailure('timeout', 'the device answered 408', 408)), undefined);
  });

  for (const failure of [
    new GbFailure('not-registered', 'gone'),
    new GbFailure('transport', 'out of reach'),
    new GbFailure('busy', 'busy', 486),
    new GbFailure('cancelled', 'nobody waits'),
    new GbFailure('exhausted', 'full'),
    new GbFailure('rejected', 'no such channel', 404),
    new GbFailure('rejected', 'the moment is bad', 503),
  ])
    it(`nothing: ${failure.reason} ${String(failure.status ?? '')}`, () => {
      assert.equal(seen(failure), undefined);
    });

  it('a promise is reported and passed on', async () => {
    const told: (readonly [LearnedCommand, CommandOutcome])[] = [];
    const floor = {
      learn: (about: LearnedCommand, outcome: CommandOutcome): void => {
        told.push([about, outcome]);
      },
    };
    assert.equal(await learning(floor, command, Promise.resolve(7)), 7);
    const failure = new GbFailure('rejected', 'no');
    await assert.rejects(learning(floor, command, Promise.reject(failure)), (error) => error === failure);
    await assert.rejects(learning(floor, command, Promise.reject(new Error('a fault of ours'))));
    assert.equal(await learning(floor, command, Promise.resolve(8), 'sent'), 8);
    assert.deepEqual(told, [
      [command, 'supported'],
      [command, failure],
      [command, 'sent'],
    ]);
  });
});
