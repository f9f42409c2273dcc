import { STAGE_TEXTS } from '../../texts/player.ts';

/** Names of what the bar asks for. */
export type StageCommand = 'toggle' | 'sound' | 'menu' | 'fit' | 'full';

/** The bar at the foot of the picture. `command`: `{ name }` of the button that was tapped. */
Component({
  properties: {
    wanted: { type: Boolean, value: false },
    muted: { type: Boolean, value: false },
    full: { type: Boolean, value: false },
    fill: { type: Boolean, value: false },
    qualityText: { type: String, value: '' },
  },
  data: { texts: STAGE_TEXTS },
  methods: {
    onCommand(event: WechatMiniprogram.BaseEvent<object, { name: StageCommand }>) {
      this.triggerEvent('command', { name: event.currentTarget.dataset.name });
    },
  },
});
