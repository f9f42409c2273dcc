import assert from 'node:assert/strict';
import type { CameraCommand, DeviceCommand } from '../../../../shared/src/index.ts';
import {
  type ControlForm,
  controlForm,
  frontEndForm,
  upgradeForm,
} from '../../../../bff/src/gb28181/control/control-body.ts';
import { writeBody } from '../../../../bff/src/gb28181/manscdp/body-writer.ts';
import { bodyOf, fixture } from '../fixture.ts';

const NVR = '34020000001180000001';
const CAMERA = '34020000001320000001';

function body(form: ControlForm, sn: number, deviceId: string, gbVersion?: string): string {
  const head = [
    ['CmdType', 'DeviceControl'],
    ['SN', String(sn)],
    ['DeviceID', deviceId],
  ] as const;
  return Buffer.from(writeBody('Control', gbVersion, [...head, ...form.nodes])).toString('latin1');
}

/** The message forms, without the blanks between elements. */
function form(file: string): string {
  return bare(bodyOf(fixture(`gb28181/${file}`)).toString('latin1'));
}

function bare(xml: string): string {
  return xml.replaceAll(/>\s+</g, '><').trim();
}

const AREA = { windowWidth: 1_920, windowHeight: 1_080, middleX: 960, middleY: 540, width: 480, height: 270 };
const TARGET = {
  windowWidth: 1_920,
  windowHeight: 1_080,
  middleX: 800,
  middleY: 500,
  width: 120,
  height: 200,
};

const FORMS: readonly (readonly [
  file: string,
  sn: number,
  deviceId: string,
  command: CameraCommand | DeviceCommand,
  answered: boolean,
  gbVersion?: string,
])[] = [
  ['d3-teleboot.sip', 403, NVR, { do: 'reboot' }, false],
  ['d4-record.sip', 404, CAMERA, { do: 'record', on: true }, true],
  ['d5-stoprecord.sip', 405, CAMERA, { do: 'record', on: false }, true],
  ['d6-setguard.sip', 406, CAMERA, { do: 'guard', on: true }, true],
  ['d7-resetalarm.sip', 407, CAMERA, { do: 'reset-alarm', method: 5, type: 2 }, true],
  ['d8-ifame-2016.sip', 408, CAMERA, { do: 'key-frame' }, false],
  ['d9-iframe-2022.sip', 409, CAMERA, { do: 'key-frame' }, false, '3.0'],
  ['d10-dragzoomin.sip', 410, CAMERA, { do: 'drag-zoom', direction: 'in', area: AREA }, false],
  [
    'd11-homeposition.sip',
    411,
    CAMERA,
    { do: 'home-position', enabled: true, resetTimeS: 300, preset: 1 },
    true,
  ],
  ['d12-ptzprecise.sip', 412, CAMERA, { do: 'precise', pan: 120, tilt: 10, zoom: 2 }, false, '3.0'],
  ['d14-formatsd.sip', 414, NVR, { do: 'format-sd-card', card: 1 }, false, '3.0'],
  [
    'd15-targettrack.sip',
    415,
    CAMERA,
    { do: 'track', mode: 'manual', trackerGbId: '34020000001320000002', area: TARGET },
    false,
    '3.0',
  ],
];

describe('bodies of DeviceControl (GB/T 28181-2016 A.2.3.1, -2022 A.2.3.1)', () => {
  for (const [file, sn, deviceId, command, answered, gbVersion] of FORMS) {
    it(`${file.replace('.sip', '')}: ${command.do}, ${answered ? 'answered' : 'not answered'}`, () => {
      const made = controlForm(command, gbVersion);
      assert.equal(bare(body(made, sn, deviceId, gbVersion)), form(file));
      assert.equal(made.answered, answered);
    });
  }

  it('an upgrade says firmware, where it is, its maker and the session; an address is escaped', () => {
    const order = {
      firmware: 'V4.1.71',
      fileUrl: 'https://ota.example.com/fw/nvr-4.1.71.bin?t=abc',
      manufacturer: 'Acme',
    };
    const session = 'a1b2c3d4-0001-4f6e-9a77-0123456789ab';
    assert.equal(bare(body(upgradeForm(order, session), 413, NVR, '3.0')), form('d13-upgrade.sip'));
    assert.match(
      body(upgradeForm({ ...order, fileUrl: 'https://a/b?c=1&d=<e>' }, session), 1, NVR),
      /<FileURL>https:\/\/a\/b\?c=1&amp;d=&lt;e&gt;<\/FileURL>/,
    );
  });

  it('a preset carries its name to devices of 2022 only, at most 32 octets of it', () => {
    const command = { do: 'preset-set', preset: 3, name: '门'.repeat(20) } as const;
    assert.doesNotMatch(body(frontEndForm(command, '2.0'), 1, CAMERA), /PTZCmdParams/);
    const [, , params] = frontEndForm(command, '3.0').nodes;
    assert.deepEqual(params, ['PTZCmdParams', [['PresetName', '门'.repeat(16)]]]);
  });

  it('the other spelling of the key frame is that of the other edition', () => {
    assert.equal(controlForm({ do: 'key-frame', spelling: 'other' }, '2.0').name, 'IFrameCmd');
    assert.equal(controlForm({ do: 'key-frame', spelling: 'other' }, '3.0').name, 'IFameCmd');
  });

  it('says nothing of what it was not told', () => {
    assert.deepEqual(controlForm({ do: 'reset-alarm' }, '2.0').nodes, [['AlarmCmd', 'ResetAlarm']]);
    assert.deepEqual(controlForm({ do: 'home-position', enabled: false }, '2.0').nodes, [
      ['HomePosition', [['Enabled', '0']]],
    ]);
    assert.deepEqual(controlForm({ do: 'precise', zoom: 3 }, '3.0').nodes, [
      ['PTZPreciseCtrl', [['Zoom', '3.00']]],
    ]);
    assert.deepEqual(controlForm({ do: 'track', mode: 'stop' }, '3.0').nodes, [['TargetTrack', 'Stop']]);
    assert.deepEqual(controlForm({ do: 'record', on: true, streamNumber: 1 }, '2.0').nodes, [
      ['RecordCmd', 'Record'],
    ]);
    assert.deepEqual(controlForm({ do: 'record', on: true, streamNumber: 1 }, '3.0').nodes, [
      ['RecordCmd', 'Record'],
      ['StreamNumber', '1'],
    ]);
  });
});
