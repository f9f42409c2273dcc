import type { PtzDirection } from '@yimu/shared';
import type { SteerDirection, SteerSpeed } from '../../models/ptz-move.ts';
import { steerView } from '../../models/steer-view.ts';
import { DIRECTION_TEXTS, SPEED_TEXTS, STEER_TEXTS } from '../../texts/steering.ts';

type Zoom = 'zoomIn' | 'zoomOut';

const SPEEDS: readonly SteerSpeed[] = [0, 1, 2];
const ZOOMS: readonly { readonly direction: Zoom; readonly icon: string }[] = [
  { direction: 'zoomIn', icon: 'plus' },
  { direction: 'zoomOut', icon: 'minus' },
];

/**
 * Pad, speed and zoom. Events: `steer` ({direction}) and `release` of what is held, `speed` ({value}), `denied` when
 * something was pressed that cannot be used now.
 */
Component({
  properties: {
    steer: { type: Object, value: steerView(undefined, false) },
    speed: { type: Number, value: 1 },
  },
  data: {
    held: '' as Zoom | '',
    texts: STEER_TEXTS,
    speeds: SPEEDS.map((value) => ({ value, text: SPEED_TEXTS[value] })),
    zooms: ZOOMS.map((zoom) => ({ ...zoom, text: DIRECTION_TEXTS[zoom.direction] })),
  },
  observers: {
    'steer.zoom'(zoom: boolean) {
      if (!zoom) this.letGo();
    },
  },
  pageLifetimes: {
    hide() {
      this.letGo();
    },
  },
  methods: {
    onSteer(event: WechatMiniprogram.CustomEvent<{ direction: PtzDirection }>) {
      this.begin(event.detail.direction);
    },
    onRelease() {
      this.triggerEvent('release');
    },
    onDenied() {
      this.triggerEvent('denied');
    },
    onSpeed(event: WechatMiniprogram.BaseEvent<object, { value: SteerSpeed }>) {
      this.triggerEvent('speed', { value: event.currentTarget.dataset.value });
    },
    onZoomDown(event: WechatMiniprogram.BaseEvent<object, { direction: Zoom }>) {
      if (!this.data.steer.zoom) {
        this.triggerEvent('denied');
        return;
      }
      const { direction } = event.currentTarget.dataset;
      this.setData({ held: direction });
      this.begin(direction);
    },
    onZoomUp() {
      this.letGo();
    },
    letGo() {
      if (this.data.held === '') return;
      this.setData({ held: '' });
      this.triggerEvent('release');
    },
    begin(direction: SteerDirection) {
      this.triggerEvent('steer', { direction });
    },
  },
});
