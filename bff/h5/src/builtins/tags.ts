/** Built-in components that the browser host runs; the build refuses templates that use another. */
export const BUILTIN_TAGS = [
  'button',
  'cover-image',
  'cover-view',
  'form',
  'image',
  'input',
  'label',
  'live-player',
  'navigator',
  'picker',
  'scroll-view',
  'switch',
  'text',
  'textarea',
  'view',
] as const;
