import assert from 'node:assert/strict';
import { movementOf, UpperMovements } from '../../../../bff/src/gb28181/cascade/upper-movements.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const OWN = '34020000001320000911';
const CHANNEL = { deviceGbId: '34020000001180000001', channelGbId: '34020000001320000001' };
const RIGHT = 'A50F0101400000F6';
const STOP = 'A50F0100000000B5';
const FOCUS = 'A50F01421F000016';

function bench(): { clock: FakeClock; movements: UpperMovements; sent: string[] } {
  const clock = new FakeClock();
  const sent: string[] = [];
  const movements = new UpperMovements({
    clock,
    movementMs: 60_000,
    send: ({ channelGbId }, ptzCmd) => sent.push(`${channelGbId} ${ptzCmd}`),
  });
  return { clock, movements, sent };
}

describe('movements that an upper platform begins', () => {
  it('are told from presets, cruises and what is no command (annex A.3)', () => {
    assert.equal(movementOf(RIGHT), 'move');
    assert.equal(movementOf(STOP), 'stop');
    assert.equal(movementOf(FOCUS), 'move-lens');
    assert.equal(movementOf('A50F0140000000F5'), 'stop-lens');
    assert.equal(movementOf('A50F01820001003A'), 'other');
    for (const text of ['', 'A5', 'ZZ0F0101400000F6', `${RIGHT}00`]) assert.equal(movementOf(text), 'other');
  });

  it('end by its stop, and then nothing is sent', async () => {
    const { clock, movements, sent } = bench();
    movements.note(1, OWN, CHANNEL, RIGHT);
    assert.equal(movements.size, 1);
    movements.note(1, OWN, CHANNEL, STOP);
    assert.equal(movements.size, 0);
    await clock.advance(120_000);
    assert.deepEqual(sent, []);
  });

  it('are stopped after a minute, each kind by its own stop', async () => {
    const { clock, movements, sent } = bench();
    movements.note(1, OWN, CHANNEL, RIGHT);
    movements.note(1, OWN, CHANNEL, FOCUS);
    await clock.advance(60_000);
    assert.deepEqual(sent, [`${CHANNEL.channelGbId} ${STOP}`, `${CHANNEL.channelGbId} A50F0140000000F5`]);
    assert.equal(movements.size, 0);
  });

  it('are stopped when it is gone, and those of others are not', () => {
    const { movements, sent } = bench();
    movements.note(1, OWN, CHANNEL, RIGHT);
    movements.note(2, OWN, CHANNEL, RIGHT);
    movements.end(1);
    assert.deepEqual(sent, [`${CHANNEL.channelGbId} ${STOP}`]);
    assert.equal(movements.size, 1);
    movements.end(2);
  });

  it('are stopped when the camera is not shown any more, and those of other cameras are not', () => {
    const { movements, sent } = bench();
    movements.note(1, OWN, CHANNEL, RIGHT);
    movements.note(1, '34020000001320000912', { ...CHANNEL, channelGbId: '2' }, RIGHT);
    movements.endOfChannel(1, OWN);
    assert.deepEqual(sent, [`${CHANNEL.channelGbId} ${STOP}`]);
    assert.equal(movements.size, 1);
    movements.end(1);
  });
});
