import assert from 'node:assert/strict';
import { ParameterSets, type VideoConfig } from '../../../../bff/src/media-engine/es/parameter-sets.ts';
import { type AudioFacts, FlvProgram } from '../../../../bff/src/media-engine/flv/flv-program.ts';
import { type FlvTag, makeFlvTag } from '../../../../bff/src/media-engine/flv/flv-tag.ts';
import type { PipelineTracks } from '../../../../bff/src/media-engine/pipeline.ts';
import { H264_PPS, H264_SPS, H264_SPS_1080P } from '../../../support/media/nal-samples.ts';

function config(sps: Uint8Array): VideoConfig {
  const sets = new ParameterSets('h264');
  for (const nal of [sps, H264_PPS]) sets.note(nal, 0, nal.length);
  const found = sets.takeChanged();
  assert.ok(found);
  return found;
}
const HD = config(H264_SPS);
const AAC = { specific: Uint8Array.of(0x15, 0x88), rateHz: 8_000, channels: 1 };

interface Bench {
  readonly program: FlvProgram;
  readonly order: string[];
  readonly tracks: PipelineTracks[];
  readonly audio: { -readonly [Key in keyof AudioFacts]: AudioFacts[Key] };
  readonly picture: (atMs: number) => void;
}

function bench(outlook: AudioFacts['outlook'], promised = false): Bench {
  const order: string[] = [];
  const tracks: PipelineTracks[] = [];
  const describeTag = ({ kind, config: isConfig, timestampMs }: FlvTag): string =>
    `${kind}${isConfig && kind !== 'script' ? '-config' : ''}@${String(timestampMs)}`;
  const audio: Bench['audio'] = {
    outlook,
    coding: undefined,
    fault: undefined,
    startSilent: () => {
      if (!promised) return false;
      audio.outlook = 'known';
      audio.coding = 'pcma';
      program.onAudioConfig(AAC);
      return true;
    },
  };
  const program = new FlvProgram(
    {
      onTracks: (told) => {
        order.push('tracks');
        tracks.push(told);
      },
      onTag: (tag) => order.push(describeTag(tag)),
    },
    audio,
  );
  return {
    program,
    order,
    tracks,
    audio,
    picture: (atMs) => {
      program.onVideoFrame(
        makeFlvTag('video', atMs, { keyFrame: atMs === 0, config: false }, [Uint8Array.of(0)]),
      );
    },
  };
}

describe('what an FLV stream begins with', () => {
  it('is what it carries, metadata, both configurations, and then the frames that waited', () => {
    const { program, order, tracks, audio, picture } = bench('awaited');
    program.onVideoConfig(HD);
    picture(0);
    picture(40);
    assert.deepEqual(order, []);
    audio.outlook = 'known';
    audio.coding = 'aac';
    program.onAudioConfig(AAC);
    program.onAudioFrame(Uint8Array.of(1), 8);
    picture(80);
    assert.deepEqual(order, [
      'tracks',
      'script@0',
      'video-config@0',
      'audio-config@0',
      'video@0',
      'video@40',
      'audio@8',
      'video@80',
    ]);
    assert.deepEqual(tracks, [
      { video: 'h264', audio: 'aac', audioFault: undefined, width: 1280, height: 720 },
    ]);
  });

  it('does not wait when the stream map names no sound', () => {
    const { program, order, tracks, picture } = bench('none');
    program.onVideoConfig(HD);
    picture(0);
    assert.deepEqual(order, ['tracks', 'script@0', 'video-config@0', 'video@0']);
    assert.equal(tracks[0]?.audio, undefined);
  });

  it('does not wait longer than a second of pictures for sound that nobody promised', () => {
    const { program, order, tracks, picture } = bench('awaited');
    program.onVideoConfig(HD);
    for (let at = 0; at < 1_000; at += 40) picture(at);
    assert.deepEqual(order, []);
    picture(1_000);
    assert.deepEqual(order.slice(0, 4), ['tracks', 'script@0', 'video-config@0', 'video@0']);
    assert.equal(order.length, 3 + 26);
    assert.equal(tracks[0]?.audio, undefined);
  });

  it('has silence for sound that was promised and does not come within that second', () => {
    const { program, order, tracks, picture } = bench('awaited', true);
    program.onVideoConfig(HD);
    for (let at = 0; at <= 1_000; at += 40) picture(at);
    assert.deepEqual(order.slice(0, 4), ['tracks', 'script@0', 'video-config@0', 'audio-config@0']);
    assert.equal(tracks[0]?.audio, 'pcma');
    assert.equal(tracks.length, 1);
  });

  it('holds no more than a thousand frames while it waits', () => {
    const { program, order } = bench('awaited');
    program.onVideoConfig(HD);
    for (let i = 0; i < 999; i += 1) {
      program.onVideoFrame(makeFlvTag('video', 0, { keyFrame: false, config: false }, []));
    }
    assert.deepEqual(order, []);
    program.onVideoFrame(makeFlvTag('video', 0, { keyFrame: false, config: false }, []));
    assert.equal(order.length, 3 + 1_000);
  });

  it('holds no more than 8 MiB while it waits', () => {
    const { program, order } = bench('awaited');
    program.onVideoConfig(HD);
    for (let i = 0; i < 8; i += 1) {
      program.onVideoFrame(
        makeFlvTag('video', 0, { keyFrame: false, config: false }, [new Uint8Array(1024 * 1024)]),
      );
    }
    assert.equal(order[0], 'tracks');
  });
});

describe('what changes while an FLV stream runs', () => {
  it('is told before the frames that need it: another resolution', () => {
    const { program, order, tracks, picture } = bench('none');
    program.onVideoConfig(HD);
    picture(0);
    program.onVideoConfig(config(H264_SPS_1080P));
    picture(40);
    assert.deepEqual(order.slice(4), ['tracks', 'script@0', 'video-config@0', 'video@40']);
    assert.deepEqual([tracks[1]?.width, tracks[1]?.height], [1920, 1080]);
  });

  it('is told before the frames that need it: sound that comes late', () => {
    const { program, order, tracks, audio, picture } = bench('none');
    program.onVideoConfig(HD);
    picture(0);
    audio.coding = 'aac';
    program.onAudioConfig(AAC);
    program.onAudioFrame(Uint8Array.of(1), 30);
    assert.deepEqual(order.slice(4), ['tracks', 'script@0', 'audio-config@0', 'audio@30']);
    assert.equal(tracks[1]?.audio, 'aac');
  });

  it('is told: why sound is not carried', () => {
    const { program, tracks, audio, picture } = bench('none');
    program.onVideoConfig(HD);
    picture(0);
    audio.fault = 'g729';
    program.settle();
    program.settle();
    assert.deepEqual(
      tracks.map(({ audioFault }) => audioFault),
      [undefined, 'g729'],
    );
  });
});
