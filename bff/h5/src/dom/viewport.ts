/** Class of the box that a page's own coordinates start from: below the navigation bar, inside the column. */
export const BODY_CLASS = 'yimu-body';

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const NOWHERE: Box = { left: 0, top: 0, width: 0, height: 0 };

/** Where the page that holds `element` begins in the window. */
export function pageBox(element: Element): Box {
  const body = element.closest(`.${BODY_CLASS}`);
  if (body === null) return NOWHERE;
  const { left, top, width, height } = body.getBoundingClientRect();
  return { left, top, width, height };
}

/** The box of `element` in its page's coordinates, CSS pixels. */
export function boxInPage(element: Element): Box {
  const box = element.getBoundingClientRect();
  const page = pageBox(element);
  return { left: box.left - page.left, top: box.top - page.top, width: box.width, height: box.height };
}
