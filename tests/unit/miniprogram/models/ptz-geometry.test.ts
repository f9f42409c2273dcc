import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  DEAD_ZONE,
  directionAt,
  directionsOf,
  isOnPad,
  sectorOfAngle,
  turnOf,
  type Box,
} from '../../../../miniprogram/src/models/ptz-geometry.ts';

/** Pads of 416 rpx as phones and tablets of these widths show them, somewhere on the page. */
const PADS: readonly Box[] = [320, 375, 390, 414, 480, 768].map((width) => {
  const size = (416 * width) / 750;
  return { left: (width - size) / 2, top: 400.5, width: size, height: size };
});

const COMPASS = [
  [0, 'right'],
  [45, 'downRight'],
  [90, 'down'],
  [135, 'downLeft'],
  [180, 'left'],
  [225, 'upLeft'],
  [270, 'up'],
  [315, 'upRight'],
] as const;

function at(box: Box, degrees: number, share: number): { readonly x: number; readonly y: number } {
  const angle = (degrees * Math.PI) / 180;
  return {
    x: box.left + box.width / 2 + Math.cos(angle) * (box.width / 2) * share,
    y: box.top + box.height / 2 + Math.sin(angle) * (box.height / 2) * share,
  };
}

describe('the round pad', () => {
  for (const box of PADS) {
    it(`of ${box.width.toFixed(1)} px: the middle of each of 8 sectors is its direction`, () => {
      for (const [degrees, direction] of COMPASS) {
        for (const share of [DEAD_ZONE + 0.02, 0.5, 1, 1.6])
          assert.equal(directionAt(box, at(box, degrees, share), 8), direction);
      }
    });

    it(`of ${box.width.toFixed(1)} px: 22° either side still belongs to the sector, 23° to the next`, () => {
      COMPASS.forEach(([degrees, direction], index) => {
        const next = COMPASS[(index + 1) % COMPASS.length]?.[1];
        assert.equal(directionAt(box, at(box, degrees + 22, 0.8), 8), direction);
        assert.equal(directionAt(box, at(box, degrees - 22, 0.8), 8), direction);
        assert.equal(directionAt(box, at(box, degrees + 23, 0.8), 8), next);
      });
    });
  }

  const [box] = PADS;
  assert.ok(box);

  it('turns nothing within 18 % of the radius, the very centre included', () => {
    assert.equal(directionAt(box, at(box, 0, 0), 8), undefined);
    for (const [degrees] of COMPASS)
      assert.equal(directionAt(box, at(box, degrees, DEAD_ZONE - 0.01), 8), undefined);
  });

  it('with 4 sectors knows right, down, left and up only, each over 90°', () => {
    const expected = ['right', 'down', 'left', 'up'] as const;
    for (let degrees = -44; degrees < 316; degrees += 2) {
      const quarter = Math.floor((degrees + 45) / 90);
      assert.equal(directionAt(box, at(box, degrees, 0.7), 4), expected[quarter]);
    }
  });

  it('a press in a corner around the circle is none', () => {
    assert.equal(isOnPad(box, { x: box.left + 1, y: box.top + 1 }), false);
    assert.equal(isOnPad(box, at(box, 45, 0.99)), true);
  });

  it('a box without size has no direction and throws nothing', () => {
    const empty = { left: 10, top: 10, width: 0, height: 0 };
    assert.equal(directionAt(empty, { x: 10, y: 10 }, 8), undefined);
    assert.equal(isOnPad(empty, { x: 10, y: 10 }), true);
  });

  it('any angle belongs to exactly one sector, and to that of the same angle a turn later', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -50, max: 50, noNaN: true }),
        fc.constantFrom(4 as const, 8 as const),
        (angle, sectors) => {
          const direction = sectorOfAngle(angle, sectors);
          assert.ok(directionsOf(sectors).includes(direction));
          const middle = (turnOf(direction) * Math.PI) / 180;
          const off = Math.abs(Math.atan2(Math.sin(angle - middle), Math.cos(angle - middle)));
          assert.ok(off <= Math.PI / sectors + 1e-9);
        },
      ),
    );
  });

  it('marks are turned clockwise from the right', () => {
    assert.deepEqual(
      COMPASS.map(([degrees, direction]) => [degrees, turnOf(direction)]),
      COMPASS.map(([degrees]) => [degrees, degrees]),
    );
  });
});
