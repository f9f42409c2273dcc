import assert from 'node:assert/strict';
import { readDeviceInfo } from '../../../../bff/src/gb28181/manscdp/device-info.ts';
import { bodyOf, fixture, readDocument } from '../fixture.ts';

describe('readDeviceInfo', () => {
  it('reads the message form, a Hikvision and a Dahua', () => {
    const form = readDeviceInfo(readDocument(bodyOf(fixture('gb28181/q1-deviceinfo-r.sip'))));
    assert.equal(form?.manufacturer, 'Acme');
    const hik = readDeviceInfo(readDocument(bodyOf(fixture('captured/033-hik-deviceinfo.sip'))));
    assert.deepEqual(hik, {
      name: 'IP DOME',
      manufacturer: 'Hikvision',
      model: 'DS-2DE3104W-DE',
      firmware: 'V5.4.0',
      channelCount: undefined,
    });
    const dahua = readDeviceInfo(readDocument(bodyOf(fixture('captured/007-dahua-deviceinfo.sip'))));
    assert.equal(dahua?.manufacturer, 'Dahua');
  });

  it('is undefined when the device reports an error and nothing else', () => {
    const error = '<Response><CmdType>DeviceInfo</CmdType><SN>1</SN><Result>ERROR</Result></Response>';
    assert.equal(readDeviceInfo(readDocument(Buffer.from(error))), undefined);
  });
});
