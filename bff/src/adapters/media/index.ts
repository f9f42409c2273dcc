export { createEmbeddedMedia, type EmbeddedMedia, type EmbeddedMediaOptions } from './embedded-media.ts';
