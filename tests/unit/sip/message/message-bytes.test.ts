import assert from 'node:assert/strict';
import fc from 'fast-check';
import { messageBytes } from '../../../../bff/src/sip/message/message-bytes.ts';

describe('messageBytes', () => {
  it('puts the body behind an ASCII head', () => {
    assert.equal(messageBytes('HEAD\r\n\r\n', Buffer.from('body')).toString(), 'HEAD\r\n\r\nbody');
    assert.equal(messageBytes('HEAD').toString(), 'HEAD');
  });

  it('writes UTF-8, and raw octets as they came', () => {
    assert.deepEqual(
      messageBytes('名\udcc7\udcb0😀', Buffer.from([1])),
      Buffer.concat([Buffer.from('名'), Buffer.from([0xc7, 0xb0]), Buffer.from('😀'), Buffer.from([1])]),
    );
  });

  it('never throws, and gives well-formed text back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        assert.equal(messageBytes(text).toString('utf8'), text);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        messageBytes(text);
      }),
    );
  });
});
