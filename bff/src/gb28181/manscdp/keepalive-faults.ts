import type { ManscdpDocument } from './document.ts';

const MAX_FAULTS = 256;
const SOURCE_ID = /^[0-9A-Za-z]{1,20}$/;

/**
 * IDs of what is out of order at a device, as its keepalive lists them (GB/T 28181-2016 annex A.2.5 a): sorted, each
 * once, at most 256.
 */
export function readKeepaliveFaults({ element }: ManscdpDocument): readonly string[] {
  const faults = new Set<string>();
  for (const info of element.children) {
    if (info.name !== 'Info') continue;
    for (const { name, text } of info.children)
      if (name === 'DeviceID' && SOURCE_ID.test(text) && faults.size < MAX_FAULTS) faults.add(text);
  }
  return [...faults].sort();
}
