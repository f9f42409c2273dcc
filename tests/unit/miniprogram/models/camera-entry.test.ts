import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  liveUrl,
  readEntry,
  readTicketCamera,
  type CameraEntry,
  type ExtraData,
  type PageQuery,
} from '../../../../miniprogram/src/models/camera-entry.ts';

const TOKEN = 'at.'.padEnd(64, '0');
const GB_ID = '34020000001320000001';
const link = (channelNo = 1): CameraEntry => ({
  from: 'link',
  deviceSerial: 'C78957921',
  channelNo,
  name: '',
  accessToken: TOKEN,
});

const ENTRIES: readonly (readonly [what: string, PageQuery, ExtraData, CameraEntry])[] = [
  [
    'a page query with token, serial and channel',
    { accessToken: TOKEN, deviceSerial: 'C78957921', channelNo: '2' },
    {},
    link(2),
  ],
  ['no channel is channel 1', { accessToken: TOKEN, deviceSerial: 'C78957921' }, {}, link()],
  [
    'values come undecoded',
    { accessToken: TOKEN, deviceSerial: 'C78957921', channelNo: '1', name: '%E5%A4%A7%E9%97%A8' },
    {},
    { ...link(), name: '大门' } as CameraEntry,
  ],
  [
    'what cannot be decoded stays as it is',
    { deviceSerial: 'C78957921', channelNo: '1', name: '%E5%A' },
    {},
    { from: 'own', deviceSerial: 'C78957921', channelNo: 1, name: '%E5%A' },
  ],
  [
    'a trial camera, whose token the server lends',
    { deviceSerial: 'C78957921', channelNo: '1', trial: '1', accessToken: TOKEN },
    {},
    { from: 'trial', deviceSerial: 'C78957921', channelNo: 1, name: '' },
  ],
  [
    'a 20-digit code',
    { deviceSerial: GB_ID, channelNo: '3' },
    {},
    { from: 'own', deviceSerial: GB_ID, channelNo: 3, name: '' },
  ],
  ['a malformed serial', { accessToken: TOKEN, deviceSerial: 'C7', channelNo: '1' }, {}, { from: 'nowhere' }],
  [
    'a malformed channel',
    { accessToken: TOKEN, deviceSerial: 'C78957921', channelNo: 'x' },
    {},
    { from: 'nowhere' },
  ],
  ['nothing at all', {}, {}, { from: 'nowhere' }],
  [
    'the scene of a mini-program code',
    { scene: '4f9c1e0a5b7d43f2a6c8e1b0d3f5a792' },
    {},
    { from: 'ticket', ticket: '4f9c1e0a5b7d43f2a6c8e1b0d3f5a792' },
  ],
  ['a scene comes encoded', { scene: 'a%3D1%26b' }, {}, { from: 'ticket', ticket: 'a=1&b' }],
  ["WeChat's number of an entry is no ticket", { scene: '1007' }, {}, { from: 'nowhere' }],
  [
    'a share card of older versions carries that number beside the camera',
    { accessToken: TOKEN, deviceSerial: 'C78957921', channelNo: '1', scene: '1007' },
    {},
    link(),
  ],
  ['a scene with more than a code can hold', { scene: 'x'.repeat(33) }, {}, { from: 'nowhere' }],
  ['a scene with what a code cannot hold', { scene: '%E4%B8%80' }, {}, { from: 'nowhere' }],
  [
    'what another mini-program handed over',
    {},
    { accessToken: TOKEN, deviceSerial: 'C78957921', channelNo: 2 },
    link(2),
  ],
  [
    'the page query counts before what was handed over',
    { deviceSerial: 'C78957921', channelNo: '1', accessToken: TOKEN },
    { deviceSerial: 'D00000000', accessToken: 'other' },
    link(),
  ],
  [
    'another mini-program that handed over rubbish',
    {},
    { deviceSerial: {}, accessToken: 5 },
    { from: 'nowhere' },
  ],
];

describe('the camera that a page is opened for', () => {
  for (const [what, query, extra, entry] of ENTRIES) {
    it(what, () => {
      assert.deepEqual(readEntry(query, extra), entry);
    });
  }

  it('a token is cut at 256 characters, a name at 64', () => {
    const entry = readEntry(
      { deviceSerial: 'C78957921', accessToken: 'a'.repeat(999), name: 'n'.repeat(999) },
      {},
    );
    assert.ok(entry.from === 'link');
    assert.deepEqual([entry.accessToken.length, entry.name.length], [256, 64]);
  });

  it('no query makes it throw', () => {
    const value = fc.option(fc.string({ unit: 'binary' }), { nil: undefined });
    fc.assert(
      fc.property(
        fc.record({ deviceSerial: value, channelNo: value, accessToken: value, scene: value, name: value }),
        fc.dictionary(fc.string(), fc.anything()),
        (query, extra) => {
          readEntry(query, extra);
        },
      ),
    );
  });

  it('a ticket names its camera with a token, or none', () => {
    assert.deepEqual(
      readTicketCamera({ accessToken: TOKEN, deviceSerial: 'C78957921', channelNo: 1 }),
      link(),
    );
    assert.deepEqual(readTicketCamera({ deviceSerial: '' }), { from: 'nowhere' });
    assert.deepEqual(readTicketCamera(null), { from: 'nowhere' });
  });

  it('the address of a camera leads back to it and holds no secret', () => {
    const entry = readEntry(
      { deviceSerial: 'C78957921', channelNo: '2', accessToken: TOKEN, name: '%E9%97%A8' },
      {},
    );
    assert.ok(entry.from === 'link');
    const url = liveUrl(entry, { trial: false, name: entry.name });
    assert.equal(url, '/pages/live/index?deviceSerial=C78957921&channelNo=2&name=%E9%97%A8');
    assert.equal(
      liveUrl(entry, { trial: true }),
      '/pages/live/index?deviceSerial=C78957921&channelNo=2&trial=1',
    );
  });
});
