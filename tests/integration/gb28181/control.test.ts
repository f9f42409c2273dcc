import assert from 'node:assert/strict';
import type {
  CameraCommand,
  ControlResult,
  DeviceCommand,
  FirmwareResult,
  FrontEndCommand,
} from '../../../shared/src/index.ts';
import {
  type DeviceEvent,
  type Fault,
  makeProfile,
  SimulatedDevice,
} from '../../../bff/simulator/src/index.ts';
import { until } from '../../support/until.ts';
import { CAMERA, NVR, PASSWORD, Stack } from './a-stack.ts';
import { type RawDevice, snOf } from './raw-device.ts';

const IPC = '34020000001110000001';
const SHORT = { messageTimeoutMs: 1_500, answerTimeoutMs: 1_500 };
const AREA = { windowWidth: 1_920, windowHeight: 1_080, middleX: 960, middleY: 540, width: 480, height: 270 };
const AREA_XML =
  '<Length>1920</Length><Width>1080</Width><MidPointX>960</MidPointX><MidPointY>540</MidPointY><LengthX>480</LengthX><LengthY>270</LengthY>';

/** A simulated dome with what happened at it. */
class Dome {
  readonly events: DeviceEvent[] = [];
  readonly device: SimulatedDevice;
  readonly channel: string;
  readonly #stack: Stack;

  constructor(stack: Stack, transport: 'udp' | 'tcp', faults: readonly Fault[] = []) {
    const profile = makeProfile('ipc', IPC);
    this.#stack = stack;
    this.channel = profile.channels[0]?.gbId ?? '';
    const { port, id, domain } = stack.place;
    this.device = new SimulatedDevice({
      server: { host: '127.0.0.1', port, id, domain },
      profile,
      password: PASSWORD,
      transport,
      faults,
      retryMs: 200,
      media: false,
      onEvent: (_id, event) => this.events.push(event),
    });
  }

  frontEnd(command: FrontEndCommand): Promise<ControlResult> {
    return this.#stack.platform.control.frontEnd(IPC, this.channel, command);
  }

  camera(command: CameraCommand): Promise<ControlResult> {
    return this.#stack.platform.control.camera(IPC, this.channel, command);
  }

  whole(command: DeviceCommand): Promise<ControlResult> {
    return this.#stack.platform.control.device(IPC, command);
  }

  get state(): NonNullable<ReturnType<SimulatedDevice['state']['channel']>> {
    const state = this.device.state.channel(this.channel);
    assert.ok(state);
    return state;
  }

  /** Bytes of the last PTZCmd. */
  get bytes(): string | undefined {
    const last = this.events.findLast(({ event }) => event === 'front-end' || event === 'ptz');
    return last && 'bytes' in last ? last.bytes : undefined;
  }

  /** The last command that is no PTZCmd. */
  get control(): readonly [channel: string, command: string, value: string] | undefined {
    const last = this.events.findLast((event) => event.event === 'control');
    return last && [last.channel, last.command, last.value];
  }
}

for (const transport of ['udp', 'tcp'] as const) {
  describe(`control of a simulated dome over ${transport.toUpperCase()} (GB/T 28181-2016 §9.3, -2022 §9.3)`, function () {
    this.timeout(30_000);
    let stack: Stack;
    let dome: Dome;

    before(async () => {
      stack = await Stack.start(SHORT);
      stack.addDevice(IPC);
      dome = new Dome(stack, transport);
      await dome.device.start();
    });

    after(async () => {
      await dome.device.stop();
      await stack.stop();
    });

    const frontEnds: readonly (readonly [FrontEndCommand, string])[] = [
      [{ do: 'preset-set', preset: 1 }, 'A50F018100010037'],
      [{ do: 'preset-call', preset: 1 }, 'A50F018200010038'],
      [{ do: 'preset-delete', preset: 1 }, 'A50F018300010039'],
      [{ do: 'cruise-add-point', cruise: 1, preset: 2 }, 'A50F01840102003C'],
      [{ do: 'cruise-add-point', cruise: 1, preset: 3 }, 'A50F01840103003D'],
      [{ do: 'cruise-delete-point', cruise: 1, preset: 2 }, 'A50F01850102003D'],
      [{ do: 'cruise-speed', cruise: 1, speed: 100 }, 'A50F0186016400A0'],
      [{ do: 'cruise-dwell', cruise: 1, seconds: 300 }, 'A50F0187012C1079'],
      [{ do: 'cruise-start', cruise: 1 }, 'A50F01880100003E'],
      [{ do: 'cruise-stop' }, 'A50F0100000000B5'],
      [{ do: 'cruise-delete', cruise: 1 }, 'A50F01850100003B'],
      [{ do: 'scan-left-edge', scan: 1 }, 'A50F018901010040'],
      [{ do: 'scan-right-edge', scan: 1 }, 'A50F018901020041'],
      [{ do: 'scan-speed', scan: 1, speed: 64 }, 'A50F018A01400080'],
      [{ do: 'scan-start', scan: 1 }, 'A50F01890100003F'],
      [{ do: 'scan-stop' }, 'A50F0100000000B5'],
      [{ do: 'switch', number: 1, on: true }, 'A50F018C01000042'],
      [{ do: 'switch', number: 1, on: false }, 'A50F018D01000043'],
    ];
    for (const [command, hex] of frontEnds) {
      it(`${command.do} arrives as ${hex}, and is called sent`, async () => {
        assert.deepEqual(await dome.frontEnd(command), { outcome: 'sent' });
        await until(hex, () => dome.bytes === hex);
      });
    }

    it('steering of three axes, and of focus and iris, arrives byte by byte', async () => {
      await stack.platform.ptz(IPC, dome.channel, {
        ...{ do: 'steer', pan: 'right', tilt: 'up', zoom: 'out' },
        ...{ panSpeed: 0x10, tiltSpeed: 0x20, zoomSpeed: 3 },
      });
      assert.equal(dome.bytes, 'A50F01291020303E');
      await stack.platform.ptz(IPC, dome.channel, { do: 'stop', lens: false });
      await stack.platform.ptz(IPC, dome.channel, {
        ...{ do: 'steer-lens', focus: 'near', iris: 'open', focusSpeed: 0x11, irisSpeed: 0x22 },
      });
      assert.equal(dome.bytes, 'A50F01461122002E');
    });

    const controls: readonly (readonly [
      command: CameraCommand,
      element: string,
      value: string,
      outcome: 'sent' | 'done',
    ])[] = [
      [{ do: 'record', on: true }, 'RecordCmd', 'Record', 'done'],
      [{ do: 'record', on: false }, 'RecordCmd', 'StopRecord', 'done'],
      [{ do: 'guard', on: true }, 'GuardCmd', 'SetGuard', 'done'],
      [{ do: 'guard', on: false }, 'GuardCmd', 'ResetGuard', 'done'],
      [{ do: 'reset-alarm', method: 5, type: 2 }, 'AlarmCmd', 'ResetAlarm', 'done'],
      [{ do: 'key-frame' }, 'IFameCmd', 'Send', 'sent'],
      [{ do: 'key-frame', spelling: 'other' }, 'IFrameCmd', 'Send', 'sent'],
      [{ do: 'drag-zoom', direction: 'in', area: AREA }, 'DragZoomIn', AREA_XML, 'sent'],
      [{ do: 'drag-zoom', direction: 'out', area: AREA }, 'DragZoomOut', AREA_XML, 'sent'],
      [
        { do: 'home-position', enabled: true, resetTimeS: 300, preset: 1 },
        'HomePosition',
        '<Enabled>1</Enabled><ResetTime>300</ResetTime><PresetIndex>1</PresetIndex>',
        'done',
      ],
      [
        { do: 'precise', pan: 120, tilt: 10, zoom: 2 },
        'PTZPreciseCtrl',
        '<Pan>120.00</Pan><Tilt>10.00</Tilt><Zoom>2.00</Zoom>',
        'sent',
      ],
      [{ do: 'track', mode: 'auto' }, 'TargetTrack', 'Auto', 'sent'],
      [{ do: 'track', mode: 'manual', area: AREA }, 'TargetTrack', 'Manual', 'sent'],
    ];
    for (const [command, element, value, outcome] of controls) {
      it(`${command.do} arrives as ${element} for the channel, and is called ${outcome}`, async () => {
        assert.deepEqual(await dome.camera(command), { outcome });
        await until(element, () => dome.control?.[1] === element);
        assert.deepEqual(dome.control, [dome.channel, element, value]);
      });
    }

    const wholes: readonly (readonly [DeviceCommand, string, string, 'sent' | 'done'])[] = [
      [{ do: 'guard', on: true }, 'GuardCmd', 'SetGuard', 'done'],
      [{ do: 'record', on: true }, 'RecordCmd', 'Record', 'done'],
      [{ do: 'reset-alarm' }, 'AlarmCmd', 'ResetAlarm', 'done'],
      [{ do: 'format-sd-card', card: 0 }, 'FormatSDCard', '0', 'sent'],
      [{ do: 'reboot' }, 'TeleBoot', 'Boot', 'sent'],
    ];
    for (const [command, element, value, outcome] of wholes) {
      it(`${command.do} of the whole device arrives as ${element} with the device's ID, and is called ${outcome}`, async () => {
        assert.deepEqual(await dome.whole(command), { outcome });
        await until(element, () => dome.control?.[0] === IPC && dome.control[1] === element);
        assert.equal(dome.control?.[2], value);
      });
    }

    it('a device that was told to boot goes, and comes back', async () => {
      await until(
        'it registered twice',
        () => dome.events.filter(({ event }) => event === 'registered').length >= 2,
      );
      await until('it is back', () => stack.platform.registration(IPC));
    });

    it('keeps what it was told: preset, cruise, scan, guard, home position, direction, cards', async () => {
      await dome.camera({ do: 'precise', pan: 90, tilt: 20, zoom: 3 });
      await dome.frontEnd({ do: 'preset-set', preset: 7 });
      await dome.camera({ do: 'precise', pan: 0, tilt: 0, zoom: 1 });
      await dome.frontEnd({ do: 'preset-call', preset: 7 });
      for (const preset of [7, 8, 9]) await dome.frontEnd({ do: 'cruise-add-point', cruise: 2, preset });
      await dome.frontEnd({ do: 'cruise-delete-point', cruise: 2, preset: 8 });
      await dome.frontEnd({ do: 'cruise-dwell', cruise: 2, seconds: 4_095 });
      await dome.frontEnd({ do: 'cruise-start', cruise: 2 });
      await until('it cruises', () => dome.state.cruising === 2);
      const { pan, tilt, zoom } = dome.device.position(dome.channel);
      assert.deepEqual([pan, tilt, zoom], [90, 20, 3], 'the preset is where the camera looked');
      assert.deepEqual(dome.state.cruises.get(2), { points: [7, 9], speed: 0, dwellS: 4_095 });
      assert.deepEqual(dome.state.home, { enabled: true, resetTimeS: 300, preset: 1 });
      assert.equal(dome.device.state.guarded, true);
      assert.equal(dome.device.state.cards.get(1), 1);
      await dome.frontEnd({ do: 'cruise-stop' });
      await until('it stands', () => dome.state.cruising === undefined);
    });
  });
}

describe('an upgrade of firmware (GB/T 28181-2022 §9.13)', function () {
  this.timeout(30_000);
  const ORDER = {
    firmware: 'V2.0',
    fileUrl: 'https://ota.example.com/a.bin?t=1&u=<2>',
    manufacturer: 'Yimu',
  };

  for (const [faults, ok, running, reason] of [
    [[], true, 'V2.0', undefined],
    [['bad-firmware'], false, '1.0.0', '01'],
  ] as const) {
    it(`is accepted, the device restarts, and says that it ${ok ? 'worked' : 'failed'}`, async () => {
      const stack = await Stack.start(SHORT);
      stack.addDevice(IPC);
      const dome = new Dome(stack, 'udp', faults);
      const results: FirmwareResult[] = [];
      stack.platform.on('upgradeResult', (gbId, result) => {
        assert.equal(gbId, IPC);
        results.push(result);
      });
      await dome.device.start();
      const sessionId = '0123456789abcdef0123456789abcdef';
      await stack.platform.control.upgrade(IPC, ORDER, sessionId);
      const [result] = await until('a result', () => (results.length > 0 ? results : undefined));
      assert.deepEqual(result, { sessionId, ok, firmware: running, reason });
      assert.equal((await stack.platform.queries.deviceInfo(IPC)).firmware, running);
      await dome.device.stop();
      await stack.stop();
    });
  }
});

describe('answers to control commands', function () {
  this.timeout(20_000);
  let stack: Stack;
  let device: RawDevice;

  beforeEach(async () => {
    stack = await Stack.start(SHORT);
    device = await stack.online(NVR, 'udp', ['X-GB-Ver: 3.0']);
  });

  afterEach(async () => {
    await stack.stop();
  });

  const answer = (sn: string, rest: string): Buffer =>
    Buffer.from(
      `<?xml version="1.0" encoding="GB2312"?>\r\n<Response>\r\n<CmdType>DeviceControl</CmdType>\r\n<SN>${sn}</SN>\r\n<DeviceID>${CAMERA}</DeviceID>\r\n${rest}</Response>\r\n`,
      'latin1',
    );

  it('an error is a refusal with the reason that the device gives', async () => {
    const done = stack.platform.control.camera(NVR, CAMERA, { do: 'guard', on: true });
    const refused = assert.rejects(done, { reason: 'rejected', message: /no such output/ });
    const sn = snOf(await device.takeMessage('DeviceControl'));
    await device.tell(answer(sn, '<Result>ERROR</Result>\r\n<Reason>no such output</Reason>\r\n'));
    await refused;
  });

  it('a device that says 200 and never answers is waited for no longer than the limit, and nothing stays', async () => {
    const done = stack.platform.control.camera(NVR, CAMERA, { do: 'home-position', enabled: true });
    await device.takeMessage('DeviceControl');
    await assert.rejects(done, { reason: 'timeout' });
    assert.equal(stack.figure('yimu_gb_queries_waiting'), 0);
    assert.equal(stack.figure('yimu_gb_commands_in_flight'), 0);
  });

  it('a foreign SN answers nothing, a repeated answer is harmless', async () => {
    const done = stack.platform.control.camera(NVR, CAMERA, { do: 'record', on: true });
    const sn = snOf(await device.takeMessage('DeviceControl'));
    await device.tell(answer(String(Number(sn) + 1), '<Result>ERROR</Result>\r\n'));
    await device.tell(answer(sn, '<Result>OK</Result>\r\n'));
    assert.deepEqual(await done, { outcome: 'done' });
    assert.equal((await device.tell(answer(sn, '<Result>ERROR</Result>\r\n'))).status, 200);
  });

  it('two equal orders are two orders, each with its own answer', async () => {
    const orders = [true, true].map((on) => stack.platform.control.camera(NVR, CAMERA, { do: 'guard', on }));
    const sns = [
      snOf(await device.takeMessage('DeviceControl')),
      snOf(await device.takeMessage('DeviceControl')),
    ];
    assert.equal(new Set(sns).size, 2);
    for (const sn of sns) await device.tell(answer(sn, '<Result>OK</Result>\r\n'));
    assert.deepEqual(await Promise.all(orders), [{ outcome: 'done' }, { outcome: 'done' }]);
  });

  it('a device that goes offline ends what waits for it', async () => {
    const done = stack.platform.control.device(NVR, { do: 'guard', on: true });
    await device.takeMessage('DeviceControl');
    const ended = assert.rejects(done, { reason: 'not-registered' });
    await device.register({ expires: 0 });
    await ended;
  });

  it('2022 spells IFrameCmd, and a preset goes with its name in GB 18030', async () => {
    void stack.platform.control.camera(NVR, CAMERA, { do: 'key-frame' });
    assert.match((await device.takeMessage('DeviceControl')).text, /<IFrameCmd>Send<\/IFrameCmd>/);
    void stack.platform.control.frontEnd(NVR, CAMERA, { do: 'preset-set', preset: 3, name: '大门' });
    const { body } = await device.takeMessage('DeviceControl');
    assert.match(new TextDecoder('gb18030').decode(body), /<PresetName>大门<\/PresetName>/);
  });

  it('what the device makes of commands is learnt: a 200 alone is “sent”, and silence where an answer is due (Q36, Q38)', async () => {
    const learned: unknown[] = [];
    stack.platform.on('learned', ({ command, outcome }) => learned.push([command, outcome]));
    const sent = stack.platform.control.camera(NVR, CAMERA, { do: 'precise', pan: 1 });
    await device.takeMessage('DeviceControl');
    await sent;
    const silent = stack.platform.control.camera(NVR, CAMERA, { do: 'home-position', enabled: false });
    await device.takeMessage('DeviceControl');
    await assert.rejects(silent);
    assert.deepEqual(learned, [
      ['DeviceControl.PTZPreciseCtrl', 'sent'],
      ['DeviceControl.HomePosition', 'silent'],
    ]);
  });

  it('an upgrade result is answered when it is stored', async () => {
    const order: string[] = [];
    let store: (() => void) | undefined;
    stack.platform.on('upgradeResult', (_gbId, _result, waitFor) => {
      waitFor?.(
        new Promise((resolve) => {
          store = resolve;
        }),
      );
    });
    const body = `<?xml version="1.0"?><Notify><CmdType>DeviceUpgradeResult</CmdType><SN>1</SN><DeviceID>${NVR}</DeviceID><SessionID>${'5'.repeat(32)}</SessionID><UpgradeResult>OK</UpgradeResult></Notify>`;
    const answered = device.tell(Buffer.from(body)).then(({ status }) => order.push(String(status)));
    await until('told', () => store !== undefined);
    order.push('stored');
    store?.();
    await answered;
    assert.deepEqual(order, ['stored', '200']);
  });

  it('an upgrade result without session or result is counted, and nothing else', async () => {
    const body = `<?xml version="1.0"?><Notify><CmdType>DeviceUpgradeResult</CmdType><SN>1</SN><DeviceID>${NVR}</DeviceID></Notify>`;
    assert.equal((await device.tell(Buffer.from(body))).status, 200);
    assert.equal(stack.figures('yimu_gb_messages_refused')['no-upgrade-result'], 1);
  });
});
