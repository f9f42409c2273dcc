import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type MediaDialogInput,
  type MediaDialogState,
  mediaDialogStep,
} from '../../../../bff/src/gb28181/media/media-dialog-fsm.ts';

const INPUTS: readonly MediaDialogInput[] = [
  'answered',
  'answered-unusably',
  'failed',
  'abandoned',
  'closed',
  'media-over',
  'device-lost',
  'dialog-ended',
];

describe('media session', () => {
  const rows: readonly (readonly [
    MediaDialogState,
    MediaDialogInput,
    MediaDialogState,
    readonly string[],
  ])[] = [
    ['inviting', 'answered', 'established', ['ack']],
    ['inviting', 'answered-unusably', 'ending', ['ack', 'bye']],
    ['inviting', 'failed', 'ended', []],
    ['inviting', 'abandoned', 'ended', ['cancel']],
    ['inviting', 'device-lost', 'ended', ['cancel']],
    ['established', 'closed', 'ending', ['bye']],
    ['established', 'media-over', 'ending', ['bye']],
    ['established', 'device-lost', 'ending', ['bye']],
    ['established', 'dialog-ended', 'ended', []],
    ['ending', 'dialog-ended', 'ended', []],
  ];
  for (const [state, input, next, actions] of rows) {
    it(`${state}, ${input}: ${next} ${actions.join(' and ')}`, () => {
      assert.deepEqual(mediaDialogStep(state, input), { next, actions });
    });
  }

  it('is acknowledged before any BYE, ends once, and says one BYE or CANCEL at most', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...INPUTS), { maxLength: 20 }), (inputs) => {
        let state: MediaDialogState = 'inviting';
        const said: string[] = [];
        for (const input of inputs) {
          const step = mediaDialogStep(state, input);
          assert.ok(step === undefined || state !== 'ended', 'the end is final');
          state = step?.next ?? state;
          said.push(...(step?.actions ?? []));
        }
        assert.ok(said.filter((action) => action !== 'ack').length <= 1);
        if (said.includes('bye')) assert.equal(said[0], 'ack');
      }),
    );
  });
});
