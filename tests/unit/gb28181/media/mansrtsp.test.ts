import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  mansrtspBody,
  type PlaybackCommand,
  readMansrtspAnswer,
} from '../../../../bff/src/gb28181/media/mansrtsp.ts';
import { bodyOf, fixture } from '../fixture.ts';

/** Of a fixture, with line ends and the end of the text made alike. */
function formOf(path: string): string {
  return bodyOf(fixture(path)).toString('latin1').replaceAll('\r\n', '\n').trim();
}

function written(command: PlaybackCommand, sequence: number, version?: string): string {
  return Buffer.from(mansrtspBody(command, sequence, version)).toString('latin1');
}

describe('commands of a playback (GB/T 28181-2016 annex B)', () => {
  const forms: readonly (readonly [file: string, command: PlaybackCommand, sequence: number])[] = [
    ['m1-info-pause.sip', { do: 'pause' }, 2],
    ['m2-info-resume.sip', { do: 'resume' }, 3],
    ['m3-info-scale.sip', { do: 'scale', scale: 2 }, 4],
    ['m4-info-seek.sip', { do: 'seek', atS: 100 }, 5],
  ];
  for (const [file, command, sequence] of forms)
    it(`are written as ${file} has them`, () => {
      assert.equal(written(command, sequence).replaceAll('\r\n', '\n').trim(), formOf(`gb28181/${file}`));
    });

  it('are ended by an empty line, with CRLF throughout', () => {
    assert.equal(written({ do: 'resume' }, 1), 'PLAY RTSP/1.0\r\nCSeq: 1\r\nRange: npt=now-\r\n\r\n');
  });

  it('play backwards from a place to the begin', () => {
    assert.match(written({ do: 'scale', scale: -1, fromS: 600 }, 6), /Scale: -1\.0\r\nRange: npt=600-0\r\n/);
  });

  it('name paces from a quarter to sixteen without needless digits (Q52)', () => {
    const scales = [0.25, 0.5, 1, 2, 16, -4].map(
      (scale) => /Scale: (.*)\r/.exec(written({ do: 'scale', scale }, 1))?.[1],
    );
    assert.deepEqual(scales, ['0.25', '0.5', '1.0', '2.0', '16.0', '-4.0']);
  });

  it('name a place in whole seconds, none before the begin', () => {
    assert.match(written({ do: 'seek', atS: 12.9 }, 1), /npt=12-/);
    assert.match(written({ do: 'seek', atS: -3 }, 1), /npt=0-/);
  });
});

describe('the answer to a command of a playback', () => {
  it('of the message forms and of a Hikvision recorder is read', () => {
    assert.deepEqual(readMansrtspAnswer(bodyOf(fixture('gb28181/m4-info-seek-200.sip'))), {
      status: 200,
      fromS: 100,
      scale: undefined,
    });
    assert.equal(readMansrtspAnswer(bodyOf(fixture('captured/021-hik-200-info-play.sip'))).status, 200);
  });

  it('without body is consent', () => {
    assert.equal(readMansrtspAnswer(new Uint8Array()).status, 200);
  });

  it('may refuse within a 200, and tell the pace', () => {
    assert.equal(readMansrtspAnswer(Buffer.from('RTSP/1.0 457 Invalid Range\r\nCSeq: 4\r\n')).status, 457);
    assert.equal(readMansrtspAnswer(Buffer.from('MANSRTSP/1.0 200 OK\nScale : 0.5\n')).scale, 0.5);
  });

  it('never trips', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        assert.ok(readMansrtspAnswer(bytes).status >= 0);
      }),
    );
  });
});
