import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readMansrtspOrder } from '../../../../bff/src/gb28181/cascade/mansrtsp-order.ts';
import { mansrtspBody } from '../../../../bff/src/gb28181/media/mansrtsp.ts';

const read = (text: string): unknown => readMansrtspOrder(Buffer.from(text));

describe('MANSRTSP of an upper platform (GB/T 28181-2016 annex B)', () => {
  it('reads each command as this platform writes it', () => {
    for (const command of [
      { do: 'pause' },
      { do: 'resume' },
      { do: 'seek', atS: 100 },
      { do: 'scale', scale: 0.25 },
      { do: 'scale', scale: 1 },
      { do: 'scale', scale: 16 },
      { do: 'scale', scale: -2, fromS: 600 },
    ] as const)
      assert.deepEqual(readMansrtspOrder(mansrtspBody(command, 3)), command);
  });

  it('reads the start line of the sample of 2016, and its Scale beside a Range', () => {
    assert.deepEqual(read('PLAY MANSRTSP/1.0\r\nCSeq: 2\r\nScale: 2.0\r\nRange: npt=20-\r\n\r\n'), {
      do: 'scale',
      scale: 2,
      fromS: 20,
    });
    assert.deepEqual(read('play RTSP/1.0\ncseq: 5\nRANGE : npt=100-\n'), { do: 'seek', atS: 100 });
  });

  it('reads the end, and nothing from what is none', () => {
    assert.deepEqual(read('TEARDOWN RTSP/1.0\r\nCSeq: 7\r\n\r\n'), { do: 'teardown' });
    for (const text of ['', 'OPTIONS RTSP/1.0\r\n', '<?xml version="1.0"?>'])
      assert.equal(read(text), undefined);
    assert.deepEqual(read('PLAY RTSP/1.0\r\nScale: 0\r\n'), { do: 'resume' }, 'no pace at all is no pace');
    assert.deepEqual(read('PLAY RTSP/1.0\r\nScale: 400\r\n'), { do: 'resume' });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
        readMansrtspOrder(octets);
      }),
    );
  });
});
