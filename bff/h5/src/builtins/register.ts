import type { ComponentSpace } from 'glass-easel';
import type { LoadEngine } from '../player/video-stage.ts';
import type { Overlay } from '../ui/overlay.ts';
import { CONTAINERS } from './containers.ts';
import { defineBuiltin } from './define.ts';
import { FORM_ELEMENTS } from './form.ts';
import { images } from './image.ts';
import { livePlayer } from './live-player.ts';
import { navigator, type Navigate } from './navigator.ts';
import { picker } from './picker.ts';

export interface BuiltinPorts {
  readonly overlay: Overlay;
  readonly navigate: Navigate;
  readonly loadEngine: LoadEngine;
  resolvePicture(src: string, from: string): string;
}

/** Makes all built-in components known to the templates of the space. */
export function registerBuiltins(space: ComponentSpace, ports: BuiltinPorts): void {
  const all = [
    ...CONTAINERS,
    ...FORM_ELEMENTS,
    ...images((src, from) => ports.resolvePicture(src, from)),
    picker(ports.overlay),
    navigator(ports.navigate),
    livePlayer(ports.loadEngine),
  ];
  for (const builtin of all) defineBuiltin(space, builtin);
}
