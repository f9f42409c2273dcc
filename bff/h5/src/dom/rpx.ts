const RPX = /(-?(?:\d+\.)?\d+|-?\.\d+)rpx\b/g;

/** Lengths in rpx (1/750 of the page's width) inside a style attribute, as CSS. */
export function rpxToCss(style: string): string {
  return style.includes('rpx') ? style.replace(RPX, 'calc($1 * var(--rpx))') : style;
}
