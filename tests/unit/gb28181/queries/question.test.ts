import assert from 'node:assert/strict';
import { CAMERA, NVR } from '../a-platform.ts';
import { Asked } from './asked.ts';

const onePreset = (id: number): string =>
  `<CmdType>PresetQuery</CmdType><SN/><DeviceID>${CAMERA}</DeviceID><SumNum>3</SumNum><PresetList Num="1"><Item><PresetID>${String(id)}</PresetID></Item></PresetList>`;

describe('an answer in parts', () => {
  it('ends by silence though a part of it is sent again and again', async () => {
    const asked = await Asked.device();
    const answer = asked.platform.queries.presets(NVR, CAMERA);
    await asked.taken();
    asked.tell(onePreset(1));
    await asked.harness.clock.advance(1_000);
    asked.tell(onePreset(1));
    await asked.harness.clock.advance(1_000);
    assert.equal(asked.waiting, 0, 'a repetition is silence');
    assert.deepEqual(await answer, { items: [{ index: 1, name: undefined }], complete: false });
  });

  it('is waited for from part to part', async () => {
    const asked = await Asked.device();
    const answer = asked.platform.queries.presets(NVR, CAMERA);
    await asked.taken();
    for (const id of [1, 2]) {
      asked.tell(onePreset(id));
      await asked.harness.clock.advance(1_500);
    }
    asked.tell(onePreset(3));
    const { items, complete } = await answer;
    assert.deepEqual([items.length, complete], [3, true]);
  });
});
