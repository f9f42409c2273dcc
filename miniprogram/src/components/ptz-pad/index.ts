import type { PtzDirection } from '@yimu/shared';
import {
  directionOf,
  NO_PRESS,
  stepPad,
  type Finger,
  type PadInput,
  type PadPress,
} from '../../models/pad-press.ts';
import { directionsOf, turnOf } from '../../models/ptz-geometry.ts';
import { boxOf } from '../../platform/measure.ts';
import { DIRECTION_TEXTS, STEER_TEXTS } from '../../texts/steering.ts';

interface Mark {
  readonly direction: PtzDirection;
  readonly turn: number;
  readonly straight: boolean;
  readonly text: string;
}

const presses = new WeakMap<object, PadPress>();

function fingersOf(touches: readonly WechatMiniprogram.TouchDetail[]): Finger[] {
  return touches.map(({ identifier, clientX, clientY }) => ({ id: identifier, x: clientX, y: clientY }));
}

function marksOf(sectors: 4 | 8): Mark[] {
  return directionsOf(sectors).map((direction) => {
    const turn = turnOf(direction);
    return { direction, turn, straight: turn % 90 === 0, text: DIRECTION_TEXTS[direction] };
  });
}

/**
 * A round pad that is held. Events: `steer` ({direction}) when the finger means a direction or another one, `release`
 * when it means none any more, `denied` when the pad is disabled.
 */
Component({
  properties: {
    sectors: { type: Number, value: 8 as 4 | 8 },
    disabled: { type: Boolean, value: false },
  },
  data: {
    direction: '' as PtzDirection | '',
    turn: 0,
    marks: marksOf(8),
    label: STEER_TEXTS.pad,
  },
  observers: {
    sectors(sectors: 4 | 8) {
      this.setData({ marks: marksOf(sectors) });
    },
    disabled(disabled: boolean) {
      if (disabled) this.step({ type: 'cancel', fingers: [] });
    },
  },
  pageLifetimes: {
    hide() {
      this.step({ type: 'cancel', fingers: [] });
    },
  },
  methods: {
    onDown(event: WechatMiniprogram.TouchEvent) {
      if (this.data.disabled) {
        this.triggerEvent('denied');
        return;
      }
      const before = presses.get(this)?.finger;
      this.step({ type: 'down', fingers: fingersOf(event.changedTouches) });
      if (before === undefined) void this.measure();
    },
    onMove(event: WechatMiniprogram.TouchEvent) {
      this.step({ type: 'move', fingers: fingersOf(event.changedTouches) });
    },
    onUp(event: WechatMiniprogram.TouchEvent) {
      this.step({ type: 'up', fingers: fingersOf(event.changedTouches) });
    },
    onCancel(event: WechatMiniprogram.TouchEvent) {
      this.step({ type: 'cancel', fingers: fingersOf(event.changedTouches) });
    },

    /** Where the pad is now: a page scrolls, a phone turns. */
    async measure() {
      const finger = presses.get(this)?.finger;
      const box = await boxOf(this, '#pad');
      const press = presses.get(this);
      if (press?.finger?.id !== finger?.id || press?.box !== undefined) return;
      this.step(box === undefined ? { type: 'cancel', fingers: [] } : { type: 'measured', box });
      // Lifted before the box was known: a tap turns the camera for a moment.
      if (press?.tapped === true) this.step({ type: 'cancel', fingers: [] });
    },
    step(input: PadInput) {
      const press = stepPad(presses.get(this) ?? NO_PRESS, input);
      presses.set(this, press);
      const direction = directionOf(press, this.data.sectors) ?? '';
      if (direction === this.data.direction) return;
      if (direction === '') {
        this.setData({ direction });
        this.triggerEvent('release');
      } else {
        this.setData({ direction, turn: turnOf(direction) });
        this.triggerEvent('steer', { direction });
      }
    },
  },
});
