import assert from 'node:assert/strict';
import { SsrcGate } from '../../../../bff/src/media-engine/rtp/ssrc-gate.ts';
import { unframedPackets } from '../../../support/media/rtp-packets.ts';
import { fixture } from '../../../support/sip/fixtures.ts';

describe('the SSRC gate', () => {
  it('lets in the negotiated source and nothing else, from the first packet on (Q20)', () => {
    const gate = new SsrcGate(0x0bff_ffff);
    assert.equal(gate.judge(7, 0), 'foreign');
    assert.equal(gate.judge(0x0bff_ffff, 0), 'accepted');
    assert.equal(gate.judge(0, 0), 'foreign');
    assert.equal(gate.ssrc, 0x0bff_ffff);
  });

  it('gives way to the negotiated source when that comes after all: what an earlier run left over on the port (Q20)', () => {
    const gate = new SsrcGate(200_000_001);
    for (let index = 0; index < 60; index += 1) gate.judge(200_009_999, index * 40);
    assert.equal(gate.judge(200_009_999, 2_400), 'accepted', 'alone, it is taken for the camera');
    assert.deepEqual([gate.awaits(200_000_001), gate.awaits(200_009_999)], [true, false]);
    assert.equal(gate.judge(200_000_001, 2_440), 'takes-over');
    assert.equal(gate.judge(200_000_001, 2_480), 'accepted');
    for (let index = 0; index < 200; index += 1)
      assert.equal(gate.judge(200_009_999, 2_500 + index * 40), 'foreign');
    assert.equal(gate.ssrc, 200_000_001);
    assert.equal(gate.awaits(200_000_001), false);
  });

  it('holds to the one that the device answered with, whatever stood in for another before (Q18, Q20)', () => {
    const gate = new SsrcGate(5);
    for (let index = 0; index < 60; index += 1) gate.judge(77, index * 40);
    gate.accept(6);
    assert.equal(gate.judge(5, 2_400), 'foreign');
    assert.equal(gate.judge(77, 2_400), 'foreign');
    assert.equal(gate.judge(6, 2_400), 'accepted');
  });

  it('without a negotiated one keeps to the first that comes', () => {
    const gate = new SsrcGate(0);
    assert.equal(gate.awaits(0), false);
    assert.equal(gate.judge(9, 0), 'accepted');
    assert.equal(gate.judge(10, 0), 'foreign');
    assert.equal(gate.judge(9, 0), 'accepted');
  });

  it('goes over to the one that the device answered with (Q18)', () => {
    const gate = new SsrcGate(1);
    gate.accept(2);
    assert.equal(gate.judge(1, 0), 'foreign');
    assert.equal(gate.judge(2, 0), 'accepted');
  });

  it('compares the 32 bits that a decimal `y=` of ten digits names (GB/T 28181 §C.2)', () => {
    const gate = new SsrcGate(-1);
    assert.equal(gate.judge(0xffff_ffff, 0), 'accepted');
  });

  it('takes one that is wrong in its first digit alone for the camera: history sent as live', () => {
    const gate = new SsrcGate(1_200_000_005);
    assert.equal(gate.judge(200_000_006, 0), 'foreign');
    assert.equal(gate.judge(200_000_005, 0), 'accepted');
    assert.equal(gate.judge(1_200_000_005, 0), 'foreign', 'the two are not mixed');
  });

  it('takes one that keeps sending alone for the camera after a while: its SSRC has nothing to do with y= (Q19)', () => {
    const gate = new SsrcGate(1_200_000_005);
    const packets = unframedPackets(fixture('gb28181/quirks/q19-other-ssrc.rtp'));
    const verdicts = packets.map((packet, index) => gate.judge(packet.readUInt32BE(8), index * 40));
    assert.equal(verdicts.length, 60);
    assert.equal(verdicts.indexOf('accepted'), 50);
    assert.equal(verdicts.lastIndexOf('foreign'), 49);
  });

  it('takes none of two that send, nor one after the negotiated one was seen', () => {
    const both = new SsrcGate(5);
    for (let index = 0; index < 200; index += 1)
      assert.equal(both.judge(77 + (index % 2), index * 40), 'foreign');
    const seen = new SsrcGate(5);
    seen.judge(5, 0);
    for (let index = 0; index < 200; index += 1) assert.equal(seen.judge(77, index * 40), 'foreign');
  });
});
