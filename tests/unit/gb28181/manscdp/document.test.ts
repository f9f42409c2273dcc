import assert from 'node:assert/strict';
import { readManscdp } from '../../../../bff/src/gb28181/manscdp/document.ts';
import { bodyOf, fixture, readDocument } from '../fixture.ts';

describe('readManscdp', () => {
  it('reads root, command, SN and device of every MANSCDP body among the message forms', () => {
    const read = (file: string): readonly unknown[] => {
      const { root, cmdType, sn, deviceId } = readDocument(bodyOf(fixture(`gb28181/${file}`)));
      return [root, cmdType, sn, deviceId];
    };
    assert.deepEqual(read('c3-catalog-part1.sip'), ['Response', 'Catalog', 17_430, '34020000001180000001']);
    assert.deepEqual(read('c1-catalog-query.sip'), ['Query', 'Catalog', 17_430, '34020000001180000001']);
    assert.deepEqual(read('d1-ptz-right.sip'), ['Control', 'DeviceControl', 401, '34020000001320000001']);
    assert.equal(read('m7-mediastatus.sip')[1], 'MediaStatus');
  });

  it('refuses other roots and bodies without a command', () => {
    const faultOf = (xml: string): string | undefined => {
      const result = readManscdp(Buffer.from(xml));
      return result.ok ? undefined : result.fault;
    };
    assert.equal(faultOf('<html><CmdType>Catalog</CmdType></html>'), 'unknown-root');
    assert.equal(faultOf('<Response><SN>1</SN></Response>'), 'no-cmd-type');
    assert.equal(faultOf(`<Response><CmdType>${'x'.repeat(65)}</CmdType></Response>`), 'no-cmd-type');
  });

  it('refuses a document type, and so every entity of one', () => {
    const result = readManscdp(fixture('manscdp/billion-laughs.xml'));
    assert.ok(!result.ok);
    assert.equal(result.fault, 'document-type');
  });

  it('has no SN for what is no number', () => {
    const sn = (text: string): number | undefined =>
      readDocument(Buffer.from(`<Response><CmdType>A</CmdType><SN>${text}</SN></Response>`)).sn;
    assert.equal(sn('0017'), 17);
    assert.equal(sn('-1'), undefined);
    assert.equal(sn('1e3'), undefined);
    assert.equal(sn('99999999999'), undefined);
  });
});
