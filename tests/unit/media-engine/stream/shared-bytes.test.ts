import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SharedBytes } from '../../../../bff/src/media-engine/stream/shared-bytes.ts';

/** What a WebSocket client reads out of a server's bytes: whole, unmasked, binary messages (RFC 6455 §5.2). */
function messagesOf(bytes: Uint8Array): Buffer[] {
  const view = Buffer.from(bytes);
  const messages: Buffer[] = [];
  let at = 0;
  while (at < view.length) {
    assert.equal(view[at], 0x82, 'the final frame of a binary message');
    const short = view.readUInt8(at + 1);
    const head = short === 127 ? 10 : short === 126 ? 4 : 2;
    const length =
      head === 10 ? Number(view.readBigUInt64BE(at + 2)) : head === 4 ? view.readUInt16BE(at + 2) : short;
    assert.ok(at + head + length <= view.length);
    messages.push(view.subarray(at + head, at + head + length));
    at += head + length;
  }
  return messages;
}

describe('bytes that many viewers share', () => {
  it('are not copied for HTTP', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    assert.equal(SharedBytes.of(bytes).plain, bytes);
  });

  it('are made a WebSocket message once, whoever asks', () => {
    const shared = SharedBytes.of(Uint8Array.of(1, 2, 3));
    assert.equal(shared.message, shared.message);
  });

  const lengths = [0, 1, 125, 126, 127, 65_535, 65_536, 200_000];
  for (const length of lengths) {
    it(`of ${String(length)} bytes are one binary message with the shortest length field (RFC 6455 §5.2)`, () => {
      const plain = new Uint8Array(length).fill(7);
      const { message } = SharedBytes.of(plain);
      const head = length <= 125 ? 2 : length <= 65_535 ? 4 : 10;
      assert.equal(message.length, head + length);
      const [read, ...more] = messagesOf(message);
      assert.ok(read && more.length === 0);
      assert.ok(read.equals(plain));
    });
  }

  it('of many pieces are joined by one copy for both forms', () => {
    const merged = SharedBytes.merge([Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3)]);
    assert.deepEqual([...merged.plain], [1, 2, 3]);
    assert.equal(merged.message.buffer, merged.plain.buffer);
    assert.deepEqual(
      messagesOf(merged.message).map((message) => [...message]),
      [[1, 2, 3]],
    );
  });

  it('can begin later: from the start they are the same, from elsewhere a message of their own', () => {
    const merged = SharedBytes.merge([Uint8Array.of(1, 2), Uint8Array.of(3)]);
    assert.equal(merged.from(0), merged);
    assert.deepEqual([...merged.from(2).plain], [3]);
    assert.deepEqual([...(messagesOf(merged.from(2).message)[0] ?? [])], [3]);
  });

  it('read the same by HTTP and by WebSocket, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }), (pieces) => {
        const merged = SharedBytes.merge(pieces);
        const expected = Buffer.concat(pieces);
        assert.ok(Buffer.from(merged.plain).equals(expected));
        assert.ok(messagesOf(merged.message)[0]?.equals(expected));
      }),
    );
  });
});
