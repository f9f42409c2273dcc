import assert from 'node:assert/strict';
import { ptzBody, queryBody } from '../../../../bff/src/gb28181/manscdp/bodies.ts';
import { bodyOf, fixture } from '../fixture.ts';

const text = (body: Uint8Array): string =>
  Buffer.from(body).toString('latin1').replaceAll('\r\n', '\n').trim();
const formOf = (file: string): string => text(bodyOf(fixture(`gb28181/${file}`)));

describe('bodies of the platform (GB/T 28181-2016 annex A.2)', () => {
  it('of queries are those of the message forms', () => {
    const deviceId = '34020000001180000001';
    const gbVersion = '2.0';
    assert.equal(
      text(queryBody('Catalog', { sn: 17_430, deviceId, gbVersion })),
      formOf('c1-catalog-query.sip'),
    );
    assert.equal(
      text(queryBody('DeviceInfo', { sn: 301, deviceId, gbVersion })),
      formOf('q1-deviceinfo-q.sip'),
    );
  });

  it('of a PTZ command is that of the message form', () => {
    const command = {
      sn: 401,
      channelId: '34020000001320000001',
      ptzCmd: 'A50F0101400000F6',
      gbVersion: '2.0',
    };
    assert.equal(text(ptzBody(command)), formOf('d1-ptz-right.sip'));
  });

  const versions = [
    [undefined, 'GB2312'],
    ['1.0', 'GB2312'],
    ['2.0', 'GB2312'],
    ['3.0', 'GB18030'],
  ] as const;
  for (const [gbVersion, encoding] of versions) {
    it(`declare ${encoding} to a device of version ${gbVersion ?? 'unknown'}`, () => {
      const body = queryBody('Catalog', { sn: 1, deviceId: '34020000001180000001', gbVersion });
      assert.match(text(body), new RegExp(`^<\\?xml version="1.0" encoding="${encoding}"\\?>\n<Query>`));
    });
  }
});
