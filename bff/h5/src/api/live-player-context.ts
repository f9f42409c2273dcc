import { Component } from 'glass-easel';
import type { ComponentCaller } from 'glass-easel-miniprogram-adapter';
import { livePlayerControls, type LivePlayerControls } from '../builtins/live-player.ts';
import { call, CallFailure, unsupported } from './calls.ts';

function find(id: string, scope: ComponentCaller | undefined): LivePlayerControls {
  const node = scope?._$.getShadowRoot()?.getElementById(id);
  const controls = node !== undefined && Component.isComponent(node) ? livePlayerControls(node) : undefined;
  if (controls === undefined) throw new CallFailure(`no live-player with id ${id}`);
  return controls;
}

function wanted(started: boolean): void {
  if (!started) throw new CallFailure('src is empty');
}

/** `wx.createLivePlayerContext(id, this)`; the element is looked for at each call. */
export function livePlayerContext(
  id: string,
  scope: () => ComponentCaller | undefined,
): Record<string, unknown> {
  const player = (): LivePlayerControls => find(id, scope());
  return {
    play: call('operateLivePlayer', () => {
      wanted(player().play());
    }),
    stop: call('operateLivePlayer', () => {
      player().stop();
    }),
    pause: call('operateLivePlayer', () => {
      player().pause();
    }),
    resume: call('operateLivePlayer', () => {
      wanted(player().resume());
    }),
    mute: call('operateLivePlayer', () => {
      player().mute();
    }),
    snapshot: call('snapshot', () => player().snapshot()),
    requestFullScreen: call<{ direction?: number }>('operateLivePlayer', ({ direction }) => {
      player().requestFullScreen(direction ?? 0);
    }),
    exitFullScreen: call('operateLivePlayer', () => {
      player().exitFullScreen();
    }),
    exitPictureInPicture: unsupported('exitPictureInPicture'),
    requestBackgroundPlayback: unsupported('requestBackgroundPlayback'),
    exitBackgroundPlayback: unsupported('exitBackgroundPlayback'),
  };
}
