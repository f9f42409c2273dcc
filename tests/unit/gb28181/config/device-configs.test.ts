import assert from 'node:assert/strict';
import type { ConfigName, ConfigSections } from '../../../../shared/src/index.ts';
import { SECTIONS } from '../../../../bff/src/gb28181/config/sections.ts';
import { CAMERA, NVR } from '../a-platform.ts';
import { bodyOf, fixture, readDocument } from '../fixture.ts';
import { reasonOf } from '../outcomes.ts';
import { Asked } from '../queries/asked.ts';

/** What each form of the standard sets. */
const SET: { readonly [Name in ConfigName]?: readonly [form: string, value: ConfigSections[Name]] } = {
  BasicParam: [
    'f1-basicparam',
    { name: '一楼NVR', expirationS: 3_600, heartBeatIntervalS: 60, heartBeatCount: 3 },
  ],
  VideoParamAttribute: [
    'f2-videoparamattribute',
    {
      streams: [
        {
          streamNumber: 0,
          videoFormat: '2',
          resolution: '6',
          frameRate: '25',
          bitRateType: '1',
          videoBitRateKbps: '2048',
        },
      ],
    },
  ],
  VideoRecordPlan: [
    'f3-videorecordplan',
    {
      enabled: true,
      days: [
        {
          weekDay: 1,
          segments: [
            { start: '00:00:00', stop: '11:59:59' },
            { start: '12:00:00', stop: '23:59:59' },
          ],
        },
      ],
      streamNumber: 0,
    },
  ],
  VideoAlarmRecord: [
    'f4-videoalarmrecord',
    { enabled: true, recordTimeS: 60, preRecordTimeS: 5, streamNumber: 0 },
  ],
  PictureMask: [
    'f5-picturemask',
    { on: true, regions: [{ seq: 1, left: 0, top: 0, right: 1920, bottom: 1080 }] },
  ],
  FrameMirror: ['f6-framemirror', { mirror: 3 }],
  AlarmReport: ['f7-alarmreport', { motionDetection: true, fieldDetection: false }],
  OSDConfig: [
    'f8-osdconfig',
    {
      length: 1920,
      width: 1080,
      time: { enabled: true, type: 0, x: 32, y: 32 },
      textEnabled: true,
      lines: [{ text: '大门口', x: 32, y: 1000 }],
    },
  ],
  SnapShotConfig: [
    'f9-snapshot',
    {
      snapNum: 1,
      intervalS: 1,
      uploadUrl: 'https://img.example.com/gb/snap/6f1d',
      sessionId: 'a1b2c3d4-0001-4f6e-9a77-0123456789ab',
    },
  ],
  SVACEncodeConfig: [
    'f10-svacencode',
    { roi: { enabled: true, regions: [{ seq: 1, topLeft: 0, bottomRight: 1024, quality: 2 }] } },
  ],
};

const plain = (body: string): string => body.replace(/<SN>\d+/, '<SN>').replaceAll(/\s*\r?\n\s*/g, '');
const answer = (inner: string): string =>
  `<CmdType>ConfigDownload</CmdType><SN/><DeviceID>${CAMERA}</DeviceID><Result>OK</Result>${inner}`;
const BASIC = '<BasicParam><Name>n</Name><Expiration>3600</Expiration></BasicParam>';
const OPT =
  '<VideoParamOpt><DownloadSpeed>1/2/4</DownloadSpeed><Resolution>4/5/6</Resolution></VideoParamOpt>';

async function set<Name extends ConfigName>(
  asked: Asked,
  name: Name,
  value: ConfigSections[Name],
): Promise<string> {
  const done = asked.platform.config.write(NVR, CAMERA, name, value);
  const sent = await asked.taken();
  asked.tell(`<CmdType>DeviceConfig</CmdType><SN/><DeviceID>${CAMERA}</DeviceID><Result>OK</Result>`);
  assert.equal(await done, 'done');
  return sent;
}

describe('the configuration of devices', () => {
  for (const name of Object.keys(SET) as ConfigName[]) {
    const [form, value] = SET[name] ?? ['', undefined];
    it(`${name} is written as the form of the standard has it, and read back`, async () => {
      const wanted = bodyOf(fixture(`gb28181/${form}.sip`));
      const asked = await Asked.device(wanted.includes('GB18030') ? '3.0' : '2.0');
      await set(asked, name, value as never);
      const sent = Buffer.from(asked.harness.sip.lastRequest.options.body ?? '');
      assert.equal(plain(sent.toString('latin1')), plain(wanted.toString('latin1')));
      const element = readDocument(sent).element.child(name);
      assert.ok(element);
      const read = SECTIONS[name].read(element);
      assert.deepEqual(JSON.parse(JSON.stringify(read)), JSON.parse(JSON.stringify(value)));
      assert.deepEqual(asked.learned, [`DeviceConfig.${name} supported`]);
    });
  }

  for (const [form, name, value] of [
    [
      'q4-config-basic',
      'BasicParam',
      {
        name: '一楼NVR',
        expirationS: 3_600,
        heartBeatIntervalS: 60,
        heartBeatCount: 3,
        positionCapability: 0,
      },
    ],
    [
      'q5-config-videoparamopt',
      'VideoParamOpt',
      { downloadSpeeds: ['1', '2', '4', '8'], resolutions: ['4', '5', '6'] },
    ],
  ] as const)
    it(`${name} is asked for and read by the forms of the standard`, async () => {
      const asked = await Asked.device('2.0');
      const target = name === 'BasicParam' ? NVR : CAMERA;
      const reading = asked.platform.config.read(NVR, target, name);
      const query = bodyOf(fixture(`gb28181/${form}-q.sip`)).toString('latin1');
      assert.equal(plain(await asked.taken()), plain(query));
      asked.tellForm(`${form}-r`);
      assert.deepEqual(JSON.parse(JSON.stringify(await reading)), { state: 'value', value });
      assert.deepEqual(asked.learned, [`ConfigDownload.${name} supported`]);
    });

  it('BasicParam is the device’s own, whichever channel was named (Dahua) (Q22)', async () => {
    const asked = await Asked.device();
    assert.match(await set(asked, 'BasicParam', { name: 'n' }), new RegExp(`<DeviceID>${NVR}<`));
    asked.platform.config.read(NVR, CAMERA, 'BasicParam').catch(() => undefined);
    assert.match(await asked.taken(), new RegExp(`<DeviceID>${NVR}<`));
  });

  it('illegal heartbeat parameters are brought into the range that makes sense', async () => {
    const asked = await Asked.device();
    const reading = asked.platform.config.read(NVR, NVR, 'BasicParam');
    await asked.taken();
    asked.tell(
      answer(
        '<BasicParam><HeartBeatInterval>0</HeartBeatInterval><HeartBeatCount>999</HeartBeatCount></BasicParam>',
      ),
    );
    const { value } = (await reading) as { readonly value: ConfigSections['BasicParam'] };
    assert.deepEqual([value.heartBeatIntervalS, value.heartBeatCount], [5, 20]);
  });

  it('several sections come by one query, each in a message of its own', async () => {
    const asked = await Asked.device();
    const readings = asked.platform.config.readSome(NVR, NVR, ['BasicParam', 'VideoParamOpt']);
    assert.match(await asked.taken(), /<ConfigType>BasicParam\/VideoParamOpt</);
    asked.tell(answer(BASIC));
    asked.tell(answer(OPT));
    const { BasicParam, VideoParamOpt } = await readings;
    assert.deepEqual([BasicParam?.state, VideoParamOpt?.state], ['value', 'value']);
    assert.equal(asked.harness.sip.requests.length, 1);
  });

  it('what a joined query does not bring is asked for apart, and OK without an element is “empty” (Q41)', async () => {
    const asked = await Asked.device();
    const readings = asked.platform.config.readSome(NVR, NVR, ['BasicParam', 'VideoParamOpt']);
    await asked.taken();
    asked.tell(answer(BASIC));
    await asked.harness.clock.advance(2_000);
    assert.match(await asked.taken(), /<ConfigType>VideoParamOpt</);
    asked.tellFile('gb28181/quirks/q41-configdownload-ok-alone.sip');
    const { BasicParam, VideoParamOpt } = await readings;
    assert.deepEqual([BasicParam?.state, VideoParamOpt], ['value', { state: 'empty' }]);
    assert.deepEqual(asked.learned, [
      'ConfigDownload.BasicParam supported',
      'ConfigDownload.VideoParamOpt empty',
    ]);
  });

  it('a device that leaves two questions unanswered is asked no more', async () => {
    const asked = await Asked.device('3.0');
    const names = ['OSDConfig', 'FrameMirror', 'PictureMask'] as const;
    const readings = asked.platform.config.readSome(NVR, CAMERA, names);
    for (let turn = 0; turn < 3; turn += 1) {
      await asked.taken();
      await asked.harness.clock.advance(10_000);
    }
    const { OSDConfig, FrameMirror, PictureMask } = await readings;
    assert.deepEqual(
      [OSDConfig?.state, FrameMirror?.state, PictureMask?.state],
      ['failed', 'failed', 'not-asked'],
    );
    assert.equal(asked.harness.sip.requests.length, 3, 'the joined one and two apart');
  });

  it('an element of another name is known by what is in it (Uniview) (Q40)', async () => {
    const asked = await Asked.device('3.0');
    const reading = asked.platform.config.read(NVR, CAMERA, 'VideoParamAttribute');
    await asked.taken();
    asked.tellFile('gb28181/quirks/q40-videoparamconfig.sip');
    const { state, value } = (await reading) as {
      readonly state: string;
      readonly value: ConfigSections['VideoParamAttribute'];
    };
    assert.equal(state, 'value');
    assert.deepEqual(
      value.streams.map(({ streamNumber, videoFormat }) => [streamNumber, videoFormat]),
      [[0, '5']],
    );
  });

  it('SnapShot in place of SnapShotConfig is the section, as the text spells it', async () => {
    const asked = await Asked.device('3.0');
    const reading = asked.platform.config.read(NVR, CAMERA, 'SnapShotConfig');
    await asked.taken();
    asked.tell(answer('<SnapShot><SnapNum>2</SnapNum></SnapShot>'));
    assert.deepEqual(await reading, {
      state: 'value',
      value: { snapNum: 2, intervalS: 1, uploadUrl: '', sessionId: '' },
    });
  });

  it('an error is passed on in the device’s words', async () => {
    const asked = await Asked.device('3.0');
    const done = asked.platform.config.write(NVR, CAMERA, 'FrameMirror', { mirror: 1 });
    await asked.taken();
    asked.tell(
      `<CmdType>DeviceConfig</CmdType><SN/><DeviceID>${CAMERA}</DeviceID><Result>ERROR</Result><Reason>no</Reason>`,
    );
    await assert.rejects(done, { reason: 'rejected', message: 'no' });
    const silent = asked.platform.config.write(NVR, CAMERA, 'FrameMirror', { mirror: 1 });
    silent.catch(() => undefined);
    await asked.taken();
    await asked.harness.clock.advance(10_000);
    assert.deepEqual(await reasonOf(silent), ['timeout', undefined]);
    assert.deepEqual(asked.learned, ['DeviceConfig.FrameMirror refused', 'DeviceConfig.FrameMirror silent']);
  });

  it('a device that unregisters instead of answering BasicParam has restarted (Uniview) (Q22)', async () => {
    const asked = await Asked.device();
    const basic = asked.platform.config.write(NVR, NVR, 'BasicParam', { heartBeatIntervalS: 30 });
    await asked.taken();
    const mirror = asked.platform.config.write(NVR, CAMERA, 'FrameMirror', { mirror: 0 });
    await asked.taken();
    assert.equal(asked.harness.attempt(NVR, { expires: 0 }).status, 200);
    assert.equal(await basic, 'restarted');
    assert.deepEqual(await reasonOf(mirror), ['not-registered', undefined]);
    assert.equal(asked.waiting, 0);
  });
});
