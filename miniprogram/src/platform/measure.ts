import type { Box } from '../models/ptz-geometry.ts';

type Owner = Pick<WechatMiniprogram.Component.TrivialInstance, 'createSelectorQuery'>;

/** Where an element of a component is now, in the coordinates of touch events; undefined when it has no box. */
export function boxOf(owner: Owner, selector: string): Promise<Box | undefined> {
  return new Promise((resolve) => {
    owner
      .createSelectorQuery()
      .select(selector)
      .boundingClientRect((rect) => {
        const box = rect as WechatMiniprogram.BoundingClientRectCallbackResult | null;
        resolve(box === null || box.width <= 0 ? undefined : box);
      })
      .exec();
  });
}
