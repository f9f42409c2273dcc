import assert from 'node:assert/strict';
import fc from 'fast-check';
import { refusalStatus } from '../../../../bff/src/media-engine/delivery/refusal-status.ts';
import { readViewerUrl } from '../../../../bff/src/media-engine/delivery/viewer-request.ts';

describe('the address that a viewer asks for', () => {
  it('is a public name of any depth with the suffix .flv, and a query that is handed on raw', () => {
    assert.deepEqual(readViewerUrl('/v3/openlive/Q00000001_1_1.flv?expire=1&t=a%20b'), {
      publicName: 'v3/openlive/Q00000001_1_1',
      query: 'expire=1&t=a%20b',
    });
    assert.deepEqual(readViewerUrl('/rtp/0102.flv'), { publicName: 'rtp/0102', query: '' });
    assert.deepEqual(readViewerUrl('/a.flv?x=1?y'), { publicName: 'a', query: 'x=1?y' });
  });

  const none: readonly [string, string | undefined][] = [
    ['nothing', undefined],
    ['the root', '/'],
    ['another suffix', '/live/a.m3u8'],
    ['a suffix without a name', '/.flv'.replace('.', '%2e')],
    ['a step upwards', '/live/../../etc/passwd.flv'],
    ['characters that no name has', '/live/%61.flv'],
    ['a control character', '/live/a\u0000.flv'],
    ['a name of more than 256 characters', `/${'a'.repeat(257)}.flv`],
    ['more than 2,048 characters', `/a.flv?${'x'.repeat(2_048)}`],
    ['the absolute form', 'http://host/live/a.flv'],
  ];
  for (const [title, url] of none) {
    it(`is none when it is ${title}`, () => {
      assert.equal(readViewerUrl(url), undefined);
    });
  }

  it('is read without a throw, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 64 }), (text) => {
        const read = readViewerUrl(`/${text}.flv`);
        if (read) assert.match(read.publicName, /^[\w\-./]+$/);
      }),
    );
  });
});

describe('the HTTP status of a refusal', () => {
  const statuses: readonly [code: string, status: number][] = [
    ['GRANT_EXPIRED', 403],
    ['GRANT_INVALID', 403],
    ['FORBIDDEN', 403],
    ['STREAM_NOT_FOUND', 404],
    ['DEVICE_NOT_FOUND', 404],
    ['DEVICE_TIMEOUT', 504],
    ['MEDIA_NO_RTP', 504],
    ['DEVICE_REFUSED', 502],
    ['MEDIA_NO_TRACK', 502],
    ['INTERNAL', 500],
    ['DEVICE_OFFLINE', 503],
    ['QUOTA_EXCEEDED', 503],
    ['a code of tomorrow', 503],
  ];
  for (const [code, status] of statuses) {
    it(`of ${code} is ${String(status)}`, () => {
      assert.equal(refusalStatus(code), status);
    });
  }
});
