import { startHost } from './host.ts';

const root = document.getElementById('yimu');
const pack = globalThis.yimuPackage;
if (root === null || pack === undefined) throw new Error('the package script did not load');
startHost({
  pack,
  root,
  loadEngine: async (video) => {
    const { createMpegtsEngine } = await import('./player/mpegts-engine.ts');
    return createMpegtsEngine(video);
  },
});
