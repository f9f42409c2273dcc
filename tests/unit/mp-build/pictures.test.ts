import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writePictures } from '../../../scripts/mp/h5/assets.ts';
import { SourceFolder } from './source-folder.ts';

describe('pictures of the package in a browser', () => {
  const icon = '<svg xmlns="http://www.w3.org/2000/svg"/>';
  let folder: SourceFolder;
  let served: ReadonlyMap<string, string>;

  beforeEach(() => {
    folder = new SourceFolder({
      'mp/icon.svg': icon,
      'mp/scene.svg': `<svg>${' '.repeat(5000)}</svg>`,
      'mp/dot.png': 'png',
    });
    const pictures = ['icon.svg', 'scene.svg', 'dot.png'];
    served = writePictures(folder.path('mp'), folder.path('out'), pictures);
  });

  afterEach(() => {
    folder.dispose();
  });

  it('small drawings come with the package: they show without a network', () => {
    const [type, body = ''] = (served.get('icon.svg') ?? '').split(',');
    assert.equal(type, 'data:image/svg+xml;base64');
    assert.equal(Buffer.from(body, 'base64').toString(), icon);
  });

  it('large drawings and photographs are files whose names carry a hash of the content', () => {
    for (const name of ['scene.svg', 'dot.png']) {
      const path = served.get(name) ?? '';
      const [stem = '', suffix = ''] = name.split('.');
      assert.match(path, new RegExp(`^assets/${stem}-[\\w-]{10}\\.${suffix}$`));
      assert.ok(existsSync(folder.path('out', path)));
    }
  });
});
