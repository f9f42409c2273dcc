import assert from 'node:assert/strict';
import {
  directionOf,
  NO_PRESS,
  stepPad,
  type Finger,
  type PadInput,
  type PadPress,
} from '../../../../miniprogram/src/models/pad-press.ts';

const BOX = { left: 100, top: 200, width: 200, height: 200 };
const RIGHT = { x: 290, y: 300 };
const UP = { x: 200, y: 210 };
const CENTRE = { x: 200, y: 300 };
const CORNER = { x: 105, y: 205 };

const finger = (point: { x: number; y: number }, id = 0): Finger => ({ ...point, id });
const down = (point: { x: number; y: number }, id = 0): PadInput => ({
  type: 'down',
  fingers: [finger(point, id)],
});
const move = (point: { x: number; y: number }, id = 0): PadInput => ({
  type: 'move',
  fingers: [finger(point, id)],
});
const up = (point: { x: number; y: number }, id = 0): PadInput => ({
  type: 'up',
  fingers: [finger(point, id)],
});
const cancel: PadInput = { type: 'cancel', fingers: [] };
const measured: PadInput = { type: 'measured', box: BOX };

function after(...inputs: readonly PadInput[]): PadPress {
  return inputs.reduce(stepPad, NO_PRESS);
}

describe('one press on the pad', () => {
  it('means nothing until the box of the pad is known', () => {
    assert.equal(directionOf(after(down(RIGHT)), 8), undefined);
    assert.equal(directionOf(after(down(RIGHT), measured), 8), 'right');
  });

  it('means where the finger is by the time the box is known', () => {
    assert.equal(directionOf(after(down(RIGHT), move(UP), measured), 8), 'up');
  });

  it('follows the finger from sector to sector, also off the pad', () => {
    const press = after(down(RIGHT), measured, move(UP));
    assert.equal(directionOf(press, 8), 'up');
    assert.equal(directionOf(stepPad(press, move({ x: 200, y: -900 })), 8), 'up');
  });

  it('means nothing in the dead zone, and something again outside it', () => {
    const press = after(down(CENTRE), measured);
    assert.equal(directionOf(press, 8), undefined);
    assert.equal(directionOf(stepPad(press, move(RIGHT)), 8), 'right');
  });

  it('is none when it began in a corner around the circle', () => {
    assert.deepEqual(after(down(CORNER), measured), NO_PRESS);
    assert.deepEqual(after(down(CORNER), move(RIGHT), measured), NO_PRESS);
  });

  it('ends when the finger is lifted, and when the system takes it away', () => {
    assert.deepEqual(after(down(RIGHT), measured, up(RIGHT)), NO_PRESS);
    assert.deepEqual(after(down(RIGHT), measured, cancel), NO_PRESS);
    assert.deepEqual(after(down(RIGHT), cancel, measured), NO_PRESS);
  });

  it('lifted before the box is known it still was a tap', () => {
    const press = after(down(RIGHT), up(RIGHT), measured);
    assert.equal(press.tapped, true);
    assert.equal(directionOf(press, 8), 'right');
  });

  it('a tap that still waits for the box gives way to the next press', () => {
    const press = after(down(RIGHT), up(RIGHT), down(UP), measured);
    assert.equal(press.tapped, false);
    assert.equal(directionOf(press, 8), 'up');
  });

  it('belongs to its first finger: others neither steer nor end it', () => {
    const press = after(down(RIGHT, 3), measured, down(UP, 4), move(UP, 4), up(UP, 4));
    assert.equal(directionOf(press, 8), 'right');
    assert.deepEqual(stepPad(press, up(RIGHT, 3)), NO_PRESS);
  });

  it('ignores what comes without a press', () => {
    for (const input of [move(RIGHT), up(RIGHT), cancel, measured, { type: 'down', fingers: [] } as const])
      assert.deepEqual(after(input), NO_PRESS);
  });
});
