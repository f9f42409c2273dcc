import assert from 'node:assert/strict';
import { CAMERA, NVR } from '../a-platform.ts';
import { bodyOf, fixture } from '../fixture.ts';
import { isSettled, reasonOf } from '../outcomes.ts';
import { Asked } from './asked.ts';

const presets = (sum: string, ...ids: readonly string[]): string =>
  `<CmdType>PresetQuery</CmdType><SN/><DeviceID>${CAMERA}</DeviceID>${sum}<PresetList Num="${String(ids.length)}">${ids
    .map((id) => `<Item><PresetID>${id}</PresetID><PresetName>p${id.trim()}</PresetName></Item>`)
    .join('')}</PresetList>`;

describe('questions to devices', () => {
  it('DeviceStatus: the form of the standard', async () => {
    const asked = await Asked.device();
    const answer = asked.platform.queries.deviceStatus(NVR);
    await asked.taken();
    asked.tellForm('q2-devicestatus-r');
    assert.deepEqual(await answer, {
      online: true,
      ok: true,
      reason: undefined,
      encoding: true,
      recording: false,
      deviceTime: '2026-01-15T10:33:00',
      alarmInputs: [{ gbId: '34020000001340000001', duty: 'off' }],
    });
    assert.deepEqual(asked.learned, ['DeviceStatus supported']);
  });

  it('each query is the form of the standard', async () => {
    const { queries } = (await Asked.device()).platform;
    const rows: readonly [string, (ask: typeof queries) => Promise<unknown>][] = [
      ['q2-devicestatus-q', (ask) => ask.deviceStatus(NVR)],
      ['q3-preset-q', (ask) => ask.presets(NVR, CAMERA)],
      ['q7-homeposition-q', (ask) => ask.homePosition(NVR, CAMERA)],
      ['q8-cruisetracklist-q', (ask) => ask.cruiseTracks(NVR, CAMERA)],
      ['q9-cruisetrack-q', (ask) => ask.cruiseTrack(NVR, CAMERA, 0)],
      ['q10-ptzposition-q', (ask) => ask.ptzPosition(NVR, CAMERA)],
      ['q11-sdcard-q', (ask) => ask.sdCards(NVR, NVR)],
    ];
    for (const [form, ask] of rows) {
      const expected = bodyOf(fixture(`gb28181/${form}.sip`)).toString('latin1');
      const asked = await Asked.device(expected.includes('GB18030') ? '3.0' : '2.0');
      ask(asked.platform.queries).catch(() => undefined);
      const sent = await asked.taken();
      const plain = (text: string): string => text.replace(/<SN>\d+/, '<SN>').replaceAll(/\s*\r?\n\s*/g, '');
      assert.equal(plain(sent), plain(expected), form);
    }
  });

  it('2022: home position, cruise tracks, position, memory cards from the forms of the standard', async () => {
    const asked = await Asked.device('3.0');
    const { queries } = asked.platform;
    const told = async <T>(answer: Promise<T>, form: string): Promise<T> => {
      await asked.taken();
      asked.tellForm(form);
      return await answer;
    };
    assert.deepEqual(await told(queries.homePosition(NVR, CAMERA), 'q7-homeposition-r'), {
      enabled: true,
      resetTimeS: 300,
      presetIndex: 1,
    });
    assert.deepEqual(await told(queries.cruiseTracks(NVR, CAMERA), 'q8-cruisetracklist-r'), {
      items: [{ number: 0, name: '夜间' }],
      complete: true,
    });
    assert.deepEqual(await told(queries.cruiseTrack(NVR, CAMERA, 0), 'q9-cruisetrack-r'), {
      number: 0,
      name: '夜间',
      points: [
        { presetIndex: 1, stayTimeS: 15, speed: 7 },
        { presetIndex: 2, stayTimeS: 15, speed: 7 },
      ],
      complete: true,
    });
    assert.deepEqual(await told(queries.ptzPosition(NVR, CAMERA), 'q10-ptzposition-r'), {
      pan: 123.45,
      tilt: 12.3,
      zoom: 2,
      horizontalFieldAngle: 55.8,
      verticalFieldAngle: 32.1,
      maxViewDistance: 80,
    });
    assert.deepEqual(await told(queries.sdCards(NVR, NVR), 'q11-sdcard-r'), {
      items: [
        {
          id: 1,
          name: 'sd1',
          status: 'ok',
          formatProgress: undefined,
          capacityMb: 121_856,
          freeMb: 40_960,
        },
      ],
      complete: true,
    });
    assert.equal(asked.learned.length, 5);
  });

  it('presets of 2016 come in one message without SumNum', async () => {
    const asked = await Asked.device();
    const answer = asked.platform.queries.presets(NVR, CAMERA);
    await asked.taken();
    asked.tell(presets('', '1', ' 2 ', '0', '256', '300', 'x', '1'));
    assert.deepEqual(await answer, {
      items: [
        { index: 1, name: 'p1' },
        { index: 2, name: 'p2' },
      ],
      complete: true,
    });
  });

  it('presets in parts are one list; a part that comes twice counts once', async () => {
    const asked = await Asked.device();
    const answer = asked.platform.queries.presets(NVR, CAMERA);
    await asked.taken();
    const first = presets('<SumNum> 3 </SumNum>', '1', '2');
    asked.tell(first);
    asked.tell(first);
    assert.equal(await isSettled(answer), false);
    asked.tell(presets('<SumNum>3</SumNum>', '3'));
    const { items, complete } = await answer;
    assert.deepEqual([items.map(({ index }) => index), complete], [[1, 2, 3], true]);
    assert.equal(asked.waiting, 0);
    assert.equal(asked.harness.clock.pending, 1, 'nothing but the timer of the device table');
  });

  it('presets of which a part is lost are handed out incomplete when the device is silent', async () => {
    const asked = await Asked.device();
    const answer = asked.platform.queries.presets(NVR, CAMERA);
    await asked.taken();
    await asked.harness.clock.advance(9_500);
    asked.tell(presets('<SumNum>3</SumNum>', '1'));
    await asked.harness.clock.advance(1_999);
    assert.equal(await isSettled(answer), false, 'a part that came late holds the question open');
    await asked.harness.clock.advance(1);
    const { items, complete } = await answer;
    assert.deepEqual([items.length, complete], [1, false]);
  });

  it('a SumNum that lies ends by silence, and 64 parts are all that are heard', async () => {
    const asked = await Asked.device();
    const answer = asked.platform.queries.presets(NVR, CAMERA);
    await asked.taken();
    for (let part = 1; part <= 64; part += 1) asked.tell(presets('<SumNum>9999</SumNum>', String(part)));
    const { items, complete } = await answer;
    assert.deepEqual([items.length, complete], [64, false]);
  });

  it('no preset at all is a list without entries', async () => {
    const asked = await Asked.device();
    const answer = asked.platform.queries.presets(NVR, CAMERA);
    await asked.taken();
    asked.tell(presets('<SumNum>0</SumNum>'));
    assert.deepEqual(await answer, { items: [], complete: true });
  });

  it('a foreign SN, another device’s, and a second answer are nobody’s', async () => {
    const asked = await Asked.device();
    const answer = asked.platform.queries.presets(NVR, CAMERA);
    await asked.taken();
    asked.tell(presets('', '9').replace('<SN/>', '<SN>1</SN>'));
    asked.tell(presets('', '9').replace('<SN/>', ''));
    assert.equal(await isSettled(answer), false);
    asked.tell(presets('', '1'));
    asked.tell(presets('', '7'));
    assert.deepEqual((await answer).items, [{ index: 1, name: 'p1' }]);
  });

  it('an error of an entry model that claims the edition of 2022 is learnt as a refusal (Hikvision) (Q36)', async () => {
    const asked = await Asked.device('3.0');
    const answer = asked.platform.queries.ptzPosition(NVR, CAMERA);
    await asked.taken();
    asked.tellFile('gb28181/quirks/q36-ptzposition-error.sip');
    await assert.rejects(answer, { reason: 'rejected', message: `Cann't get ptz position` });
    assert.deepEqual(asked.learned, ['PTZPosition refused']);
  });

  it('an error in an answer whose schema has none is heard (Hikvision), with its reason (Q42)', async () => {
    const asked = await Asked.device('3.0');
    const answer = asked.platform.queries.homePosition(NVR, CAMERA);
    await asked.taken();
    asked.tellFile('gb28181/quirks/q42-homeposition-error.sip');
    await assert.rejects(answer, { reason: 'rejected', message: 'not support' });
    assert.deepEqual(asked.learned, ['HomePositionQuery refused']);
  });

  it('HomePosition in place of HomePositionQuery is the answer (Dahua) (Q37)', async () => {
    const asked = await Asked.device();
    const answer = asked.platform.queries.homePosition(NVR, CAMERA);
    await asked.taken();
    asked.tellFile('gb28181/quirks/q37-homeposition-for-query.sip');
    assert.deepEqual(await answer, { enabled: true, resetTimeS: 60, presetIndex: 2 });
  });

  for (const file of [
    'gb28181/quirks/q41-homeposition-ok-alone.sip',
    'gb28181/quirks/q41-homeposition-nothing.sip',
  ])
    it(`what holds nothing of what was asked is learnt as empty: ${file} (Q41)`, async () => {
      const asked = await Asked.device('3.0');
      const answer = asked.platform.queries.homePosition(NVR, CAMERA);
      await asked.taken();
      asked.tellFile(file);
      assert.deepEqual(await reasonOf(answer), ['empty', undefined]);
      assert.deepEqual(asked.learned, ['HomePositionQuery empty']);
    });

  it('OK, or nothing, in place of what was asked is an empty answer and no refusal (Q41)', async () => {
    const questions: readonly [string, (queries: Asked['platform']['queries']) => Promise<unknown>][] = [
      ['DeviceInfo', (queries) => queries.deviceInfo(NVR)],
      ['DeviceStatus', (queries) => queries.deviceStatus(NVR)],
      ['PresetQuery', (queries) => queries.presets(NVR, CAMERA)],
      ['HomePositionQuery', (queries) => queries.homePosition(NVR, CAMERA)],
      ['CruiseTrackListQuery', (queries) => queries.cruiseTracks(NVR, CAMERA)],
      ['CruiseTrackQuery', (queries) => queries.cruiseTrack(NVR, CAMERA, 1)],
      ['PTZPosition', (queries) => queries.ptzPosition(NVR, CAMERA)],
      ['SDCardStatus', (queries) => queries.sdCards(NVR, NVR)],
    ];
    for (const [cmdType, ask] of questions)
      for (const result of ['<Result>OK</Result>', '<Result> ok </Result>', '']) {
        const asked = await Asked.device('3.0');
        const answer = ask(asked.platform.queries);
        await asked.taken();
        asked.tell(`<CmdType>${cmdType}</CmdType><SN/><DeviceID>${CAMERA}</DeviceID>${result}`);
        assert.deepEqual(await reasonOf(answer), ['empty', undefined], cmdType + result);
        assert.deepEqual(asked.learned, [`${cmdType} empty`]);
      }
  });

  it('an answer that cannot be used is a bad answer, silence a timeout, and each is learnt once (Q39)', async () => {
    const asked = await Asked.device();
    const unusable = asked.platform.queries.homePosition(NVR, CAMERA);
    await asked.taken();
    asked.tell(
      `<CmdType>HomePositionQuery</CmdType><SN/><DeviceID>${CAMERA}</DeviceID><Horoscope>fair</Horoscope>`,
    );
    assert.deepEqual(await reasonOf(unusable), ['bad-answer', undefined]);
    const silent = asked.platform.queries.sdCards(NVR, NVR);
    const joined = asked.platform.queries.sdCards(NVR, NVR);
    joined.catch(() => undefined);
    silent.catch(() => undefined);
    await asked.taken();
    await asked.harness.clock.advance(10_000);
    assert.deepEqual(await reasonOf(silent), ['timeout', undefined]);
    assert.deepEqual(await reasonOf(joined), ['timeout', undefined]);
    assert.deepEqual(asked.learned, ['HomePositionQuery refused', 'SDCardStatus silent']);
  });

  it('tracks of one dome that are asked for at one time do not mix', async () => {
    const asked = await Asked.device('3.0');
    const track = (number: number): string =>
      `<CmdType>CruiseTrackQuery</CmdType><SN/><DeviceID>${CAMERA}</DeviceID><Number>${String(number)}</Number><SumNum>0</SumNum><CruisePointList Num="0"/>`;
    const first = asked.platform.queries.cruiseTrack(NVR, CAMERA, 1);
    await asked.taken();
    asked.tell(track(1));
    const second = asked.platform.queries.cruiseTrack(NVR, CAMERA, 2);
    assert.match(await asked.taken(), /<Number>2<\/Number>/);
    asked.tell(track(2));
    assert.deepEqual([(await first).number, (await second).number], [1, 2]);
  });

  it('a device that goes away ends its questions', async () => {
    const asked = await Asked.device();
    const answer = asked.platform.queries.deviceStatus(NVR);
    await asked.taken();
    asked.platform.forget(NVR);
    assert.deepEqual(await reasonOf(answer), ['not-registered', undefined]);
    assert.deepEqual(asked.learned, [], 'it says nothing of the command');
    assert.equal(asked.waiting, 0);
  });
});
