import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import {
  idAt,
  mayListFaults,
  NO_KEEPALIVE,
  scanKeepalive,
} from '../../../../bff/src/gb28181/manscdp/keepalive-scan.ts';
import { bodyOf, fixture } from '../fixture.ts';

const NVR = '34020000001180000001';
const FORMS = fileURLToPath(new URL('../../../fixtures/gb28181/', import.meta.url));

function deviceOf(body: Buffer): string | undefined {
  const at = scanKeepalive(body);
  return at === NO_KEEPALIVE ? undefined : idAt(body, at);
}

describe('scanKeepalive', () => {
  const rows: readonly (readonly [title: string, body: Buffer, id: string])[] = [
    ['the message form', bodyOf(fixture('gb28181/k1-keepalive.sip')), NVR],
    ['Status inside Info', fixture('manscdp/keepalive-status-in-info.xml'), NVR],
    ['faults of sub-devices', fixture('manscdp/keepalive-with-faults.xml'), NVR],
    ['an old Dahua', bodyOf(fixture('captured/025-dahua-old-keepalive.sip')), '34020000001320000001'],
    ['a Hikvision in UTF-8', bodyOf(fixture('captured/053-hik-keepalive-utf8.sip')), '34020000001320000003'],
    [
      'blanks in its values',
      Buffer.from(`<Notify><CmdType> Keepalive\n</CmdType><DeviceID> ${NVR} </DeviceID>`),
      NVR,
    ],
    [
      'its ID before its command',
      Buffer.from(`<DeviceID>${NVR}</DeviceID><CmdType>Keepalive</CmdType>`),
      NVR,
    ],
  ];
  for (const [title, body, id] of rows) {
    it(`finds the ID of ${title}`, () => {
      assert.equal(deviceOf(body), id);
    });
  }

  it('finds a keepalive among no other message form', () => {
    const found = readdirSync(FORMS).filter(
      (file) => file.endsWith('.sip') && deviceOf(bodyOf(fixture(`gb28181/${file}`))) !== undefined,
    );
    assert.deepEqual(found, ['k1-keepalive.sip']);
  });

  const none: readonly (readonly [title: string, body: string])[] = [
    ['another command', `<Notify><CmdType>KeepaliveX</CmdType><DeviceID>${NVR}</DeviceID>`],
    [
      'a name that says Keepalive',
      `<CmdType>Catalog</CmdType><Name>Keepalive</Name><DeviceID>${NVR}</DeviceID>`,
    ],
    ['an ID cut off', '<CmdType>Keepalive</CmdType><DeviceID>340200'],
    ['no ID', '<CmdType>Keepalive</CmdType><SN>1</SN>'],
    ['nothing', ''],
  ];
  for (const [title, body] of none) {
    it(`finds none in ${title}`, () => {
      assert.equal(scanKeepalive(Buffer.from(body)), NO_KEEPALIVE);
    });
  }

  it('gives no ID where more than 20 characters stand', () => {
    const body = Buffer.from(`<CmdType>Keepalive</CmdType><DeviceID>${NVR}7</DeviceID>`);
    assert.notEqual(scanKeepalive(body), NO_KEEPALIVE);
    assert.equal(deviceOf(body), undefined);
  });

  it('never throws and never looks beyond the body', () => {
    const pieces = fc.constantFrom('<', '<CmdType>', 'Keepalive', '</CmdType>', '<DeviceID>', NVR, ' ', 'x');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const body = Buffer.from(parts.join(''));
        const at = scanKeepalive(body);
        assert.ok(at === NO_KEEPALIVE || at + 20 <= body.length);
        if (at !== NO_KEEPALIVE) assert.ok((idAt(body, at)?.length ?? 20) === 20);
      }),
    );
  });
});

describe('mayListFaults', () => {
  const id = '34020000001180000001';
  const listed = (body: string): boolean => {
    const bytes = Buffer.from(body);
    return mayListFaults(bytes, scanKeepalive(bytes));
  };

  it('sees an ID behind that of the device, however densely it is written', () => {
    const head = `<Notify><CmdType>Keepalive</CmdType><SN>1</SN><DeviceID>${id}</DeviceID>`;
    assert.equal(listed(`${head}<Info><DeviceID>${id}</DeviceID></Info></Notify>`), true);
    assert.equal(listed(`${head}<Status>OK</Status><Info></Info></Notify>`), false);
    assert.equal(listed(`${head}<Status>OK</Status></Notify>${' '.repeat(500)}`), false);
  });
});
