import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ConfigName } from '../../../../shared/src/index.ts';
import { readSections, SECTIONS } from '../../../../bff/src/gb28181/config/sections.ts';
import { readDeviceStatus } from '../../../../bff/src/gb28181/manscdp/device-status.ts';
import { type ManscdpDocument, readManscdp } from '../../../../bff/src/gb28181/manscdp/document.ts';
import {
  readCruiseTrack,
  readCruiseTracks,
  readHomePosition,
  readPtzPosition,
} from '../../../../bff/src/gb28181/manscdp/dome-answers.ts';
import { reportedFailure } from '../../../../bff/src/gb28181/manscdp/fields.ts';
import { readPresets } from '../../../../bff/src/gb28181/manscdp/presets.ts';
import { readSdCards } from '../../../../bff/src/gb28181/manscdp/sd-cards.ts';
import { readSnapshotsFinished } from '../../../../bff/src/gb28181/manscdp/snapshot-finished.ts';

const NAMES = Object.keys(SECTIONS) as ConfigName[];
const WORDS = [
  ...NAMES,
  ...Object.values(SECTIONS).flatMap(({ marks }) => marks),
  ...['Item', 'PresetList', 'PresetID', 'SumNum', 'Result', 'HomePosition', 'Enabled', 'CruiseTrackList'],
  ...['CruiseTrack', 'Number', 'CruisePointList', 'CruisePoint', 'PresetIndex', 'Pan', 'Tilt', 'Alarmstatus'],
  ...['SDCardStatusInfo', 'ID', 'SnapShotList', 'SnapShotFileID', 'SessionID', 'RegionList', 'Point'],
  ...['TimeSegment', 'StartHour', 'WeekDayNum', 'ROIFlag', 'StreamNumber', 'Text', 'X', 'Status'],
];

/** Trees of the elements that the readers look for, with whatever text. */
const tree = fc.letrec<{ readonly node: string }>((tie) => ({
  node: fc
    .tuple(
      fc.constantFrom(...WORDS),
      fc.oneof(
        { depthSize: 'small' },
        fc.oneof(
          fc.string({ maxLength: 12 }).map((text) => text.replaceAll(/[<&]/g, '')),
          fc.integer({ min: -10, max: 99_999_999 }).map(String),
          fc.constantFrom('OK', 'ERROR', '1', '0', ' 3 ', '1.5', '9'.repeat(400), '', '1,2,3,4'),
        ),
        fc.array(tie('node'), { maxLength: 12 }).map((nodes) => nodes.join('')),
      ),
    )
    .map(([name, inner]) => `<${name}>${inner}</${name}>`),
}));

function checkAnswers(document: ManscdpDocument): void {
  reportedFailure(document.element);
  readHomePosition(document);
  readPtzPosition(document);
  const lists: readonly (readonly [list: readonly unknown[] | undefined, limit: number])[] = [
    [readDeviceStatus(document)?.alarmInputs, 256],
    [readPresets(document)?.items, 255],
    [readCruiseTracks(document)?.items, 256],
    [readCruiseTrack(document)?.items, 1_024],
    [readSdCards(document)?.items, 32],
    [readSnapshotsFinished(document)?.fileIds, 64],
  ];
  for (const [list, limit] of lists) assert.ok((list ?? []).length <= limit);
}

describe('readers of answers', () => {
  it('never throw, and never hand out more than their bounds', () => {
    fc.assert(
      fc.property(fc.array(tree.node, { maxLength: 12 }), (nodes) => {
        const body = `<Response><CmdType>X</CmdType><SN>1</SN>${nodes.join('')}</Response>`;
        const read = readManscdp(Buffer.from(body));
        if (!read.ok) return;
        checkAnswers(read.document);
        const { document } = read;
        for (const wanted of [NAMES, ...NAMES.map((name) => [name])]) {
          const sections = readSections(document.element, wanted);
          assert.ok((sections.PictureMask?.regions.length ?? 0) <= 4);
          assert.ok((sections.OSDConfig?.lines.length ?? 0) <= 8);
          assert.ok((sections.VideoRecordPlan?.days.length ?? 0) <= 7);
          assert.ok(JSON.stringify(sections).length < 65_536);
        }
      }),
      { numRuns: 500 },
    );
  });
});
