import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FRAME_HEADROOM_BYTES, FRAME_TAILROOM_BYTES } from '../../../../bff/src/media-engine/es/frame.ts';
import { FrameArena } from '../../../../bff/src/media-engine/es/frame-arena.ts';

const open = (arena: FrameArena): Buffer =>
  Buffer.from(arena.slab.subarray(arena.start, arena.start + arena.length));

describe('the arena in which frames grow', () => {
  it('keeps what is appended together, with free room before and after, however large it grows', () => {
    const arena = new FrameArena();
    const whole: Buffer[] = [];
    for (let i = 0; i < 300; i += 1) {
      const piece = Buffer.alloc(1400, i);
      whole.push(piece.subarray(10, 1390));
      arena.append(piece, 10, 1390);
    }
    assert.ok(open(arena).equals(Buffer.concat(whole)));
    assert.ok(arena.start >= FRAME_HEADROOM_BYTES);
    assert.ok(arena.start + arena.length + FRAME_TAILROOM_BYTES <= arena.slab.length);
  });

  it('begins the next frame with what lies behind a sealed one', () => {
    const arena = new FrameArena();
    arena.append(Buffer.from('frame-rest'), 0, 10);
    const { slab, start } = arena;
    arena.seal(6);
    assert.equal(open(arena).toString(), 'rest');
    assert.equal(Buffer.from(slab.subarray(start, start + 6)).toString(), 'frame-');
  });

  it('forgets the open frame when told, and no other', () => {
    const arena = new FrameArena();
    arena.append(Buffer.from('one'), 0, 3);
    arena.seal(3);
    arena.append(Buffer.from('broken'), 0, 6);
    arena.drop();
    arena.append(Buffer.from('two'), 0, 3);
    assert.equal(open(arena).toString(), 'two');
  });

  it('never writes where a sealed frame and its room lie', () => {
    const step = fc.record({ bytes: fc.nat(90_000), seal: fc.boolean(), part: fc.nat(100) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const arena = new FrameArena();
        const sealed: { view: Uint8Array; copy: Buffer }[] = [];
        for (const [index, { bytes, seal, part }] of steps.entries()) {
          arena.append(Buffer.alloc(bytes, index + 1), 0, bytes);
          if (!seal) continue;
          const length = Math.floor((arena.length * part) / 100);
          // Head- and tailroom are the sealed frame's own: a container writes there.
          const view = arena.slab.subarray(arena.start - FRAME_HEADROOM_BYTES, arena.start + length);
          arena.seal(length);
          sealed.push({ view, copy: Buffer.from(view) });
        }
        for (const { view, copy } of sealed) assert.ok(copy.equals(view));
      }),
      { numRuns: 60 },
    );
  });
});
