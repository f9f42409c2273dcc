import assert from 'node:assert/strict';
import fc from 'fast-check';
import { alarmResponseBody, readAlarm } from '../../../../bff/src/gb28181/manscdp/alarm.ts';
import { readManscdp } from '../../../../bff/src/gb28181/manscdp/document.ts';
import { readKeepaliveFaults } from '../../../../bff/src/gb28181/manscdp/keepalive-faults.ts';
import { readPositions } from '../../../../bff/src/gb28181/manscdp/mobile-position.ts';
import { bodyOf, fixture, readDocument } from '../fixture.ts';

const NVR = '34020000001180000001';
const CAMERA = '34020000001320000001';

function notice(cmdType: string, inner: string): ReturnType<typeof readDocument> {
  return readDocument(
    Buffer.from(`<?xml version="1.0"?><Notify><CmdType>${cmdType}</CmdType><SN>1</SN>${inner}</Notify>`),
  );
}

describe('readAlarm (GB/T 28181-2016 annex A.2.5 b)', () => {
  it('reads the standard form: a1-alarm.sip', () => {
    assert.deepEqual(readAlarm(readDocument(bodyOf(fixture('gb28181/a1-alarm.sip'))), 'message'), {
      sourceGbId: CAMERA,
      priority: 4,
      method: 5,
      type: 6,
      eventType: 1,
      atMs: Date.UTC(2026, 0, 15, 2, 35, 12),
      description: undefined,
      longitude: 117.28,
      latitude: 31.86,
      via: 'message',
    });
  });

  it('reads the subscribed form: s6-notify-alarm.sip', () => {
    const alarm = readAlarm(readDocument(bodyOf(fixture('gb28181/s6-notify-alarm.sip'))), 'notify');
    assert.deepEqual(
      [alarm?.method, alarm?.type, alarm?.eventType, alarm?.description, alarm?.longitude],
      [5, 2, undefined, '移动侦测', undefined],
    );
  });

  it('reads what Dahua sends, its own AlarmInfo passed over: 031-dahua-ivss-alarm.xml', () => {
    const alarm = readAlarm(readDocument(fixture('captured/031-dahua-ivss-alarm.xml')), 'message');
    assert.deepEqual(
      [alarm?.sourceGbId, alarm?.priority, alarm?.method, alarm?.type, alarm?.description],
      ['34020000001310000001', 1, 5, 2, '视频动检'],
    );
  });

  it('reads AlarmType and EventType that stand beside Info', () => {
    const alarm = readAlarm(
      notice(
        'Alarm',
        `<DeviceID>${CAMERA}</DeviceID><AlarmType>6</AlarmType><AlarmTypeParam><EventType>2</EventType></AlarmTypeParam>`,
      ),
      'message',
    );
    assert.deepEqual([alarm?.type, alarm?.eventType], [6, 2]);
  });

  it('leaves out what is beyond its range, and an alarm of nobody', () => {
    const alarm = readAlarm(
      notice(
        'Alarm',
        `<DeviceID>${CAMERA}</DeviceID><AlarmPriority>9</AlarmPriority><AlarmMethod>0</AlarmMethod>` +
          '<AlarmTime>soon</AlarmTime><Longitude>999</Longitude><Latitude>1</Latitude>',
      ),
      'message',
    );
    assert.deepEqual(
      [alarm?.priority, alarm?.method, alarm?.atMs, alarm?.longitude, alarm?.latitude],
      [undefined, undefined, undefined, undefined, undefined],
    );
    assert.equal(readAlarm(notice('Alarm', ''), 'message'), undefined);
    assert.equal(readAlarm(notice('Alarm', "<DeviceID>' OR 1=1</DeviceID>"), 'message'), undefined);
  });

  it('is answered as the standard has it: a3-alarm-response.sip', () => {
    const own = readDocument(alarmResponseBody({ sn: 1, sourceGbId: CAMERA, gbVersion: undefined }));
    const theirs = readDocument(bodyOf(fixture('gb28181/a3-alarm-response.sip')));
    for (const { root, cmdType, sn, deviceId, element } of [own, theirs])
      assert.deepEqual(
        [root, cmdType, sn, deviceId, element.textOf('Result')],
        ['Response', 'Alarm', 1, CAMERA, 'OK'],
      );
  });
});

describe('readPositions', () => {
  it('reads the flat form of 2016: s8-notify-position-2016.sip', () => {
    assert.deepEqual(
      readPositions(readDocument(bodyOf(fixture('gb28181/s8-notify-position-2016.sip'))), NVR),
      [
        {
          sourceGbId: CAMERA,
          atMs: Date.UTC(2026, 0, 15, 2, 32, 0),
          longitude: 117.28,
          latitude: 31.86,
          speed: 12.5,
          direction: 90,
          altitude: 21,
          height: undefined,
        },
      ],
    );
  });

  it('reads the list of 2022: s9-notify-position-2022.sip', () => {
    const [position] = readPositions(
      readDocument(bodyOf(fixture('gb28181/s9-notify-position-2022.sip'))),
      NVR,
    );
    assert.deepEqual(
      [position?.sourceGbId, position?.atMs, position?.height],
      [CAMERA, Date.UTC(2026, 0, 15, 2, 32, 4), 3],
    );
  });

  it('takes the sender for the place where no DeviceID stands, as the text of 2016 has it', () => {
    const inner = '<Longitude> 1.5 </Longitude><Latitude>2</Latitude>';
    assert.equal(readPositions(notice('MobilePosition', inner), NVR)[0]?.sourceGbId, NVR);
  });

  it('leaves out what is no place: 0, 0 without a satellite, beyond the earth, or no number', () => {
    for (const [longitude, latitude] of [
      ['0', '0.0'],
      ['181', '1'],
      ['1', '-91'],
      ['east', '1'],
      ['', '1'],
    ] as const)
      assert.deepEqual(
        readPositions(
          notice('MobilePosition', `<Longitude>${longitude}</Longitude><Latitude>${latitude}</Latitude>`),
          NVR,
        ),
        [],
      );
  });
});

describe('readKeepaliveFaults (annex A.2.5 a)', () => {
  it('lists what is out of order, each once', () => {
    const document = notice(
      'Keepalive',
      `<DeviceID>${NVR}</DeviceID><Status>ERROR</Status><Info><DeviceID>${CAMERA}</DeviceID>` +
        `<DeviceID>34020000001310000002</DeviceID><DeviceID>${CAMERA}</DeviceID><DeviceID/></Info>`,
    );
    assert.deepEqual(readKeepaliveFaults(document), ['34020000001310000002', CAMERA]);
  });

  it('finds none in the ordinary form: k1-keepalive.sip', () => {
    assert.deepEqual(readKeepaliveFaults(readDocument(bodyOf(fixture('gb28181/k1-keepalive.sip')))), []);
  });

  it('keeps 256 at most', () => {
    const ids = Array.from({ length: 300 }, (_, n) => `<DeviceID>${String(n)}</DeviceID>`).join('');
    assert.equal(readKeepaliveFaults(notice('Keepalive', `<Info>${ids}</Info>`)).length, 256);
  });
});

describe('decoders of reports, by property', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.constantFrom('', '1', '5', '-1', '1e9', '181', '２', '2026-01-15T10:35:12', '99999999999', '0x10'),
  );
  const names = [
    'DeviceID',
    'AlarmPriority',
    'AlarmMethod',
    'AlarmType',
    'AlarmTime',
    'AlarmDescription',
    'EventType',
    'Longitude',
    'Latitude',
    'Speed',
    'Direction',
    'Time',
    'CaptureTime',
  ] as const;
  const leaf = fc
    .tuple(fc.constantFrom(...names), text)
    .map(([name, value]) => `<${name}>${value}</${name}>`);
  const tree = fc
    .array(
      fc.oneof(
        leaf,
        fc
          .tuple(
            fc.constantFrom('Info', 'AlarmTypeParam', 'DeviceList', 'Item'),
            fc.array(leaf, { maxLength: 4 }),
          )
          .map(([name, inner]) => `<${name}>${inner.join('')}</${name}>`),
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join(''));

  it('never throw, and give nothing beyond its range', () => {
    fc.assert(
      fc.property(tree, (inner) => {
        const read = readManscdp(
          Buffer.from(`<Notify><CmdType>Alarm</CmdType><SN>1</SN>${inner}</Notify>`, 'utf8'),
        );
        if (!read.ok) return;
        const alarm = readAlarm(read.document, 'message');
        if (alarm !== undefined) {
          assert.match(alarm.sourceGbId, /^[0-9A-Za-z]{1,20}$/);
          assert.ok((alarm.priority ?? 1) <= 4 && (alarm.method ?? 1) <= 7 && (alarm.type ?? 1) <= 999);
          assert.ok((alarm.description ?? '').length <= 256);
          assert.ok(Number.isFinite(alarm.atMs ?? 0));
        }
        for (const { longitude, latitude, sourceGbId } of readPositions(read.document, NVR)) {
          assert.ok(Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90);
          assert.match(sourceGbId, /^[0-9A-Za-z]{1,20}$/);
        }
        assert.ok(readKeepaliveFaults(read.document).length <= 256);
      }),
      { numRuns: 500 },
    );
  });
});
