import { flag, text, type Builtin, type BuiltinNode } from './define.ts';

const FITS: Readonly<Record<string, string>> = { aspectFit: 'contain', aspectFill: 'cover', center: 'none' };

function createImage(
  node: BuiltinNode,
  resolve: (src: string, from: string) => string,
): ReturnType<Builtin['create']> {
  const image = document.createElement('img');
  image.alt = '';
  image.draggable = false;
  node.host.prepend(image);
  image.addEventListener('load', () => {
    node.host.classList.remove('yimu-broken');
    node.trigger('load', { width: image.naturalWidth, height: image.naturalHeight });
  });
  image.addEventListener('error', () => {
    node.host.classList.add('yimu-broken');
    node.trigger('error', { errMsg: `failed to load ${node.text('src')}` });
  });
  return {
    update(name, value) {
      if (name === 'src') {
        const src = typeof value === 'string' ? value : '';
        if (src === '') image.removeAttribute('src');
        else image.src = resolve(src, node.ownerPath());
      } else if (name === 'mode') {
        image.style.objectFit = FITS[String(value)] ?? 'fill';
        node.host.classList.toggle('yimu-width-fix', value === 'widthFix');
        node.host.classList.toggle('yimu-height-fix', value === 'heightFix');
      } else if (name === 'lazyLoad') {
        image.loading = value === true ? 'lazy' : 'eager';
      }
    },
  };
}

/** `image` and `cover-image`; `resolve` finds pictures of the package. */
export function images(resolve: (src: string, from: string) => string): readonly Builtin[] {
  const properties = {
    src: text(),
    mode: text('scaleToFill'),
    lazyLoad: flag(),
    showMenuByLongpress: flag(),
    webp: flag(),
  };
  return ['image', 'cover-image'].map((tag) => ({
    tag,
    properties,
    create: (node: BuiltinNode) => createImage(node, resolve),
  }));
}
